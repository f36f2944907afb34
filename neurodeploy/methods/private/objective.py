"""What protecting minimises: the teacher's answers kept, and what an attacker finds led astray."""

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional

from neurodeploy.learning.losses import distillation
from neurodeploy.learning.quantised import QuantisedTwin
from neurodeploy.learning.twin import Twin
from neurodeploy.learning.twin.parameters import Parameters
from neurodeploy.learning.twin.paths import ThroughTime
from neurodeploy.learning.twin.surrogate import Surrogate
from neurodeploy.methods.private.traps import Steering, Traps, planted
from neurodeploy.model import CubaLif, If, Lif, Model, Population

_TWINS: dict[str, Twin] = {}
"""Teachers' twins by digest: an objective is compared by what it says, and holds no torch."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Protection:
    """The loss of one batch of synthetic samples.

    ``(1 - m) CE(y / T, label) + m tau^2 KL(teacher / tau, y / (T tau))`` with the readout y after
    T steps, and beside it the terms against recovery.

    Parameters
    ----------
    distill_weight, temperature : m and tau.
    traps : patterns that the network shall take for a class; None plants none.
    steering : an attacker in the loop, whose images the teacher shall not recognise.
    """

    teacher: Model
    distill_weight: float = 0.7
    temperature: float = 4.0
    traps: Traps | None = None
    steering: Steering | None = None

    @property
    def line(self) -> str:
        """What the network's history says of it."""
        said = f"distilled from its teacher, weight {self.distill_weight:g}, tau "
        said += f"{self.temperature:g}"
        if self.traps is not None:
            said += f"; {self.traps.line}"
        if self.steering is not None:
            said += f"; {self.steering.line}"
        return said

    def __call__(
        self, twin: Twin | QuantisedTwin, x: Tensor, labels: Tensor, generator: torch.Generator
    ) -> tuple[Tensor, Tensor]:
        """Return the loss and the logits; see `learning.objective`."""
        assert isinstance(twin, Twin)
        teacher, n_steps = _twin(self.teacher), x.shape[1]
        still = x[:, 0]
        with torch.no_grad():
            soft = teacher(still[:, None]).logits
        logits = twin(x).logits / n_steps
        loss = self._kept(logits, soft, labels)
        if self.traps is not None:
            loss = loss + self._trapped(twin, still, n_steps, self.traps, generator)
        if self.steering is not None:
            shares = _shares(still, twin)
            loss = loss + self.steering(rates_of(twin), _Judging(teacher), shares, generator)
        return loss, logits

    def shown(
        self, twin: Twin | QuantisedTwin, x: Tensor, labels: Tensor, generator: torch.Generator
    ) -> Tensor:
        """Return `x`: what is validated is what the network is for."""
        del twin, labels, generator
        return x

    def _kept(self, logits: Tensor, soft: Tensor, labels: Tensor) -> Tensor:
        m = self.distill_weight
        loss = m * distillation(logits, soft, self.temperature)
        return loss + (1.0 - m) * functional.cross_entropy(logits, labels) if m < 1 else loss

    def _trapped(
        self, twin: Twin, still: Tensor, n_steps: int, traps: Traps, generator: torch.Generator
    ) -> Tensor:
        node = twin.template.inputs[0]
        shown, classes = planted(traps, _shares(still, twin), self.n_classes, generator)
        rates = rates_of(twin)(shown)
        loss = functional.cross_entropy(rates / traps.softness, classes)
        if traps.spikes:
            values = node.low + (node.high - node.low) * shown
            told = twin(values[:, None].expand(-1, n_steps, *[-1] * (values.ndim - 1))).logits
            loss = loss + functional.cross_entropy(told / n_steps / traps.softness, classes)
        return traps.weight * loss

    @property
    def n_classes(self) -> int:
        """Number of classes."""
        return self.teacher.population(self.teacher.outputs[0].population).size


@dataclass(frozen=True, slots=True)
class Rectified:
    """Each spiking population as a rectifier of what arrives over its threshold."""

    def run(
        self,
        population: Population,
        parameters: Parameters | None,
        arriving: Tensor,
        surrogate: Surrogate,
    ) -> Tensor:
        """Return rates where neurons spike, else what they do."""
        if parameters is None or not isinstance(population.neuron, If | Lif | CubaLif):
            return ThroughTime().run(population, parameters, arriving, surrogate)
        return torch.relu(parameters.value("gain") * arriving / parameters.theta())


def rates_of(twin: Twin) -> "_Rates":
    """Return the network of rectifiers with the twin's own weights, as a function of shares."""
    return _Rates(twin)


class _Rates:
    """Runs a twin as rectifiers, once: what an attacker rebuilds, differentiable in the weights."""

    def __init__(self, twin: Twin) -> None:
        self.twin = twin

    def __call__(self, units: Tensor) -> Tensor:
        """Return scores (sample, class) of `units` (sample, *shape), 0 to 1."""
        kept = self.twin.path
        self.twin.path = Rectified()
        try:
            return _once(self.twin, units)
        finally:
            self.twin.path = kept


class _Judging:
    """Runs an artificial network on shares of its input's range."""

    def __init__(self, twin: Twin) -> None:
        self.twin = twin

    def __call__(self, units: Tensor) -> Tensor:
        """Return scores (sample, class)."""
        return _once(self.twin, units)


def _once(twin: Twin, units: Tensor) -> Tensor:
    node = twin.template.inputs[0]
    logits: Tensor = twin((node.low + (node.high - node.low) * units)[:, None]).logits
    return logits


def _shares(x: Tensor, twin: Twin) -> Tensor:
    node = twin.template.inputs[0]
    return (x - node.low) / (node.high - node.low)


def _twin(teacher: Model) -> Twin:
    key = teacher.digest
    if key not in _TWINS:
        _TWINS.clear()  # one teacher at a time
        _TWINS[key] = Twin(teacher).requires_grad_(False).eval()
    return _TWINS[key]
