"""NeuroBench's figures of the float model, as it was trained."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from neurodeploy.model import Model
from neurodeploy.model.neuron import CubaLif, If, Lif, Threshold
from neurodeploy.report.neurobench.block import Block, block
from neurodeploy.report.neurobench.calls import Calls, updates
from neurodeploy.report.neurobench.connections import Connection, connections_of
from neurodeploy.report.neurobench.footprint import footprint_bytes

Floats = NDArray[np.float64]


def as_trained(model: Model, x: NDArray[np.number]) -> Block:
    """Return the figures of `model` on the samples of `x`, run as one batch.

    Parameters
    ----------
    x : (sample, step, *shape of the one input)

    Notes
    -----
    The samples are simulated one after the other, so that memory does not grow with them.
    """
    n_samples, n_steps = x.shape[:2]
    connections = connections_of(model)
    calls = [Calls.of(n_steps) for _ in connections]
    n_active = membrane_updates = 0
    for sample in x:
        series, voltages = _simulated(model, sample.astype(np.float64))
        for connection, call in zip(connections, calls, strict=True):
            call.note(connection.effective, connection.given(_summed(connection, series)))
        spiking = [p.name for p in model.populations if _spikes(p.neuron)]
        n_active += sum(int(np.count_nonzero(series[name])) for name in spiking)
        membrane_updates += sum(
            updates(voltages[p.name]) for p in model.populations if _has_membrane(p.neuron)
        )
    n_neurons = sum(int(np.prod(p.shape)) for p in model.populations if _spikes(p.neuron))
    return block(
        footprint_bytes=footprint_bytes(model, connections),
        n_zero_weights=sum(int(np.count_nonzero(c.weight == 0)) for c in connections),
        n_weights=sum(c.weight.size for c in connections),
        n_active=n_active,
        n_activations=n_samples * n_steps * n_neurons,
        macs=sum(call.macs for call in calls),
        acs=sum(call.acs for call in calls),
        dense=sum(c.dense for c in connections) * n_steps * n_samples,
        membrane_updates=membrane_updates,
        n_samples=n_samples,
    )


def _simulated(
    model: Model, sample: NDArray[np.float64]
) -> tuple[Mapping[str, Floats], Mapping[str, Floats]]:
    names = [p.name for p in model.populations]
    found = model.simulate(sample[None], record=names)
    series = {name: found.rasters[name][0] for name in names}
    given = {model.inputs[0].name: sample}
    return {**given, **series}, {name: found.voltages[name][0] for name in names}


def _summed(connection: Connection, series: Mapping[str, Floats]) -> Floats:
    """Return the sum of its sources, later by its delay: nothing arrives before."""
    total = np.sum([series[name] for name in connection.sources], axis=0)
    late = np.zeros_like(total)
    late[connection.delay_steps :] = total[: len(total) - connection.delay_steps]
    return late


def _spikes(neuron: object) -> bool:
    return isinstance(neuron, If | Lif | CubaLif | Threshold)


def _has_membrane(neuron: object) -> bool:
    return isinstance(neuron, If | Lif | CubaLif)
