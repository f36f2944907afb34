"""`diagnose`: where a converted network parts from the artificial one."""

from collections.abc import Mapping

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from neurodeploy.frontends.samples import Samples
from neurodeploy.learning.data import batches
from neurodeploy.learning.twin.twin import Twin
from neurodeploy.methods.conversion.convert import Conversion
from neurodeploy.methods.conversion.diagnosis import Cause, Diagnosis, LayerLoss
from neurodeploy.methods.conversion.losses import Sums
from neurodeploy.methods.conversion.over_steps import Progress
from neurodeploy.methods.conversion.stepping import arriving_at, steps_of
from neurodeploy.model import I, If, Model
from neurodeploy.passes.fold_batchnorm import FoldBatchNorm
from neurodeploy.passes.fold_scale import FoldScale
from neurodeploy.terms import Reset


def diagnose(
    conversion: Conversion,
    samples: Samples,
    n_steps: int,
    *,
    batch_size: int = 50,
    on_progress: Progress | None = None,
) -> Diagnosis:
    """Return how close the converted network comes to its artificial one on `samples`.

    Labels, where there are any, give accuracies.
    """
    model = FoldScale().apply(FoldBatchNorm().apply(conversion.model))
    twin, ann = Twin(model).eval(), Twin(conversion.ann).eval()
    thresholds = conversion.record.thresholds
    layers = {name: _Layer(model, name, thresholds[name], n_steps) for name in thresholds}
    answers = np.zeros((samples.n_samples, n_steps), np.int64)
    wanted = np.zeros(samples.n_samples, np.int64)
    for chosen in batches(samples, batch_size, None):
        x = torch.from_numpy(np.ascontiguousarray(samples.x[chosen], np.float32))
        with torch.no_grad():
            activations = ann(x[:, None])
            wanted[chosen] = activations.logits.argmax(dim=1).numpy()
            sums, answers[chosen] = _run(twin, x, n_steps)
            means = {name: total / n_steps for name, total in sums.items()}
            for name, layer in layers.items():
                current = arriving_at(twin, model.population(name), means)
                layer.take(activations.outputs[name][0], means[name], current)
        if on_progress is not None:
            on_progress(int(chosen[-1]) + 1, samples.n_samples)
    return Diagnosis(
        data=samples.where,
        n_samples=samples.n_samples,
        n_steps=n_steps,
        layers=tuple(layer.loss() for layer in layers.values()),
        agreement=_shares(answers == wanted[:, None]),
        accuracy=None if samples.y is None else _shares(answers == samples.y[:, None]),
        ann_accuracy=None if samples.y is None else float((wanted == samples.y).mean()),
    )


def _run(twin: Twin, x: Tensor, n_steps: int) -> tuple[Mapping[str, Tensor], NDArray[np.int64]]:
    """Return the sums over the steps of what every node sends, and the answer after each step."""
    output = twin.template.population(twin.template.outputs[0].population)
    sums: dict[str, Tensor] = {}
    answers = np.zeros((len(x), n_steps), np.int64)
    for step in steps_of(twin, x, n_steps):
        for name, sent in step.outputs.items():
            sums[name] = sums[name] + sent if name in sums else sent
        holds_sum = isinstance(output.neuron, I)
        logits = (step.outputs if holds_sum else sums)[output.name]
        answers[:, step.number - 1] = logits.flatten(1).argmax(dim=1).numpy()
    return sums, answers


def _shares(right: NDArray[np.bool_]) -> tuple[float, ...]:
    return tuple(float(share) for share in right.mean(axis=0))


class _Layer:
    """What is summed of one layer over the batches."""

    def __init__(self, model: Model, name: str, theta: float, n_steps: int) -> None:
        population = model.population(name)
        assert isinstance(population.neuron, If)
        self.name, self.n_neurons, self.theta, self.n_steps = name, population.size, theta, n_steps
        # Where a finetuning scaled the thresholds, currents are in its units.
        self.unit = float(population.neuron.v_threshold.max())
        self.hard = population.reset is Reset.ZERO
        self.beside, self.own = Sums(), Sums()
        self.spikes, self.n_rates = 0.0, 0
        self.largest = torch.zeros(population.shape)
        self.highest = torch.zeros(population.shape)
        self.above = 0.0

    def take(self, activation: Tensor, rate: Tensor, current: Tensor) -> None:
        """Add a batch: (sample, *shape) each; `current` is the mean that arrived."""
        value = self.theta * rate
        expected = self.theta / self.unit * torch.relu(current)
        self.beside.take(activation, value)
        self.own.take(expected, value)
        over = torch.clamp(expected - self.theta, min=0.0)
        self.above += float((over**2).sum(dtype=torch.float64))
        self.spikes += float(rate.sum(dtype=torch.float64))
        self.n_rates += rate.numel()
        self.largest = torch.maximum(self.largest, activation.amax(dim=0))
        self.highest = torch.maximum(self.highest, rate.amax(dim=0))

    def loss(self) -> LayerLoss:
        """Return what was summed."""
        half_a_spike = self.theta / (2 * self.n_steps)
        dead = (self.highest == 0) & (self.largest > half_a_spike)
        return LayerLoss(
            name=self.name,
            n_neurons=self.n_neurons,
            threshold=self.theta,
            correlation=self.beside.correlation,
            error=self.beside.error,
            own_error=self.own.error,
            rate=self.spikes / self.n_rates,
            dead=int(dead.sum()),
            saturated=int((self.highest >= 1.0).sum()),
            cause=self._cause(),
        )

    def _cause(self) -> Cause:
        if self.above > self.own.squared_difference / 2:
            return Cause.SATURATION
        return Cause.RESET if self.hard else Cause.STEPS
