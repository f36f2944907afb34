"""How to train."""

from dataclasses import dataclass, field
from enum import StrEnum

from neurodeploy.errors import InputError
from neurodeploy.learning.losses import Loss
from neurodeploy.learning.objective import Objective
from neurodeploy.learning.quantised import Formats
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
    keep_last : whether the last epoch is kept, not the best: for an objective that gains what the
        validation accuracy does not show.
    patience : epochs without a better validation accuracy after which training ends; None is never.
    formats : the chip's integers, to train in them (`QuantisedTwin`); None trains in floats.
    objective : takes the place of `loss`, which then stays as it is; None is `loss`.
    device : ``cpu`` or ``cuda``.
    mixed_precision : bfloat16 in operators, voltages stay in float32; on CUDA alone.
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
    keep_last: bool = False
    patience: int | None = None
    formats: Formats | None = None
    objective: Objective | None = None
    device: str = "cpu"
    mixed_precision: bool = False

    def __post_init__(self) -> None:
        problems = [*self._out_of_range(), *self._contradictions()]
        if problems:
            raise InputError("ND2801", *problems)

    def _out_of_range(self) -> list[str]:
        percentile, patience = self.threshold_percentile, self.patience
        loss = self.loss
        return [
            f"{name} is {value:g}, expected {rule}"
            for name, value, fine, rule in (
                ("epochs", self.epochs, self.epochs >= 1, "at least 1"),
                ("batch_size", self.batch_size, self.batch_size >= 1, "at least 1"),
                ("learning_rate", self.learning_rate, self.learning_rate > 0, "above 0"),
                ("momentum", self.momentum, 0 <= self.momentum < 1, "0 to below 1"),
                ("weight_decay", self.weight_decay, self.weight_decay >= 0, "at least 0"),
                ("warm_up", self.warm_up, 0 <= self.warm_up < 1, "0 to below 1"),
                ("alpha", self.alpha, 0 < self.alpha <= 1, "above 0 and at most 1"),
                ("synops_weight", loss.synops_weight, loss.synops_weight >= 0, "at least 0"),
                ("distill_weight", loss.distill_weight, 0 <= loss.distill_weight <= 1, "0 to 1"),
                (
                    "threshold_percentile",
                    100.0 if percentile is None else percentile,
                    percentile is None or 0 < percentile <= 100,
                    "above 0 and at most 100",
                ),
                (
                    "patience",
                    1 if patience is None else patience,
                    patience is None or patience >= 1,
                    "at least 1",
                ),
            )
            if not fine
        ]

    def _contradictions(self) -> list[str]:
        loss = self.loss
        rules = {
            "training in a chip's integers needs float64 on the CPU; leave out the device": (
                self.formats is not None and self.device != "cpu"
            ),
            "training in a chip's integers takes BatchNorm folded; leave out batchnorm": (
                self.formats is not None and self.batchnorm
            ),
            "DSR trains rates, not integers; take bptt or tet to train in a chip's integers": (
                self.formats is not None and self.method is Method.DSR
            ),
            "in a chip's integers only weights are trained; leave out thresholds, leaks and v0": (
                self.formats is not None
                and (self.trainable.thresholds or self.trainable.leaks or self.trainable.v0)
            ),
            "the SOP penalty counts spikes of 1, those of DSR weigh theta; take bptt or tet": (
                loss.synops_weight > 0 and self.method is Method.DSR
            ),
            "an objective takes the place of the loss; leave the loss as it is": (
                self.objective is not None and loss != Loss()
            ),
            "mixed precision is for CUDA alone": self.mixed_precision and self.device != "cuda",
        }
        return [problem for problem, broken in rules.items() if broken]
