"""`Simulation`: the event simulation of a placed program, sample by sample."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from neurodeploy.deployment.placement import Placement
from neurodeploy.hardware import Hardware
from neurodeploy.machine.clock import ESTIMATES, HIGH, LOW, NOMINAL, Clock
from neurodeploy.machine.counts import Count
from neurodeploy.machine.events.fan import Fan, fan_of
from neurodeploy.machine.events.kernel import ACTIVE, FIRED, simulate
from neurodeploy.machine.events.state import (
    Ends,
    Network,
    Senders,
    ends_of,
    messages_of,
    queues_of,
)
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
    """A placed program, its messages and its network at every estimate."""

    fan: Fan
    clock: Clock
    work: Work
    networks: tuple[Network, ...]
    senders: tuple[Senders, ...]
    n_outputs: int

    def times(self, counts: Ints, rasters: Values, active: Values) -> Times:
        """Return the times of one sample.

        A network of queues can finish earlier where a part of it is slower, so low and high, each
        simulated on its own, are widened to hold the nominal time.

        Parameters
        ----------
        counts : (step, row, count)
        rasters : integers (step, neuron) of every input and population.
        active : (step, neuron) by population, not 0 where it has input, state or bias.
        """
        codes, pays = _codes(self.fan, rasters, active), _pays(self.fan, rasters)
        found = [self._simulated(k, counts, codes, pays) for k in ESTIMATES]
        ticks = np.stack([self._steps(k, ends)[0] for k, ends in enumerate(found)])
        ticks[LOW] = np.minimum(ticks[LOW], ticks[NOMINAL])
        ticks[HIGH] = np.maximum(ticks[HIGH], ticks[NOMINAL])
        sweeps = self.work.ticks(counts, NOMINAL)[:, :, 0]
        n_steps = len(counts)
        return Times(
            ticks=ticks,
            core_ticks=np.stack([sweeps, found[NOMINAL].worked], axis=2),
            bound_by=self._steps(NOMINAL, found[NOMINAL])[1],
            barrier_ticks=int(self.clock.ticks["sync"][NOMINAL]) * n_steps,
            management_ticks=int(self.clock.ticks["management_step"][NOMINAL]) * n_steps,
        )

    def _simulated(
        self, k: int, counts: Ints, codes: NDArray[np.uint8], pays: NDArray[np.unsignedinteger]
    ) -> Ends:
        network, senders = self.networks[k], self.senders[k]
        most = int(counts[:, :, Count.MESSAGES_OUT].sum(axis=1).max(initial=0))
        bits = max(most.bit_length(), 1)
        self._refuse_endless_steps(k, counts, most, bits)
        ends = ends_of(len(codes), len(senders.prices), network)
        simulate(codes, pays, senders, network, messages_of(most), queues_of(network), bits, ends)
        return ends

    def _refuse_endless_steps(self, k: int, counts: Ints, most: int, bits: int) -> None:
        """Refuse times that an event's key cannot hold, were everything to happen in a row."""
        network, senders = self.networks[k], self.senders[k]
        tiles = network.n_links // 4 + 1
        longest_way = tiles * (max(network.hops) + network.link_ticks)
        sent = counts.sum(axis=1).max(axis=0, initial=0)
        spent = senders.prices.max(initial=0) * (senders.starts[-1] + int(sent.sum()))
        served = int(senders.service.max(initial=0)) + int(senders.shared.max(initial=0)) * 64
        if int(spent) + most * (longest_way + served) >= 1 << (_KEY_BITS - bits):
            raise OverflowError(
                f"a step of {most} messages takes too many ticks to be simulated; use L1 or L2"
            )

    def _steps(self, k: int, ends: Ends) -> tuple[Ints, NDArray[np.int32]]:
        """Return the ticks of each step, and which unit set them."""
        ticks = {name: int(values[k]) for name, values in self.clock.ticks.items()}
        n_steps = len(ends.senders)
        moving = (
            (Unit.SWEEP, ends.senders[:, 1:]),
            (Unit.SYNAPSES, ends.cores),
            (Unit.LINK, ends.links),
            (Unit.HOST, ends.senders[:, :1]),
        )
        reading = np.zeros((n_steps, 1), np.int64)
        reading[-1:] = ticks["host_out"] * self.n_outputs
        after = (
            (Unit.HOST, reading),
            (Unit.BARRIER, constant(ticks["sync"], n_steps)),
            (Unit.MANAGEMENT, constant(ticks["management_step"], n_steps)),
        )
        total = longest(moving)[0]
        for _, values in after:
            total = total + values[:, 0]
        return total, longest((*moving, *after))[1]


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
    return Simulation(
        fan=fan,
        clock=clock,
        work=work,
        networks=tuple(_network(hardware, placement, clock, k) for k in ESTIMATES),
        senders=tuple(_senders(fan, clock, k) for k in ESTIMATES),
        n_outputs=sum(program.population(o.population).size for o in program.outputs),
    )


def _network(hardware: Hardware, placement: Placement, clock: Clock, k: int) -> Network:
    mesh = mesh_of(placement.tiles)
    tiles = np.asarray(placement.tiles, np.int64).reshape(-1, 2)
    places = hardware.limits.get("link_buffer_messages")
    return Network(
        x=np.ascontiguousarray(tiles[:, 0]),
        y=np.ascontiguousarray(tiles[:, 1]),
        width=mesh.width,
        n_links=mesh.n_links,
        hops=(int(clock.ticks["hop_ew"][k]), int(clock.ticks["hop_ns"][k])),
        link_ticks=int(clock.ticks["link_message"][k]),
        places=ENDLESS if places is None or places.value is None else int(places.value),
    )


def _senders(fan: Fan, clock: Clock, k: int) -> Senders:
    names = ("neuron_access", "neuron_update", "spike_out", "axon_out")
    prices = np.tile([clock.ticks[name][k] for name in names], (len(fan.starts) - 1, 1))
    prices[0] = 0, 0, clock.ticks["host_in"][k], 0
    return Senders(
        starts=fan.starts,
        prices=prices.astype(np.int64),
        indptr=fan.indptr,
        cores=fan.cores,
        service=fan.service[k],
        shared=fan.shared[k],
    )


def _codes(fan: Fan, rasters: Values, active: Values) -> NDArray[np.uint8]:
    """Return what each neuron did in each step, (step, neuron), neurons as in `fan`."""
    n_steps = len(next(iter(rasters.values())))
    codes = np.zeros((n_steps, fan.starts[-1]), np.uint8)
    at = 0
    for part in fan.parts:
        own, span = slice(part.start, part.stop), slice(at, at + part.stop - part.start)
        codes[:, span] = (rasters[part.node][:, own] != 0) * np.uint8(FIRED)
        if part.core >= 0:
            codes[:, span] |= (active[part.node][:, own] != 0) * np.uint8(ACTIVE)
        at = span.stop
    return codes


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
