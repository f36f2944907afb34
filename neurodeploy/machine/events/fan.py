"""`Fan`: which messages a spike of each neuron sends, and what each costs its core; made once.

A projection of several sources adds them up before its synapses, so that only one of the messages
reads a list when several of them fire: the first of the sources whose value is not 0, and none if
the sum is 0. Such lists are kept apart, one a bit of `Senders.shared`.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import count

import numpy as np
from numpy.typing import NDArray

from neurodeploy.deployment.placement import Placement
from neurodeploy.hardware import Hardware
from neurodeploy.machine.clock import ESTIMATES, Clock
from neurodeploy.machine.counts import HOST, Row
from neurodeploy.machine.lists import SynapseList, synapse_lists
from neurodeploy.program import Program

Ints = NDArray[np.int64]

MAX_SHARED = 64
"""Projections of several sources that one source may have: as many as there are bits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Payer:
    """Source `sources[place]` of a projection reads its lists where bit `bit` of it is set."""

    sources: tuple[str, ...]
    place: int
    bit: int

    @property
    def node(self) -> str:
        """The source that pays."""
        return self.sources[self.place]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Fan:
    """Neurons in the order of their senders, the host first, then core by core; their messages.

    Parameters
    ----------
    parts : rows of the counts in that order.
    starts : (sender + 1,), first neuron of each.
    indptr : (neuron + 1,); cores : (message,)
    service : (estimate, message); shared : (estimate, j, message)
    """

    parts: tuple[Row, ...]
    starts: Ints
    indptr: Ints
    cores: NDArray[np.int32]
    service: Ints
    shared: Ints
    payers: tuple[Payer, ...]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Node:
    """The messages of one input or population, by neuron, then by core."""

    indptr: Ints
    cores: NDArray[np.int32]
    ticks: Ints
    """(estimate, 1 + j, message)"""


def fan_of(
    hardware: Hardware, program: Program, placement: Placement, rows: tuple[Row, ...], clock: Clock
) -> Fan:
    """Return the messages of a placed program."""
    payers = tuple(_payers(program))
    n_shared = max((payer.bit + 1 for payer in payers), default=0)
    assert n_shared <= MAX_SHARED
    bits = {(payer.node, payer.sources): payer.bit for payer in payers}
    lists: dict[str, list[tuple[int, SynapseList]]] = {node.name: [] for node in program.nodes}
    for listed in synapse_lists(hardware, program, rows):
        for source in dict.fromkeys(listed.sources):
            column = 1 + bits[source, listed.sources] if len(listed.sources) > 1 else 0
            lists[source].append((column, listed))
    sizes = {row.node: row.size for row in rows}
    nodes = {
        name: _node(found, sizes[name], placement.n_cores, 1 + n_shared, clock)
        for name, found in lists.items()
        if name in sizes
    }
    return _in_order(nodes, placement.n_cores, rows, payers)


def _payers(program: Program) -> Iterator[Payer]:
    """Yield who reads the lists of summed sources; equal sums share a bit."""
    bits: Mapping[str, Iterator[int]] = {node.name: count() for node in program.nodes}
    summed = {p.sources: None for p in program.projections if len(p.sources) > 1}
    for sources in summed:
        for node in dict.fromkeys(sources):
            yield Payer(sources=sources, place=sources.index(node), bit=next(bits[node]))


def _node(
    lists: list[tuple[int, SynapseList]], size: int, n_cores: int, n_columns: int, clock: Clock
) -> _Node:
    reached = [np.flatnonzero(listed.reached) for _, listed in lists]
    keys = [n * n_cores + listed.core for n, (_, listed) in zip(reached, lists, strict=True)]
    if not keys:
        nothing = np.zeros((len(ESTIMATES), n_columns, 0), np.int64)
        return _Node(
            indptr=np.zeros(size + 1, np.int64), cores=np.zeros(0, np.int32), ticks=nothing
        )
    found, place = np.unique(np.concatenate(keys), return_inverse=True)
    ticks = np.zeros((len(ESTIMATES), n_columns, len(found)), np.int64)
    ticks[:, 0] += clock.ticks["axon_in"][:, None]
    ends = np.cumsum([len(key) for key in keys])
    for own, (column, listed), end in zip(reached, lists, ends, strict=True):
        at = place[end - len(own) : end]  # a list names a message once
        ticks[:, column, at] += _service(listed, own, clock)
    return _Node(
        indptr=np.searchsorted(found, np.arange(size + 1) * n_cores),
        cores=(found % n_cores).astype(np.int32),
        ticks=ticks,
    )


def _service(listed: SynapseList, own: Ints, clock: Clock) -> Ints:
    """Return the ticks (estimate, source) of a list: accumulated, or read, which takes longer."""
    if listed.kind == "direct":
        return np.zeros((len(ESTIMATES), len(own)), np.int64)
    synapse = clock.ticks[f"synapse_{listed.kind}"] + clock.ticks["dendrite"]
    return np.maximum(
        np.outer(synapse, listed.synapses[own]),
        np.outer(clock.ticks["synapse_word"], listed.words[own]),
    )


def _in_order(
    nodes: Mapping[str, _Node], n_cores: int, rows: tuple[Row, ...], payers: tuple[Payer, ...]
) -> Fan:
    parts = tuple(sorted(rows, key=lambda row: row.core))  # stable: rows of a core keep their order
    assert HOST < 0
    sizes = np.zeros(n_cores + 1, np.int64)
    np.add.at(sizes, [row.core + 1 for row in parts], [row.stop - row.start for row in parts])
    spans = [slice(*nodes[row.node].indptr[[row.start, row.stop]]) for row in parts]
    counts = [np.diff(nodes[row.node].indptr[row.start : row.stop + 1]) for row in parts]
    ticks = [nodes[row.node].ticks[:, :, span] for row, span in zip(parts, spans, strict=True)]
    joined = _narrow(np.concatenate(ticks, axis=2))
    return Fan(
        parts=parts,
        starts=np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64),
        indptr=np.concatenate([[0], np.cumsum(np.concatenate(counts))]).astype(np.int64),
        cores=np.concatenate(
            [nodes[row.node].cores[span] for row, span in zip(parts, spans, strict=True)]
        ),
        service=np.ascontiguousarray(joined[:, 0]),
        shared=np.ascontiguousarray(joined[:, 1:]),
        payers=payers,
    )


def _narrow(ticks: Ints) -> Ints:
    """Return `ticks` in 32 bits where they fit: there is one for every message."""
    fits = ticks.max(initial=0) <= np.iinfo(np.int32).max
    return ticks.astype(np.int32 if fits else np.int64)
