"""`Layout`: a Program as Lava processes and the wires between their ports.

Lava orders images (width, height, channel) where a Program has (channel, height, width); shapes and
arrays here are Lava's. `worker/network.py` and `script.py` both build from it, so that the script a
user carries away is the network that the tests compare.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from neurodeploy.program.fixed_point import SignMode
from neurodeploy.terms import Reset

Shape = tuple[int, ...]
Ints = NDArray[np.int32]


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A stimulus; `key` is the name as a Python identifier, unique in the layout."""

    key: str
    name: str
    shape: Shape


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Lif:
    """Lava's own LIF: one set of decays and one threshold, reset to 0."""

    key: str
    name: str
    shape: Shape
    du: int
    dv: int
    vth: int
    bias_mant: Ints
    bias_exp: Ints
    u0: Ints
    v0: Ints


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Neurons:
    """Our own neurons, for what LIF cannot do; arrays one a neuron."""

    key: str
    name: str
    shape: Shape
    du: Ints
    dv: Ints
    vth: Ints
    vth_low: Ints | None
    v_reset: Ints
    bias_mant: Ints
    bias_exp: Ints
    u0: Ints
    v0: Ints
    reset: Reset
    t_start: int
    spiking: bool
    clear_interval: int
    clear_offset: int


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class DenseSynapses:
    """Lava's Dense, or DelayDense where `delays` (steps beyond the first) are given.

    Parameters
    ----------
    weights, delays : int32 (n_out, n_in)
    message_bits : bits of a graded payload; 0 is a spike.
    """

    key: str
    name: str
    weights: Ints
    delays: Ints | None
    weight_exp: int
    sign_mode: SignMode
    message_bits: int


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SparseSynapses:
    """Lava's Sparse or DelaySparse: rows are targets, as in `scipy.sparse.csr_matrix`."""

    key: str
    name: str
    shape: tuple[int, int]
    indptr: Ints
    indices: Ints
    weights: Ints
    delays: Ints | None
    weight_exp: int
    sign_mode: SignMode
    message_bits: int


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ConvSynapses:
    """Lava's Conv, or our DelayedConv where `delay_steps` is above 1; pairs are (width, height).

    Parameters
    ----------
    weight : int32 (out channel, kernel width, kernel height, in channel of a group), flipped, for
        Lava convolves where torch correlates; the exponent is multiplied in, for Lava ignores it.
    """

    key: str
    name: str
    weight: Ints
    input_shape: tuple[int, int, int]
    stride: tuple[int, int]
    padding: tuple[int, int]
    dilation: tuple[int, int]
    groups: int
    message_bits: int
    delay_steps: int


Cells = Lif | Neurons
Synapses = DenseSynapses | SparseSynapses | ConvSynapses


@dataclass(frozen=True, slots=True, kw_only=True)
class Transpose:
    """Axes put in the order `to` on the way between two ports."""

    to: Shape


@dataclass(frozen=True, slots=True, kw_only=True)
class Reshape:
    """Elements put into shape `to`, in C order, on the way between two ports."""

    to: Shape


Step = Transpose | Reshape


@dataclass(frozen=True, slots=True, kw_only=True)
class Wire:
    """A port connected to a port, by the keys of their processes."""

    source: str
    out_port: str
    target: str
    in_port: str
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Layout:
    """A whole network.

    Parameters
    ----------
    heads : one process of each connected part; Lava runs what hangs together with one of them.
    """

    sources: tuple[Source, ...]
    neurons: tuple[Cells, ...]
    synapses: tuple[Synapses, ...]
    wires: tuple[Wire, ...]
    heads: tuple[str, ...]

    def key_of(self, name: str) -> str:
        """Return the key of the input or population called `name`."""
        return next(node.key for node in (*self.sources, *self.neurons) if node.name == name)


def led_from(layout: Layout, key: str) -> Layout:
    """Return `layout` with that head first which hangs together with the process `key`."""
    part = {key}
    while True:
        near = [w for w in layout.wires if (w.source in part) != (w.target in part)]
        if not near:
            break
        part |= {end for wire in near for end in (wire.source, wire.target)}
    heads = sorted(layout.heads, key=lambda head: head not in part)
    return replace(layout, heads=tuple(heads))


def heads_of(keys: Sequence[str], wires: Sequence[Wire]) -> tuple[str, ...]:
    """Return the first key of each part that the wires hold together."""
    part = {key: key for key in keys}
    for wire in wires:
        kept, joined = part[wire.source], part[wire.target]
        part = {key: kept if found == joined else found for key, found in part.items()}
    return tuple({part[key]: key for key in reversed(keys)}.values())
