"""`empty`: the trace of some samples before any population has moved."""

from collections.abc import Mapping
from math import prod

import numpy as np
from numpy.typing import NDArray

from neurodeploy.machine.causes import Lists
from neurodeploy.machine.on_demand import OnDemand
from neurodeploy.machine.spikes import Listed, listed, write_out
from neurodeploy.program import Input, Program
from neurodeploy_cpu_emu.kernels.arrays import U64, Raster
from neurodeploy_cpu_emu.kernels.given import taken, taken_bits
from neurodeploy_cpu_emu.kernels.neurons import READOUT
from neurodeploy_cpu_emu.plan import Neurons, Plan
from neurodeploy_cpu_emu.trace import BlockTrace


def empty(
    program: Program,
    prepared: Plan,
    stimulus: Mapping[str, NDArray[np.integer]],
    n_steps: int,
    record: frozenset[str],
    moves: bool,
    *,
    whole: bool,
) -> BlockTrace:
    """Return a trace that holds its inputs, and zeros where no population writes.

    A population whose spikes are put into the trace's `lists` needs no raster, and gets none.

    Parameters
    ----------
    whole : whether every population moves in all steps from its first on.

    Raises
    ------
    ValueError
        If the stimulus leaves the range that an input declares.
    """
    steps = (len(next(iter(stimulus.values()))), n_steps)
    neurons = {n.name: n for n in prepared.neurons}
    graded = {n.name: _graded(n, stimulus[n.name], n_steps) for n in program.inputs if n.graded}
    lists: Lists = {
        (n.name,): _spikes(n, stimulus[n.name], n_steps) for n in program.inputs if not n.graded
    }

    def output(name: str) -> Raster:
        if name in graded:
            return graded[name]
        if (name,) in lists:
            return written(lists[(name,)].masks, (*steps, prod(program.shape_of(name))))
        return _raster(neurons[name], steps, whole=whole)

    recorded = [n for n in prepared.neurons if n.name in record]
    marked = prepared.neurons if moves else ()
    return BlockTrace(
        outputs=OnDemand((node.name for node in program.nodes), output),
        u={n.name: np.zeros((*steps, n.size), np.int32) for n in recorded},
        v={n.name: np.zeros((*steps, n.size), np.int32) for n in recorded},
        counts=prepared.columns.room(*steps),
        columns=prepared.columns,
        moves={n.name: np.zeros((*steps, n.size), np.uint8) for n in marked},
        lists=lists,
        whole=whole,
    )


def _graded(node: Input, given: NDArray[np.integer], n_steps: int) -> Raster:
    values = _flat(given, n_steps)
    raster = np.empty((len(given), n_steps, values.shape[2]), np.int32)
    _check(node, *taken(values, raster))
    return raster


def _spikes(node: Input, given: NDArray[np.integer], n_steps: int) -> Listed:
    values = _flat(given, n_steps)
    if values.itemsize == 1 and values.flags.c_contiguous:
        found, low, high = taken_bits(values, n_steps)
        _check(node, low, high)
        return found
    raster = np.empty((len(given), n_steps, values.shape[2]), np.int8)
    _check(node, *taken(values, raster))
    return listed(raster.reshape(-1, values.shape[2]))


def _flat(given: NDArray[np.integer], n_steps: int) -> NDArray[np.integer]:
    """Return what is given for the first `n_steps`, (sample, step, neuron)."""
    steps = min(given.shape[1], n_steps)
    return given[:, :n_steps].reshape(len(given), steps, prod(given.shape[2:]))


def _check(node: Input, low: int, high: int) -> None:
    if low < node.low or high > node.high:
        raise ValueError(
            f"input {node.name!r} declares {node.low}..{node.high}, its stimulus has "
            f"{min(low, node.low)}..{max(high, node.high)}"
        )


def written(masks: U64 | None, shape: tuple[int, int, int]) -> Raster:
    """Return the raster (sample, step, neuron) that `masks` tell."""
    assert masks is not None
    raster = np.empty(shape, np.int8)
    write_out(masks, raster.reshape(-1, shape[2]))
    return raster


def _raster(neurons: Neurons, steps: tuple[int, int], *, whole: bool) -> Raster:
    raster = np.empty((*steps, neurons.size), np.int32 if neurons.rule == READOUT else np.int8)
    raster[:, : neurons.timing[0] if whole else None] = 0
    return raster
