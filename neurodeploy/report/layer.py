"""`LayerReport`: what one population did and cost."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from neurodeploy.deployment.deployment import Deployment
from neurodeploy.deployment.quantisation import LayerQuantisation
from neurodeploy.machine.counts import Row
from neurodeploy.program.schedule import own_lags
from neurodeploy.report.arriving import arriving_events
from neurodeploy.report.cost import Work, dynamic_energy, total
from neurodeploy.report.counted import counted
from neurodeploy.report.metric import Metric, exact
from neurodeploy.report.modelled import modelled
from neurodeploy.target import Run, Stimulus


@dataclass(frozen=True, slots=True, kw_only=True)
class LayerReport:
    """One population and the cores it lies on; its metrics bear the registry's names."""

    name: str
    shape: tuple[int, ...]
    placed_on: tuple[int, ...]
    metrics: Mapping[str, Metric]
    quantisation: LayerQuantisation | None


def layers_of(
    deployment: Deployment,
    stimulus: Stimulus,
    run: Run,
    sums: NDArray[np.int64],
    rows: tuple[Row, ...],
) -> tuple[LayerReport, ...]:
    """Return every population, in the program's order; `sums` (row, count) are of all samples."""
    return tuple(
        _layer(deployment, stimulus, run, sums, rows, population.name)
        for population in deployment.program.populations
    )


def _layer(
    deployment: Deployment,
    stimulus: Stimulus,
    run: Run,
    sums: NDArray[np.int64],
    rows: tuple[Row, ...],
    name: str,
) -> LayerReport:
    own = [k for k, row in enumerate(rows) if row.node == name]
    counts = sums[own].sum(axis=0) / run.n_samples
    population = deployment.program.population(name)
    updates = float(population.size * run.mean_steps)
    spikes = run.spikes_per_neuron.get(name)
    lag = own_lags(deployment.program)[name]
    full = int(np.clip(run.steps_used - lag, 0, stimulus.n_steps).sum())
    energy = dynamic_energy(deployment.hardware, Work(counts=counts, neuron_updates=updates))
    quantisation = {q.population: q for q in deployment.quantisation}
    return LayerReport(
        name=name,
        shape=population.shape,
        placed_on=tuple(dict.fromkeys(rows[k].core for k in own)),
        metrics={
            **counted(counts),
            "arriving_events": exact(
                "arriving_events",
                arriving_events(deployment.program, rows, sums, name) / run.n_samples,
            ),
            "neuron_updates": exact("neuron_updates", updates),
            "dead_neurons": exact("dead_neurons", _count(spikes, 0, 0)),
            "always_on_neurons": exact("always_on_neurons", _count(spikes, full, None)),
            **{f"energy_{n}_j": modelled(f"energy_{n}_j", cost) for n, cost in energy.items()},
            "energy_dynamic_j": modelled("energy_dynamic_j", total(energy.values())),
        },
        quantisation=quantisation.get(name),
    )


def _count(spikes: NDArray[np.int64] | None, least: int, most: int | None) -> float:
    """Return how many neurons spiked at least `least` and at most `most` times."""
    if spikes is None:
        return 0.0
    return float(np.count_nonzero((spikes >= least) & (most is None or spikes <= (most or 0))))
