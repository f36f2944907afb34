"""`CoreReport`: what one core holds, does and uses of its limits."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from neurodeploy.deployment.deployment import Deployment
from neurodeploy.deployment.placement import Usage
from neurodeploy.machine.counts import Row
from neurodeploy.report.cost import Work, dynamic_energy, total
from neurodeploy.report.counted import counted
from neurodeploy.report.metric import Metric, exact
from neurodeploy.report.modelled import modelled
from neurodeploy.target import Run

BUSY = "busy_s"
"""The load of a core where its time is known: how long it works."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LayerPart:
    """Neurons ``start:stop`` of a layer."""

    layer: str
    start: int
    stop: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CoreTime:
    """How long a core works in one inference, mean over samples, at the nominal estimate.

    Its neurons and its synapses can work at the same time; waiting is not work.
    """

    neurons_s: float
    synapses_s: float

    @property
    def busy_s(self) -> float:
        """The longer of the two."""
        return max(self.neurons_s, self.synapses_s)


@dataclass(frozen=True, slots=True, kw_only=True)
class CoreReport:
    """One core in use; its metrics bear the registry's names.

    Parameters
    ----------
    tile : (x, y)
    time : None where time is not modelled by core.
    """

    core: int
    tile: tuple[int, int]
    parts: tuple[LayerPart, ...]
    usage: Mapping[str, Usage]
    time: CoreTime | None
    metrics: Mapping[str, Metric]

    @property
    def layers(self) -> tuple[str, ...]:
        """Names of the layers with neurons on it, each once."""
        return tuple(dict.fromkeys(part.layer for part in self.parts))

    def load(self, name: str) -> float:
        """Return the figure by which cores are compared: ``busy_s``, or a metric."""
        if name == BUSY:
            return 0.0 if self.time is None else self.time.busy_s
        return self.metrics[name].value or 0.0


def cores_of(
    deployment: Deployment, run: Run, sums: NDArray[np.int64], rows: tuple[Row, ...]
) -> tuple[CoreReport, ...]:
    """Return every core in use; `sums` are the counts (row, count) of all samples."""
    placement = deployment.placement
    return tuple(
        CoreReport(
            core=core,
            tile=placement.tiles[core],
            parts=tuple(
                LayerPart(layer=part.population, start=part.start, stop=part.stop)
                for part in placement.slices
                if part.core == core
            ),
            usage=placement.usage[core],
            time=_time(deployment, run, core),
            metrics=_metrics(
                deployment, run, sums, [row.core == core for row in rows], _size(rows, core)
            ),
        )
        for core in range(placement.n_cores)
    )


def _time(deployment: Deployment, run: Run, core: int) -> CoreTime | None:
    if run.core_ticks is None:
        return None
    neurons, synapses = (
        float(ticks / run.n_samples * deployment.hardware.tick_ps * 1e-12)
        for ticks in run.core_ticks[core]
    )
    return CoreTime(neurons_s=neurons, synapses_s=synapses)


def _size(rows: tuple[Row, ...], core: int) -> int:
    return sum(row.stop - row.start for row in rows if row.core == core)


def _metrics(
    deployment: Deployment,
    run: Run,
    sums: NDArray[np.int64],
    own: list[bool],
    n_neurons: int,
) -> dict[str, Metric]:
    counts = sums[np.asarray(own, bool)].sum(axis=0) / run.n_samples
    updates = float(n_neurons * run.mean_steps)
    work = Work(counts=counts, neuron_updates=updates)
    energy = total(dynamic_energy(deployment.hardware, work).values())
    return {
        **counted(counts),
        "neuron_updates": exact("neuron_updates", updates),
        "energy_dynamic_j": modelled("energy_dynamic_j", energy),
    }
