"""`Tally`: what spikes cause on units that are not rows of the ledger: links, memory words."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from neurodeploy.deployment.placement import Placement
from neurodeploy.hardware import Hardware
from neurodeploy.machine.causes import Causes, Lists, count, list_of
from neurodeploy.machine.counts import HOST, Count, Row
from neurodeploy.machine.kernels import repeat
from neurodeploy.machine.ledger import Ledger
from neurodeploy.machine.lists import SynapseList, synapse_lists
from neurodeploy.machine.mesh import mesh_of
from neurodeploy.machine.spikes import often
from neurodeploy.program import Program

Ints = NDArray[np.int64]
Rasters = Mapping[str, NDArray[np.integer]]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Tally:
    """Causes whose targets are units, and the number of these."""

    causes: tuple[Causes, ...]
    n_units: int

    def count(self, rasters: Rasters, n_rows: int, lists: Lists | None = None) -> Ints:
        """Return how often each unit is used in each row, (row, unit).

        Parameters
        ----------
        rasters, lists : as `machine.causes.count` takes them.
        """
        found = np.zeros((n_rows, self.n_units), np.int64)
        count(self.causes, rasters, {} if lists is None else lists, found)
        return found

    def total(self, rasters: Rasters, lists: Lists, spikes: Mapping[str, Ints]) -> Ints:
        """Return how often each unit is used in all rows, (unit,).

        Parameters
        ----------
        spikes : how often each neuron fired, by population, where that is known.
        """
        found = np.zeros(self.n_units, np.int64)
        known: dict[tuple[str, ...], Ints] = {(name,): n for name, n in spikes.items()}
        for causes in self.causes:
            if causes.sources not in known:
                spikes_of = list_of(causes.sources, rasters, lists)
                known[causes.sources] = often(spikes_of, rasters[causes.sources[0]].shape[1])
            times = known[causes.sources][causes.start : causes.stop]
            repeat(times, causes.class_of, causes.first, causes.targets, causes.weights, found)
        return found


def link_tally(ledger: Ledger, placement: Placement) -> Tally:
    """Return how many messages each link of the placement's mesh carries; the host's use none."""
    mesh = mesh_of(placement.tiles)
    cores = [row.core for row in ledger.rows]
    found: dict[tuple[str, ...], list[Causes]] = {}
    for causes in ledger.causes:
        rows, columns = np.divmod(causes.targets, len(Count))
        owner = rows[columns == Count.SPIKES]
        if not len(owner) or cores[owner[0]] == HOST:
            continue
        source = placement.tiles[cores[owner[0]]]
        routes = [
            mesh.route(source, placement.tiles[cores[row]]) if column == Count.MESSAGES_IN else ()
            for row, column in zip(rows, columns, strict=True)
        ]
        ends = np.concatenate([[0], np.cumsum([len(links) for links in routes])])
        if not ends[-1]:
            continue
        routed = replace(
            causes,
            first=ends[causes.first].astype(np.int64),
            targets=np.asarray([link for links in routes for link in links], np.int64),
            weights=np.repeat(causes.weights, np.diff(ends)),
        )
        found.setdefault(causes.sources, []).append(routed)
    return Tally(causes=tuple(map(_joined, found.values())), n_units=mesh.n_links)


def _joined(parts: list[Causes]) -> Causes:
    """Return what ascending parts of the same neurons cause as one; those between cause nothing."""
    start, stop = parts[0].start, parts[-1].stop
    classes = np.cumsum([0, *(len(part.first) - 1 for part in parts)])
    effects = np.cumsum([0, *(len(part.targets) for part in parts)])
    class_of = np.full(stop - start, classes[-1], np.int32)
    for part, before in zip(parts, classes, strict=False):
        class_of[part.start - start : part.stop - start] = part.class_of + before
    firsts = [part.first[:-1] + n for part, n in zip(parts, effects, strict=False)]
    return Causes(
        sources=parts[0].sources,
        start=start,
        stop=stop,
        class_of=class_of,
        first=np.concatenate([*firsts, effects[-1:], effects[-1:]]),
        targets=np.concatenate([part.targets for part in parts]),
        weights=np.concatenate([part.weights for part in parts]),
    )


def word_tally(
    hardware: Hardware, program: Program, placement: Placement, rows: tuple[Row, ...]
) -> Tally:
    """Return how many words of synapse memory each core reads."""
    lists = synapse_lists(hardware, program, rows)
    return Tally(causes=tuple(map(_words, lists)), n_units=placement.n_cores)


def _words(listed: SynapseList) -> Causes:
    words, class_of = np.unique(listed.words, return_inverse=True)
    return Causes(
        sources=listed.sources,
        start=0,
        stop=len(class_of),
        class_of=class_of.astype(np.int32),
        first=np.arange(len(words) + 1),
        targets=np.full(len(words), listed.core, np.int64),
        weights=words,
    )
