"""The messages of a step and what each costs, compiled."""

import numpy as np
from numpy.typing import NDArray

from neurodeploy.machine.compiled import compiled, uncounted
from neurodeploy.machine.events.state import I32, I64, Ends, Listing, Senders
from neurodeploy.machine.lanes import LANES, how_many, put_set

Masks = NDArray[np.uint64]


@compiled
def list_messages(
    fired: Masks,
    active: Masks,
    pays: NDArray[np.unsignedinteger],
    senders: Senders,
    listing: Listing,
    ends: Ends,
    step: int,
) -> None:
    """List the messages of one step, sender by sender, with their ticks at every estimate.

    The ticks of a sender's work after its last message go to `ends`.

    Parameters
    ----------
    fired, active : (part,), bit i of part p for neuron ``p * LANES + i``; one part more than full.
    """
    neurons, ranks, first = listing.neurons, listing.ranks, listing.first
    n_fired = _numbers(fired, active, neurons, ranks)
    at = n = 0
    for s in range(first.shape[0] - 1):
        first[s] = n
        start, end, spikes = senders.starts[s], senders.starts[s + 1], 0
        done = _rank(active, ranks, start)
        while at < n_fired and neurons[at] < end:
            i = neurons[at]
            at, spikes = at + 1, spikes + 1
            if senders.indptr[i] < senders.indptr[i + 1]:
                reached = _rank(active, ranks, i + 1)
                work = (i + 1 - start, reached - done, spikes)
                n = _list_spike(senders, pays, listing, s, i, work, n)
                start, done, spikes = i + 1, reached, 0
        rest = (end - start, _rank(active, ranks, end) - done, spikes)
        for k in range(senders.prices.shape[0]):
            ends.senders[k, step, s] = _work(senders, k, s, rest)
    first[-1] = n


@uncounted
def _numbers(fired: Masks, active: Masks, neurons: I32, ranks: I64) -> int:
    """Write which neurons fired, and how many are active before each part; return how many did."""
    n_fired = n_active = 0
    for part in range(fired.shape[0]):
        found = how_many(fired[part])
        if found > 0:
            put_set(fired[part], part * LANES, neurons, n_fired, found)
        n_fired += found
        ranks[part] = n_active
        n_active += how_many(active[part])
    return n_fired


@uncounted
def _rank(active: Masks, ranks: I64, i: int) -> int:
    """Return how many neurons before i are active."""
    part = i // LANES
    before = (np.uint64(1) << np.uint64(i % LANES)) - np.uint64(1)
    return int(ranks[part] + how_many(active[part] & before))


@uncounted
def _list_spike(
    senders: Senders,
    pays: NDArray[np.unsignedinteger],
    listing: Listing,
    s: int,
    i: int,
    work: tuple[int, int, int],
    n: int,
) -> int:
    """List the messages of neuron i, from the n-th on, the first after `work`; return the next."""
    first = n
    for p in range(senders.indptr[i], senders.indptr[i + 1]):
        message, core = listing.messages[n], senders.cores[p]
        message["sender"], message["core"] = s, core
        message["alone"] = senders.alone[core]
        for k in range(senders.prices.shape[0]):
            listing.gaps[k, n] = senders.prices[k, s, 3]
            listing.services[k, n] = _service(senders, pays, k, i, p)
        n += 1
    for k in range(senders.prices.shape[0]):
        listing.gaps[k, first] += _work(senders, k, s, work)
    return n


@uncounted
def _work(senders: Senders, k: int, s: int, work: tuple[int, int, int]) -> int:
    """Return the ticks of a sender's visits, updates and spikes."""
    visits, updates, spikes = work
    prices = senders.prices
    return int(visits * prices[k, s, 0] + updates * prices[k, s, 1] + spikes * prices[k, s, 2])


@uncounted
def _service(senders: Senders, pays: NDArray[np.unsignedinteger], k: int, i: int, p: int) -> int:
    """Return the ticks of message p, of neuron i, at its core."""
    ticks = int(senders.service[k, p])
    for j in range(senders.shared.shape[1]):
        if (np.uint64(pays[i]) >> np.uint64(j)) & np.uint64(1):
            ticks += senders.shared[k, j, p]
    return ticks
