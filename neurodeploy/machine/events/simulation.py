"""`Simulation`: the event simulation of a placed program, sample by sample."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from neurodeploy.deployment.placement import Placement
from neurodeploy.hardware import Hardware
from neurodeploy.machine.clock import ESTIMATES, HIGH, LOW, NOMINAL, Clock
from neurodeploy.machine.columns import Columns
from neurodeploy.machine.counts import Count, Kept
from neurodeploy.machine.events.fan import MAX_SHARED, Fan, fan_of
from neurodeploy.machine.events.kernel import simulate
from neurodeploy.machine.events.state import (
    Ends,
    Flags,
    Network,
    Senders,
    ends_of,
    listing_of,
    queues_of,
)
from neurodeploy.machine.lanes import LANES
from neurodeploy.machine.ledger import Ledger
from neurodeploy.machine.mesh import mesh_of
from neurodeploy.machine.times import Times, Unit, constant, longest
from neurodeploy.machine.work import Work
from neurodeploy.program import Program

Ints = NDArray[np.int64]
Values = Mapping[str, NDArray[np.integer]]

ENDLESS = 1 << 60
"""Places of a queue without a limit."""

_KEY_BITS = 62


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Simulation:
    """A placed program, its messages and its network.

    Parameters
    ----------
    longest_service : (estimate,), ticks of any message at its core at most.
    """

    fan: Fan
    clock: Clock
    work: Work
    columns: Columns
    network: Network
    senders: Senders
    longest_service: Ints
    n_outputs: int

    def times(self, counts: Kept, rasters: Values, active: Values, n_samples: int) -> Times:
        """Return the times of `n_samples` in a row, of as many steps each.

        A network of queues can finish earlier where a part of it is slower, so low and high, each
        simulated on its own, are widened to hold the nominal time.

        Parameters
        ----------
        counts : (step, column)
        rasters : integers (step, neuron) of every input and population.
        active : (step, neuron) by population, not 0 where it has input, state or bias.
        """
        whole = self.columns.spread(counts)
        fired, moved = _masks(self.fan, rasters), _masks(self.fan, active)
        ends = self._simulated(whole, fired, moved, _pays(self.fan, rasters))
        ticks = self._ticks(ends, n_samples)
        ticks[LOW] = np.minimum(ticks[LOW], ticks[NOMINAL])
        ticks[HIGH] = np.maximum(ticks[HIGH], ticks[NOMINAL])
        sweeps = self.work.ticks(counts)[NOMINAL, :, :, 0]
        n_steps, worked = len(counts), np.stack([sweeps, ends.worked[NOMINAL]], axis=2)
        return Times(
            ticks=ticks,
            core_ticks=worked.sum(axis=0),
            first_core_ticks=worked,
            bound_by=self._bound_by(ends, n_samples),
            barrier_ticks=int(self.clock.ticks["sync"][NOMINAL]) * n_steps,
            management_ticks=int(self.clock.ticks["management_step"][NOMINAL]) * n_steps,
        )

    def _simulated(
        self,
        counts: Ints,
        fired: NDArray[np.uint64],
        active: NDArray[np.uint64],
        pays: NDArray[np.unsignedinteger],
    ) -> Ends:
        sent = counts.sum(axis=1).max(axis=0, initial=0)
        most = int(sent[Count.MESSAGES_OUT])
        bits = max(most.bit_length(), 1)
        for k in ESTIMATES:
            self._refuse_endless_steps(k, int(sent.sum()), most, bits)
        network, senders = self.network, self.senders
        ends = ends_of(len(ESTIMATES), len(fired), len(self.fan.starts) - 1, network)
        listing, queues = listing_of(senders, most), queues_of(network)
        simulate(fired, active, pays, senders, network, listing, queues, bits, ends)
        return ends

    def _refuse_endless_steps(self, k: int, sent: int, most: int, bits: int) -> None:
        """Refuse times that an event's key cannot hold, were everything to happen in a row."""
        network, senders = self.network, self.senders
        tiles = network.n_links // 4 + 1
        longest_way = tiles * int(network.prices[k].sum())
        spent = senders.prices[k].max(initial=0) * (senders.starts[-1] + sent)
        served = int(self.longest_service[k])
        if int(spent) + most * (longest_way + served) >= 1 << (_KEY_BITS - bits):
            raise OverflowError(
                f"a step of {most} messages takes too many ticks to be simulated; use L1 or L2"
            )

    def _ticks(self, ends: Ends, n_samples: int) -> Ints:
        """Return the ticks (estimate, step): the last to come to rest, and what follows."""
        ticks = self.clock.ticks
        total = ends.last + (ticks["sync"] + ticks["management_step"])[:, None]
        by_sample = total.reshape(len(total), n_samples, -1)
        by_sample[:, :, -1:] += ticks["host_out"][:, None, None] * self.n_outputs
        return total

    def _bound_by(self, ends: Ends, n_samples: int) -> NDArray[np.int32]:
        """Return which unit set the nominal time of each step."""
        ticks = {name: int(values[NOMINAL]) for name, values in self.clock.ticks.items()}
        n_steps = ends.senders.shape[1]
        reading = np.zeros((n_samples, n_steps // n_samples), np.int64)
        reading[:, -1:] = ticks["host_out"] * self.n_outputs
        units = (
            (Unit.SWEEP, ends.senders[NOMINAL, :, 1:]),
            (Unit.SYNAPSES, ends.cores[NOMINAL]),
            (Unit.LINK, ends.links[NOMINAL]),
            (Unit.HOST, ends.senders[NOMINAL, :, :1]),
            (Unit.HOST, reading.reshape(-1, 1)),
            (Unit.BARRIER, constant(ticks["sync"], n_steps)),
            (Unit.MANAGEMENT, constant(ticks["management_step"], n_steps)),
        )
        return longest(units)[1]


def simulation_of(
    hardware: Hardware,
    program: Program,
    placement: Placement,
    ledger: Ledger,
    clock: Clock,
    work: Work,
) -> Simulation:
    """Return a placed program ready to be simulated."""
    fan = fan_of(hardware, program, placement, ledger.rows, clock)
    network = _network(hardware, placement, clock)
    return Simulation(
        fan=fan,
        clock=clock,
        work=work,
        columns=ledger.columns,
        network=network,
        senders=_senders(fan, clock, network),
        longest_service=_longest(fan.service) + MAX_SHARED * _longest(fan.shared),
        n_outputs=sum(program.population(o.population).size for o in program.outputs),
    )


def _longest(ticks: Ints) -> Ints:
    """Return the most of each estimate."""
    return ticks.max(axis=tuple(range(1, ticks.ndim)), initial=0).astype(np.int64)


def _network(hardware: Hardware, placement: Placement, clock: Clock) -> Network:
    mesh = mesh_of(placement.tiles)
    tiles = np.asarray(placement.tiles, np.int64).reshape(-1, 2)
    places = hardware.limits.get("link_buffer_messages")
    names = ("hop_ew", "hop_ns", "link_message")
    return Network(
        x=np.ascontiguousarray(tiles[:, 0]),
        y=np.ascontiguousarray(tiles[:, 1]),
        width=mesh.width,
        n_links=mesh.n_links,
        prices=np.stack([clock.ticks[name] for name in names], axis=1),
        places=ENDLESS if places is None or places.value is None else int(places.value),
    )


def _senders(fan: Fan, clock: Clock, network: Network) -> Senders:
    names = ("neuron_access", "neuron_update", "spike_out", "axon_out")
    prices = np.zeros((len(ESTIMATES), len(fan.starts) - 1, len(names)), np.int64)
    prices[:, 1:] = np.stack([clock.ticks[name] for name in names], axis=1)[:, None]
    prices[:, 0, names.index("spike_out")] = clock.ticks["host_in"]
    return Senders(
        starts=fan.starts,
        prices=prices,
        indptr=fan.indptr,
        cores=fan.cores,
        service=fan.service,
        shared=fan.shared,
        alone=_alone(fan, network),
    )


def _alone(fan: Fan, network: Network) -> Flags:
    """Return which cores a single sender feeds, the host or one on their tile."""
    ends = fan.indptr[fan.starts]
    feeds = np.zeros((len(ends) - 1, len(network.x)), np.bool_)
    for s in range(len(feeds)):
        feeds[s, fan.cores[ends[s] : ends[s + 1]]] = True
    feeder = feeds.argmax(axis=0)
    near = (network.x[feeder - 1] == network.x) & (network.y[feeder - 1] == network.y)
    return (feeds.sum(axis=0) == 1) & (near | (feeder == 0))


def _masks(fan: Fan, values: Values) -> NDArray[np.uint64]:
    """Return which neurons are not 0 in each step, (step, part) as `list_messages` has them."""
    n_steps, n_neurons = len(next(iter(values.values()))), int(fan.starts[-1])
    flags = np.zeros((n_steps, (n_neurons // LANES + 1) * LANES), np.bool_)
    end = 0
    for part in fan.parts:
        start, end = end, end + part.stop - part.start
        if part.node in values:
            own = values[part.node][:, part.start : part.stop]
            np.not_equal(own, 0, out=flags[:, start:end])
    return np.packbits(flags, axis=1, bitorder="little").view(np.uint64)


def _pays(fan: Fan, rasters: Values) -> NDArray[np.unsignedinteger]:
    """Return which shared lists each neuron's messages read, a bit each, (step, neuron)."""
    n_shared = fan.shared.shape[1]
    dtype = np.uint8 if n_shared <= 8 else np.uint64
    if not n_shared:
        return np.zeros((0, 0), np.uint8)
    n_steps = len(next(iter(rasters.values())))
    by_node = {part.node: np.zeros((n_steps, part.size), dtype) for part in fan.parts}
    for payer in fan.payers:
        values = [rasters[source].astype(np.int64) for source in payer.sources]
        mine = (values[payer.place] != 0) & (np.sum(values, axis=0) != 0)
        for earlier in values[: payer.place]:
            mine &= earlier == 0
        by_node[payer.node] |= mine.astype(dtype) << dtype(payer.bit)
    return np.concatenate([by_node[p.node][:, p.start : p.stop] for p in fan.parts], axis=1)
