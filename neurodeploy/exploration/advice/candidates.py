"""What could be changed, from what a run showed; nothing here says that it pays."""

from collections.abc import Iterator

import numpy as np

from neurodeploy.exploration.advice.change import (
    Change,
    DropSilent,
    FewerSteps,
    PlaceOtherwise,
    PruneWeights,
    RaiseThreshold,
    Subject,
)
from neurodeploy.exploration.advice.smaller import can_shrink
from neurodeploy.model import Affine, CubaLif, If, Lif
from neurodeploy.placement import Strategy
from neurodeploy.report.report import Report
from neurodeploy.target import Run

SHARES_OF_STEPS = (0.25, 0.375, 0.5, 0.625, 0.75)
THRESHOLD_FACTORS = (1.1, 1.25, 1.5, 2.0)
KEPT_WEIGHTS = (0.1, 0.2, 0.35, 0.5)
N_LAYERS = 3
"""The layers that are looked at, busiest first."""


def candidates(subject: Subject, report: Report, run: Run) -> Iterator[Change]:
    """Yield changes worth trying, all of a kind together."""
    n_steps = subject.n_steps
    for steps in sorted({max(1, round(n_steps * share)) for share in SHARES_OF_STEPS} - {n_steps}):
        yield FewerSteps(n_steps=steps, of=n_steps)
    yield from _thresholds(subject, report)
    yield from _pruned(subject, report)
    yield from _silent(subject, run)
    for strategy in Strategy:
        if strategy is not subject.options.placement:
            yield PlaceOtherwise(strategy=strategy)


def _thresholds(subject: Subject, report: Report) -> Iterator[Change]:
    """Yield higher thresholds for the layers that send most."""
    outputs = {output.population for output in subject.model.outputs}
    firing = [
        layer
        for layer in sorted(report.layers, key=lambda layer: -(layer.metrics["spikes"].value or 0))
        if layer.name in _fireable(subject) and layer.name not in outputs
    ]
    for layer in firing[:N_LAYERS]:
        for factor in THRESHOLD_FACTORS:
            yield RaiseThreshold(population=layer.name, factor=factor)


def _fireable(subject: Subject) -> set[str]:
    return {p.name for p in subject.model.populations if isinstance(p.neuron, If | Lif | CubaLif)}


def _pruned(subject: Subject, report: Report) -> Iterator[Change]:
    """Yield emptier matrices for the layers with most operations."""
    for layer in report.hottest(N_LAYERS):
        if layer.name not in {p.name for p in subject.model.populations}:
            continue
        for projection in subject.model.projections_to(layer.name):
            if not any(isinstance(operator, Affine) for operator in projection.chain):
                continue
            for kept in KEPT_WEIGHTS:
                yield PruneWeights(projection=projection.name, target=layer.name, kept=kept)


def _silent(subject: Subject, run: Run) -> Iterator[Change]:
    for population in subject.model.populations:
        spikes = run.spikes_per_neuron.get(population.name)
        if spikes is None or not can_shrink(subject.model, population.name):
            continue
        silent = tuple(int(k) for k in np.flatnonzero(spikes == 0))
        if 0 < len(silent) < population.size:
            yield DropSilent(population=population.name, neurons=silent)
