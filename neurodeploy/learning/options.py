"""How to train."""

from dataclasses import dataclass, field
from enum import StrEnum

from neurodeploy.errors import InputError
from neurodeploy.learning.losses import Loss
from neurodeploy.learning.twin.parameters import Trainable
from neurodeploy.learning.twin.surrogate import Surrogate


class Method(StrEnum):
    """What the gradient of a spike is.

    ``bptt``: a surrogate, through time. ``tet``: the same with each step's own loss. ``dsr``: the
    gradient of the spike representation (`learning.dsr`).
    """

    BPTT = "bptt"
    TET = "tet"
    DSR = "dsr"


class Optimiser(StrEnum):
    """What takes the steps."""

    SGD = "sgd"
    ADAMW = "adamw"


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainOptions:
    """Everything that decides what training gives; equal options, data and threads, equal weights.

    Parameters
    ----------
    momentum : of SGD.
    warm_up : share of all steps over which the learning rate rises; then it falls as a cosine to 0.
    batchnorm : whether BatchNorm is put behind the weights while training.
    alpha : of DSR, the share of the threshold at which a neuron fires.
    threshold_percentile : where thresholds start: this percentile of what arrives, rectified, at
        each population on a training batch; None leaves them.
    patience : epochs without a better validation accuracy after which training ends; None is never.
    """

    method: Method = Method.BPTT
    epochs: int = 10
    batch_size: int = 100
    optimiser: Optimiser = Optimiser.SGD
    learning_rate: float = 0.1
    momentum: float = 0.9
    weight_decay: float = 5e-4
    warm_up: float = 0.05
    seed: int = 0
    loss: Loss = field(default_factory=Loss)
    surrogate: Surrogate = field(default_factory=Surrogate)
    trainable: Trainable = field(default_factory=Trainable)
    batchnorm: bool = False
    alpha: float = 0.5
    threshold_percentile: float | None = None
    patience: int | None = None
    device: str = "cpu"
    mixed_precision: bool = False

    def __post_init__(self) -> None:
        problems = [
            f"{name} is {value:g}, expected {rule}"
            for name, value, fine, rule in (
                ("epochs", self.epochs, self.epochs >= 1, "at least 1"),
                ("batch_size", self.batch_size, self.batch_size >= 1, "at least 1"),
                ("learning_rate", self.learning_rate, self.learning_rate > 0, "above 0"),
                ("weight_decay", self.weight_decay, self.weight_decay >= 0, "at least 0"),
                ("warm_up", self.warm_up, 0 <= self.warm_up < 1, "0 to below 1"),
            )
            if not fine
        ]
        if problems:
            raise InputError("ND2801", *problems)
