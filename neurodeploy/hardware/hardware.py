"""`Hardware`: the limits, number formats and costs of one chip, each figure a Quantity."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

from neurodeploy.errors import InputError
from neurodeploy.hardware.quantity import Evidence, Quantity, Scope
from neurodeploy.storage.codec import ADDED, digest
from neurodeploy.terms import Reset

_PS_PER_S = 1e12


class Arithmetic(StrEnum):
    """Whether the chip computes what a Program means, or only costs are known."""

    LOIHI = "loihi"
    NONE = "none"


class TileOrder(StrEnum):
    """Whether consecutive tiles fill a row of the mesh first, or a column."""

    ROW_MAJOR = "row-major"
    COLUMN_MAJOR = "column-major"


@dataclass(frozen=True, slots=True, kw_only=True)
class Provenance:
    """How one entry of `NumberRanges` is known, and from where."""

    evidence: Evidence
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Topology:
    """A mesh of tiles, each with some cores; cores are numbered tile by tile, in `tile_order`."""

    mesh_width: int
    mesh_height: int
    cores_per_tile: int
    tile_order: TileOrder = TileOrder.ROW_MAJOR
    evidence: Evidence = Evidence.ASSUMED
    source: str = ""

    def tile_of(self, core: int) -> tuple[int, int]:
        """Return (x, y) of the tile that holds `core`."""
        tile = core // self.cores_per_tile
        if self.tile_order is TileOrder.COLUMN_MAJOR:
            return tile // self.mesh_height, tile % self.mesh_height
        return tile % self.mesh_width, tile // self.mesh_width


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberRanges:
    """Which integers of a Program the chip can hold; both ends are allowed.

    Parameters
    ----------
    weight_bits : magnitude bits of weights of one sign; mixed signs lose the least of them.
    delay_steps : delays as a Program counts them, so that 1 is the least.
    v_reset : of the `zero` resets; None is the whole of `state`.
    ternary : whether a neuron can also send -1.
    clearing : whether one population can clear its state in steps of its own.
    source : every source behind the entries; `provenance` says which, by entry.
    """

    weight_bits: int
    weight_exp: tuple[int, int]
    du: tuple[int, int]
    dv: tuple[int, int]
    vth: tuple[int, int]
    bias_mant: tuple[int, int]
    bias_exp: tuple[int, int]
    state: tuple[int, int]
    payload: tuple[int, int]
    delay_steps: tuple[int, int]
    resets: tuple[Reset, ...]
    per_neuron_parameters: bool
    voltage_readout: bool
    source: str
    v_reset: tuple[int, int] | None = None
    ternary: bool = True
    clearing: bool = True
    provenance: Mapping[str, Provenance] = field(default_factory=dict)

    def with_weight_bits(self, weight_bits: int) -> "NumberRanges":
        """Return the ranges with weights narrower than the chip's own.

        Raises
        ------
        InputError
            If the chip's weights are narrower still, or none is left (ND2601).
        """
        if not 2 <= weight_bits <= self.weight_bits:
            raise InputError(
                "ND2601",
                f"weights of {weight_bits} bits; this chip's have {self.weight_bits}, allowed are "
                f"2 to {self.weight_bits}",
            )
        return replace(self, weight_bits=weight_bits)


class Addressing(StrEnum):
    """How a kernel's weights are found: one after another, or by bits for each of its axes.

    By bits, taps and output channels take the next power of two of places.
    """

    PACKED = "packed"
    POWER_OF_TWO = "power-of-two"


@dataclass(frozen=True, slots=True, kw_only=True)
class SynapseFormat:
    """Bits that a core stores: per synapse, and per axon that arrives for the list's head.

    `shared` means that a convolution's kernel is stored once a core, not once a position.
    """

    bits_per_synapse: int
    bits_per_axon: int
    shared: bool
    source: str
    evidence: Evidence = Evidence.ASSUMED
    addressing: Addressing = Addressing.PACKED


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckCost:
    """Time and energy of one look at the outputs, to see whether a sample may stop."""

    time_s: Quantity
    energy_j: Quantity


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Hardware:
    """One chip.

    Parameters
    ----------
    limits : Quantity by name: ``cores``, ``neurons_per_core``, ``synapse_bytes_per_core``,
        ``axons_in_per_core``, ``axons_out_per_core``; ``link_buffer_messages`` (messages that wait
        at a link), ``synapse_word_bits`` (bits that one read of synapse memory brings). Of the
        network: ``inputs`` (input lines), ``outputs`` (neurons that are read out),
        ``hidden_neurons`` (the others), ``fan_out_per_neuron`` (synapses that a neuron drives),
        ``destinations_per_population`` (populations that one sends to), ``populations_per_core``;
        and ``synops_per_s_per_core``, above which the chip stalls. A name that is absent is no
        limit; a value that is unknown cannot be checked, and is said to be so; one that is only
        assumed is reported beside its use and refuses nothing.
    core_limits : (core, limits by name) of the cores that differ from `limits`, ascending.
    synapse_formats : by operator: ``dense``, ``sparse``, ``conv``.
    latency_s : seconds an event. Of a synapse read: ``synapse_dense``, ``synapse_sparse``,
        ``synapse_conv``, and ``synapse_word`` (one read of the memory). Of its accumulation:
        ``dendrite``. Of a neuron: ``neuron_access`` (each visit), ``neuron_update`` (on top, where
        it has input, state or bias), ``spike_out`` (on top, where it fires). Of a message:
        ``axon_out``, ``axon_in``, ``hop_ew``, ``hop_ns``, ``link_message`` (how long it keeps a
        link busy). Of the rest: ``host_in`` (an input value), ``host_out`` (an output value),
        ``management_step`` (once a step).
    sync_s : (tiles in use, barrier time), ascending; the last entry not above the tiles counts.
    energy_j : joules an event, by the names of `latency_s` but ``link_message`` and
        ``synapse_word``; and ``reset`` (once a sample), ``barrier`` (once a step) and
        ``weight_load`` (once a byte of synapses).
    power_w : ``static_chip``, ``management``.
    sources : the full reference behind each short name that a Quantity gives as its source.
    measured : (what, figure) of whole networks on the chip; nothing is computed of them.
    exit_check : by who looks, see `CheckedAt`; None where the page knows nothing of it.
    """

    name: str
    title: str
    arithmetic: Arithmetic
    tick_ps: int
    topology: Topology
    ranges: NumberRanges
    limits: Mapping[str, Quantity]
    synapse_formats: Mapping[str, SynapseFormat]
    latency_s: Mapping[str, Quantity]
    sync_s: tuple[tuple[int, Quantity], ...]
    energy_j: Mapping[str, Quantity]
    power_w: Mapping[str, Quantity]
    sources: Mapping[str, str] = field(default_factory=dict)
    core_limits: tuple[tuple[int, Mapping[str, Quantity]], ...] = ()
    measured: tuple[tuple[str, Quantity], ...] = ()
    exit_check: Mapping[str, CheckCost] | None = field(default=None, metadata=ADDED)

    @property
    def digest(self) -> str:
        """Fingerprint of everything it says."""
        return digest(self)

    @property
    def all_in(self) -> bool:
        """Whether one figure of energy stands for everything, so that nothing may be added."""
        return any(quantity.scope is Scope.ALL_IN for quantity in self.energy_j.values())

    def limit_of(self, core: int, name: str) -> Quantity | None:
        """Return a limit as that core has it; None where there is none."""
        own = next((limits for number, limits in self.core_limits if number == core), {})
        return own.get(name, self.limits.get(name))

    def ticks(self, seconds: float) -> int:
        """Return `seconds` in ticks, a half rounded up; time above 0 is at least 1 tick."""
        exact = seconds * _PS_PER_S / self.tick_ps
        # Six decimals first, so that 0.15 ns in ticks of 100 ps is a half and not a hair below.
        return max(math.floor(round(exact, 6) + 0.5), 1 if seconds > 0 else 0)
