"""`Layer`: a population that one dense projection feeds, as the kernel of layers moves it."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from neurodeploy.program import NumberFormat, Population
from neurodeploy.storage.arrays import frozen
from neurodeploy.terms import Reset
from neurodeploy_cpu_emu.kernels.tile import PITCH
from neurodeploy_cpu_emu.synapses import DenseSynapses

Parts = tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.uint64]]

_RESETS = (Reset.ZERO, Reset.SUBTRACT_DELAYED)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Layer:
    """What `kernels.layer.advance_layer` is told of a layer, as it says.

    Parameters
    ----------
    narrow : whether no sum of weights leaves 16 bits, whichever sources spike.
    """

    synapses: DenseSynapses
    factor: int
    narrow: bool
    parts: Parts


def layer_of(
    population: Population,
    synapses: DenseSynapses,
    weight_exp: int,
    formats: NumberFormat,
    slices: NDArray[np.int64],
) -> Layer | None:
    """Return the layer, or None where a proof fails that its kernel rests on.

    No current outlives its step or can wrap, whichever sources spike; no decay turns a sign; and
    there is no threshold below.
    """
    unit = formats.decay_unit
    simple = (
        population.spiking
        and population.reset in _RESETS
        and population.vth_low is None
        and bool(np.all(population.du == unit - 1))
        and int(population.dv.max(initial=0)) <= unit
        and synapses.weights.itemsize == 1
        and 0 <= weight_exp < formats.current_bits
    )
    if not simple:
        return None
    largest = _largest_sum(synapses)
    factor = synapses.scale << (weight_exp + formats.state_shift)
    within = min(formats.current_limit, 1 << (formats.dense_sum_bits - 1 + formats.state_shift))
    if largest * abs(factor) >= within:
        return None
    return Layer(
        synapses=synapses,
        factor=factor,
        narrow=largest < 1 << 15,
        parts=_parts(slices, synapses.weights.shape[0], synapses.weights.shape[2]),
    )


def _largest_sum(synapses: DenseSynapses) -> int:
    """Return the largest magnitude of a sum of weights of any sources into one target."""
    weights = synapses.weights
    up = np.maximum(weights, 0).sum(axis=1, dtype=np.int64)
    down = np.minimum(weights, 0).sum(axis=1, dtype=np.int64)
    return int(max(up.max(initial=0), -down.min(initial=0)))


def _parts(slices: NDArray[np.int64], n_tiles: int, width: int) -> Parts:
    """Return, tile by tile, the slices that it meets, and which of its neurons each has."""
    neurons = np.arange(n_tiles * width).reshape(n_tiles, 1, width)
    within = np.zeros((n_tiles, len(slices), PITCH), np.bool_)
    within[:, :, :width] = (slices[:, :1] <= neurons) & (neurons < slices[:, 1:])
    tiles, met = np.nonzero(within.any(axis=2))
    indptr = np.searchsorted(tiles, np.arange(n_tiles + 1))
    bits = np.packbits(within[tiles, met], axis=1, bitorder="little").view("<u8")
    return frozen(indptr, np.int64), frozen(met, np.int64), frozen(bits, np.uint64)
