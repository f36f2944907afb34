"""What each neuron costs its core: the synapses that its inputs drive, and the visit itself."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from neurodeploy.deployment.placement import Slice
from neurodeploy.hardware import Hardware
from neurodeploy.placement.activity import Activity
from neurodeploy.program.operator import Conv, Dense, Direct, Operator, Sparse
from neurodeploy.program.program import Program

Ints = NDArray[np.int64]

_FORMATS = {Dense: "synapse_dense", Sparse: "synapse_sparse", Conv: "synapse_conv"}
_VISIT = ("neuron_access", "neuron_update")
"""Every visit is taken to find state or input to update."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Work:
    """Work of the neurons of every population, summed over the steps of an Activity.

    Stored synapses are counted, zeros included, and each neuron is visited in each step: in ticks
    where the chip's page knows the times of both, with what firing takes where that is known too;
    and else every operation as 1. What arriving axons take depends on the cut, and is left out.

    Parameters
    ----------
    before : int64 (n_neurons + 1,) by population: the work of all neurons before each.
    unit : ``ticks`` or ``operations``.
    n_steps : the steps it is summed over.
    """

    before: Mapping[str, Ints]
    unit: str
    n_steps: int

    @property
    def total(self) -> int:
        """Work of all neurons."""
        return sum(int(sums[-1]) for sums in self.before.values())

    def of(self, population: str, start: int, stop: int) -> int:
        """Return the work of neurons ``start:stop``."""
        sums = self.before[population]
        return int(sums[stop] - sums[start])

    def by_core(self, slices: Iterable[Slice]) -> list[int]:
        """Return the work of each core that holds `slices`."""
        slices = tuple(slices)
        found = [0] * (max((part.core for part in slices), default=-1) + 1)
        for part in slices:
            found[part.core] += self.of(part.population, part.start, part.stop)
        return found


def work_of(program: Program, hardware: Hardware, activity: Activity) -> Work:
    """Return the work that `program` causes under `activity`."""
    unit, visit, ticks = _prices(program, hardware)
    spike_out = hardware.latency_s.get("spike_out")
    firing = hardware.ticks((spike_out and spike_out.value) or 0.0)
    before = {}
    for population in program.populations:
        each = np.full(population.size, activity.n_steps * visit, np.int64)
        for projection in program.projections_to(population.name):
            if isinstance(projection.operator, Direct):
                continue
            spikes = activity.of_sum(projection.sources)
            each += synops_into(projection.operator, spikes) * ticks[_name(projection.operator)]
        each += activity.spikes[population.name] * (firing if unit == "ticks" else 0)
        before[population.name] = np.concatenate([[0], np.cumsum(each)])
    return Work(before=before, unit=unit, n_steps=activity.n_steps)


def synops_into(operator: Dense | Sparse | Conv, spikes: Ints) -> Ints:
    """Return how many stored synapses `spikes` (n_in,) drive into each target neuron, (n_out,)."""
    match operator:
        case Dense():
            return np.full(operator.n_out, spikes.sum())
        case Sparse():
            found = np.zeros(operator.n_out, np.int64)
            np.add.at(found, operator.targets, np.repeat(spikes, np.diff(operator.indptr)))
            return found
        case Conv():
            return _into_conv(operator, spikes)


def _into_conv(operator: Conv, spikes: Ints) -> Ints:
    """Sum what each position hears: the same for every output channel of a group."""
    geometry = operator.geometry
    channels, height, width = geometry.input_shape
    heard = spikes.reshape(geometry.groups, channels // geometry.groups, height, width).sum(axis=1)
    found = np.zeros((geometry.groups, *geometry.output_shape[1:]), np.int64)
    for i in range(geometry.kernel[0]):
        rows, from_rows = geometry.taps(0, i)
        for j in range(geometry.kernel[1]):
            columns, from_columns = geometry.taps(1, j)
            found[:, rows[:, None], columns] += heard[:, from_rows[:, None], from_columns]
    return np.repeat(found, geometry.out_channels // geometry.groups, axis=0).ravel()


def _prices(program: Program, hardware: Hardware) -> tuple[str, int, dict[str, int]]:
    """Return the unit, a visit's price and a synapse's by its format.

    1 for all where the chip's page leaves a time unknown.
    """
    operators = (projection.operator for projection in program.projections)
    formats = sorted({_name(o) for o in operators if not isinstance(o, Direct)})
    ticks = {}
    for name in (*_VISIT, *formats):
        quantity = hardware.latency_s.get(name)
        if quantity is None or quantity.value is None:
            return "operations", 1, dict.fromkeys(formats, 1)
        ticks[name] = hardware.ticks(quantity.value)
    return "ticks", sum(ticks[name] for name in _VISIT), ticks


def _name(operator: Operator) -> str:
    return _FORMATS[type(operator)]
