"""NeuroBench's figures of the integers, as they were deployed."""

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from neurodeploy.deployment.deployment import Deployment
from neurodeploy.program import Conv, Dense, Direct, Program, Projection, Sparse
from neurodeploy.program.fan_out import fan_out
from neurodeploy.report.neurobench.block import Block, block
from neurodeploy.report.neurobench.calls import Calls, updates
from neurodeploy.target import Run, Stimulus

Ints = NDArray[np.integer]


def as_deployed(deployment: Deployment, samples: Sequence[Stimulus], runs: Iterable[Run]) -> Block:
    """Return the figures of the runs of `samples`, one sample each, every population recorded.

    Each population is counted in as many steps as the stimulus has, from the step on in which it
    starts: steps that only fill or drain the pipeline are the chip's way of working, not the
    network's. The footprint is what the placement stores in the cores' synapse memories, in the
    chip's formats. Weights are those on the chip: what the host computes is not among them.
    """
    program, n_steps = deployment.program, samples[0].n_steps
    weighted = [p for p in program.projections if not isinstance(p.operator, Direct)]
    effective = [_fan_out(p, effective=True) for p in weighted]
    calls = [Calls.of(n_steps) for _ in weighted]
    spiking = [p for p in program.populations if p.spiking]
    n_active = membrane_updates = 0
    for sample, run in zip(samples, runs, strict=True):
        series = _series(program, sample, run)
        for projection, call, reached in zip(weighted, calls, effective, strict=True):
            call.note(reached, _summed(projection, series))
        for population in spiking:
            own = slice(population.t_start, population.t_start + n_steps)
            n_active += int(np.count_nonzero(series[population.name]))
            membrane_updates += updates(run.voltages[population.name][0, own])
    return block(
        footprint_bytes=sum(u["synapse_bytes_per_core"].used for u in deployment.placement.usage),
        n_zero_weights=sum(int(np.count_nonzero(_weights(p) == 0)) for p in weighted),
        n_weights=sum(_weights(p).size for p in weighted),
        n_active=n_active,
        n_activations=len(samples) * n_steps * sum(p.size for p in spiking),
        macs=sum(call.macs for call in calls),
        acs=sum(call.acs for call in calls),
        dense=sum(int(_fan_out(p, effective=False).sum()) for p in weighted)
        * n_steps
        * len(samples),
        membrane_updates=membrane_updates,
        n_samples=len(samples),
    )


def _series(program: Program, sample: Stimulus, run: Run) -> Mapping[str, Ints]:
    """Return what each input and population sends in its own time: (step, neuron)."""
    n_steps = sample.n_steps
    inputs = {name: x[0].reshape(n_steps, -1) for name, x in sample.x.items()}
    sent = {
        p.name: run.rasters[p.name][0, p.t_start : p.t_start + n_steps] for p in program.populations
    }
    return {**inputs, **sent}


def _summed(projection: Projection, series: Mapping[str, Ints]) -> NDArray[np.int64]:
    total = np.sum([series[name].astype(np.int64) for name in projection.sources], axis=0)
    return total if projection.graded else (total != 0).astype(np.int64)


def _weights(projection: Projection) -> NDArray[np.int32]:
    assert isinstance(projection.operator, Dense | Sparse | Conv)
    return projection.operator.mantissa


def _fan_out(projection: Projection, *, effective: bool) -> NDArray[np.int64]:
    operator = projection.operator
    assert isinstance(operator, Dense | Sparse | Conv)
    return fan_out(operator, 0, operator.n_out, effective=effective)
