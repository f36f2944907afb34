"""Number widths as data: another chip is another description, not another simulator."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberFormat:
    """Widths, in bits, of the integers of a Program.

    The defaults are Loihi's, as Lava 0.10.0's fixed-point models compute with them
    (`lava.proc.lif.models.PyLifModelBitAcc`, `lava.proc.conv.models.PyConvModelFixed`).
    """

    current_bits: int = 24
    voltage_bits: int = 24
    decay_bits: int = 12
    state_shift: int = 6
    """Input, threshold and weights stand this many bits above the state's least one."""
    dense_sum_bits: int = 32
    conv_sum_bits: int = 24

    @property
    def current_limit(self) -> int:
        """Half of the current's range; beyond it the current wraps, once."""
        return 1 << (self.current_bits - 1)

    @property
    def voltage_limit(self) -> int:
        """The largest magnitude of the voltage; it saturates there."""
        return (1 << (self.voltage_bits - 1)) - 1

    @property
    def decay_unit(self) -> int:
        """The decay that wipes a state in one step."""
        return 1 << self.decay_bits


LOIHI = NumberFormat()
