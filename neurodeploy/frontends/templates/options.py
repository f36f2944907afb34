"""What a template is made with."""

from dataclasses import dataclass
from enum import StrEnum

from neurodeploy.errors import InputError
from neurodeploy.terms import Reset


class Kind(StrEnum):
    """Neurons of a template: leaky, without a leak, or leaky with a filtered current."""

    LIF = "lif"
    IF = "if"
    CUBA = "cuba"


class TemplateReadout(StrEnum):
    """What the classes are read from.

    ``integrator``: neurons that add up what arrives and do not spike, their last voltage.
    ``spikes``: neurons as in the other layers, the number of their spikes.
    """

    INTEGRATOR = "integrator"
    SPIKES = "spikes"


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplateOptions:
    """Sizes, neurons and seed.

    Parameters
    ----------
    input_shape : of one step, (channels, height, width) or (features,).
    leak : share of the voltage that is lost in a step, ``dt / tau``.
    current_leak : the same of the current, for ``cuba``.
    hidden : sizes of the hidden layers, what they mean is the template's; None is its own.
    seed : of the weights; equal options give equal networks.
    dt_s : length of a step in seconds.

    Raises
    ------
    InputError
        If a value makes no sense (ND2611): every problem at once.
    """

    input_shape: tuple[int, ...]
    n_classes: int
    neuron: Kind = Kind.LIF
    leak: float = 0.1
    current_leak: float = 0.5
    reset: Reset = Reset.ZERO
    hidden: tuple[int, ...] | None = None
    seed: int = 0
    readout: TemplateReadout = TemplateReadout.INTEGRATOR
    dt_s: float = 1e-4

    def __post_init__(self) -> None:
        shape = "x".join(map(str, self.input_shape))
        problems = [
            f"{name} is {value}, expected {rule}"
            for name, value, fine, rule in (
                ("the input", shape, min(self.input_shape, default=0) >= 1, "sizes of at least 1"),
                ("the number of classes", self.n_classes, self.n_classes >= 2, "at least 2"),
                ("the leak", f"{self.leak:g}", 0 < self.leak <= 1, "above 0 and at most 1"),
                (
                    "the leak of the current",
                    f"{self.current_leak:g}",
                    0 < self.current_leak <= 1,
                    "above 0 and at most 1",
                ),
                ("the step", f"{self.dt_s:g} s", self.dt_s > 0, "more than 0 s"),
                ("a hidden size", min(self.hidden or (1,)), min(self.hidden or (1,)) >= 1, "1 up"),
            )
            if not fine
        ]
        if problems:
            raise InputError("ND2611", *problems)
