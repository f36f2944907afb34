"""`Timing`: the time of a placed program's steps, at one level of fidelity."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import assert_never

import numpy as np
from numpy.typing import NDArray

from neurodeploy.deployment.placement import Placement
from neurodeploy.hardware import Hardware
from neurodeploy.machine.bound import bound
from neurodeploy.machine.causes import Lists
from neurodeploy.machine.clock import Clock, clock_of
from neurodeploy.machine.counts import Kept
from neurodeploy.machine.events.simulation import Simulation, simulation_of
from neurodeploy.machine.fidelity import Fidelity
from neurodeploy.machine.ledger import Ledger
from neurodeploy.machine.mesh import DIRECTIONS, Mesh, mesh_of
from neurodeploy.machine.sums import sums
from neurodeploy.machine.tally import Tally, link_tally, word_tally
from neurodeploy.machine.times import Times
from neurodeploy.machine.work import Work, work_of
from neurodeploy.program import Program

__all__ = ["Fidelity", "Timing", "timing_of", "unknown_latencies"]

Ints = NDArray[np.int64]
Rasters = Mapping[str, NDArray[np.integer]]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Timing:
    """A placed program on a chip's clock.

    Parameters
    ----------
    links, words : what the bound needs, and `link_messages`.
    simulation : of L3 only.
    """

    fidelity: Fidelity
    clock: Clock
    work: Work
    mesh: Mesh
    links: Tally
    words: Tally
    simulation: Simulation | None

    @property
    def needs_active(self) -> bool:
        """Whether `times` must know which neurons were active, not only how many."""
        return self.simulation is not None

    def times(
        self,
        counts: Kept,
        rasters: Rasters,
        active: Rasters,
        lists: Lists | None = None,
        n_samples: int = 1,
    ) -> Times:
        """Return the times of the steps of some samples in a row.

        Parameters
        ----------
        counts : (step, column), as the ledger keeps them.
        rasters : integers (step, neuron) of every input and population.
        active : (step, neuron) by population, not 0 where it has input, state or bias; empty
            where `needs_active` is False.
        lists : as `machine.causes.count` takes them.
        n_samples : of as many steps each; below L3 the time of a step is independent of it.
        """
        match self.fidelity:
            case Fidelity.L1:
                return self._bound(counts, rasters, lists, n_samples)
            case Fidelity.L2:
                return sums(self.work, self.clock, counts)
            case Fidelity.L3:
                assert self.simulation is not None
                return self.simulation.times(counts, rasters, active, n_samples)
            case Fidelity.L0:
                raise ValueError("L0 has no time")
            case _:
                assert_never(self.fidelity)

    def link_messages(
        self,
        rasters: Rasters,
        lists: Lists | None = None,
        spikes: Mapping[str, Ints] | None = None,
    ) -> Ints:
        """Return the messages on each link, (y, x, direction) as `machine.mesh` numbers them.

        Parameters
        ----------
        spikes : as `Tally.total` takes them.
        """
        found = self.links.total(rasters, {} if lists is None else lists, spikes or {})
        return found.reshape(self.mesh.height, self.mesh.width, DIRECTIONS)

    def _bound(self, counts: Kept, rasters: Rasters, lists: Lists | None, n_samples: int) -> Times:
        nothing = np.zeros((len(counts), 0), np.int64)
        loaded = self.clock.ticks["link_message"].any()
        read = self.clock.ticks["synapse_word"].any()
        return bound(
            self.work,
            self.clock,
            counts,
            self.words.count(rasters, len(counts), lists) if read else nothing,
            self.links.count(rasters, len(counts), lists) if loaded else nothing,
            n_samples,
        )


def timing_of(
    hardware: Hardware,
    program: Program,
    placement: Placement,
    ledger: Ledger,
    fidelity: Fidelity,
) -> Timing | None:
    """Return the timing of a placed program; None at L0, or if no latency is known."""
    if fidelity is Fidelity.L0 or not any(q.known for q in hardware.latency_s.values()):
        return None
    clock = clock_of(hardware, len(set(placement.tiles)), fidelity.events)
    worded = fidelity is Fidelity.L1 and clock.ticks["synapse_word"].any()
    work = work_of(clock, placement, ledger.rows, ledger.columns)
    return Timing(
        fidelity=fidelity,
        clock=clock,
        work=work,
        mesh=mesh_of(placement.tiles),
        links=link_tally(ledger, placement),
        words=word_tally(hardware, program, placement, ledger.rows)
        if worded
        else Tally(causes=(), n_units=0),
        simulation=simulation_of(hardware, program, placement, ledger, clock, work)
        if fidelity is Fidelity.L3
        else None,
    )


def unknown_latencies(
    hardware: Hardware, placement: Placement, fidelity: Fidelity
) -> tuple[str, ...]:
    """Return the events that a time at `fidelity` lacks, because the chip's page does not know."""
    if not any(q.known for q in hardware.latency_s.values()):
        return ()
    unknown = clock_of(hardware, len(set(placement.tiles)), fidelity.events).unknown
    word = hardware.limits.get("synapse_word_bits")
    if "synapse_word" in fidelity.events - set(unknown) and (word is None or not word.known):
        unknown += ("synapse_word_bits",)
    buffers = hardware.limits.get("link_buffer_messages")  # absent is no limit
    if fidelity is Fidelity.L3 and buffers is not None and not buffers.known:
        unknown += ("link_buffer_messages",)
    return unknown
