"""What a converted network lost, layer by layer, and over the steps."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Cause(StrEnum):
    """Why a layer's own rates are not the rectified current that arrives.

    ``saturation``: currents lie above the threshold, of which a rate reaches 1. ``reset``: hard
    reset throws away what lies above the threshold. ``steps``: the rest, which more steps make
    smaller: a rate has as many levels as steps, and spikes arrive unevenly.
    """

    SATURATION = "saturation"
    RESET = "reset"
    STEPS = "steps"


REMEDIES: Mapping[Cause, str] = {
    Cause.SATURATION: "take a higher percentile or scale, or finetune",
    Cause.RESET: "take --reset subtract and a chip that has it, or finetune with hard reset",
    Cause.STEPS: "run more steps, lower the percentile, or finetune with staircases (--levels)",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class LayerLoss:
    """A layer's rates, times the threshold, beside the activations of the artificial network.

    Parameters
    ----------
    correlation : Pearson's, over all samples and neurons.
    error : root mean square of the difference over that of the activations.
    own_error : the same beside the rectified mean of the current that arrives: what this layer
        adds to what the layers before it have lost.
    rate : spikes a neuron and step.
    dead : neurons that never spike although some activation is above half a spike in these steps.
    saturated : neurons that spike in every step for some sample.
    cause : what most of the squared own error comes from.
    """

    name: str
    n_neurons: int
    threshold: float
    correlation: float
    error: float
    own_error: float
    rate: float
    dead: int
    saturated: int
    cause: Cause


@dataclass(frozen=True, slots=True, kw_only=True)
class IntegerLoss:
    """A layer's rates in a chip's integers.

    Parameters
    ----------
    correlation, error : as `LayerLoss`, beside the activations.
    rounding : root mean square of the difference to the float network's rates over that of these.
    """

    name: str
    correlation: float
    error: float
    rounding: float
    rate: float


@dataclass(frozen=True, slots=True, kw_only=True)
class InIntegers:
    """The converted network in the integers of `chip`; `accuracy` (step,) is None without labels.

    Parameters
    ----------
    agreement : share of samples in which the float network answers the same at the end.
    """

    chip: str
    n_samples: int
    layers: tuple[IntegerLoss, ...]
    agreement: float
    accuracy: tuple[float, ...] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Diagnosis:
    """What `diagnose` found; layers stand in the order of the network.

    Parameters
    ----------
    agreement : (step,) share of samples in which the artificial network answers the same.
    accuracy, ann_accuracy : (step,) and one number, 0 to 1; None without labels.
    """

    data: str
    n_samples: int
    n_steps: int
    layers: tuple[LayerLoss, ...]
    agreement: tuple[float, ...]
    accuracy: tuple[float, ...] | None
    ann_accuracy: float | None
    integers: InIntegers | None = field(default=None)

    @property
    def breaking(self) -> LayerLoss | None:
        """The layer that adds most to the loss; None where none adds a tenth of its activations."""
        worst = max(self.layers, key=lambda layer: layer.own_error, default=None)
        return None if worst is None or worst.own_error < BREAKS else worst


BREAKS = 0.1
"""Own error from which a layer is named; below, no single layer breaks a network."""
