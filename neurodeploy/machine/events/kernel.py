"""The event simulation of steps, compiled; `machine.events` says what it computes."""

import numpy as np
from numpy.typing import NDArray

from neurodeploy.machine.compiled import compiled
from neurodeploy.machine.events.heap import any_left, push, take
from neurodeploy.machine.events.queues import append, begin, free_place, serve, take_place
from neurodeploy.machine.events.state import (
    I64,
    NONE,
    Ends,
    Messages,
    Network,
    Queues,
    Senders,
)
from neurodeploy.machine.links import Direction

DIRECTIONS = len(Direction)
EAST, WEST, NORTH, SOUTH = map(int, Direction)  # plain integers, which the compiler takes
FIRED, ACTIVE = 1, 2
"""Bits of a neuron's code in a step."""
WORK = 3
"""Kinds of a sender's work: visits, updates, spikes."""


@compiled
def simulate(
    codes: NDArray[np.uint8],
    pays: NDArray[np.unsignedinteger],
    senders: Senders,
    network: Network,
    messages: Messages,
    queues: Queues,
    bits: int,
    ends: Ends,
) -> None:
    """Simulate every step of one sample at every estimate; fill `ends`.

    Parameters
    ----------
    codes : (step, neuron), FIRED and ACTIVE, neurons in the order of `senders`.
    pays : (step, neuron) as `Senders.shared` has it, or without steps if nothing is shared.
    messages, queues : scratch, with room for the messages of the fullest step.
    bits : of an event's key that number the message.
    """
    n_estimates, n_senders = senders.prices.shape[:2]
    first = np.zeros(n_senders + 1, np.int64)
    rests = np.zeros((n_senders, WORK), np.int64)
    heap = np.zeros(messages.shape[0] + 2, np.int64)
    eager = senders.service.size > 0 and senders.service.min() == 0
    for step in range(codes.shape[0]):
        row = pays[step] if pays.shape[0] > 0 else pays.ravel()
        _list(codes[step], senders, messages, first, rests)
        for k in range(n_estimates):
            _price(row, senders, k, messages, first)
            _clear(queues, network.n_links, network.places)
            _play(messages, first, network, queues, heap, bits, eager, k, ends, step)
            _end(queues, network.n_links, senders.prices[k], rests, k, ends, step)


@compiled
def _list(
    codes: NDArray[np.uint8], senders: Senders, messages: Messages, first: I64, rests: I64
) -> None:
    """List the messages of one step, sender by sender, with what these do before each.

    ``first[s]`` is the first message of sender s, ``rests[s]`` its work after the last.
    """
    n = 0
    for s in range(first.shape[0] - 1):
        first[s] = n
        start = senders.starts[s]
        updates = spikes = 0
        for i in range(senders.starts[s], senders.starts[s + 1]):
            updates += codes[i] >> 1
            if not codes[i] & FIRED:
                continue
            spikes += 1
            for p in range(senders.indptr[i], senders.indptr[i + 1]):
                message = messages[n]
                message["sender"] = s
                message["core"] = senders.cores[p]
                message["entry"] = p
                message["neuron"] = i
                message["visits"] = i + 1 - start
                message["updates"] = updates
                message["spikes"] = spikes
                start, updates, spikes = i + 1, 0, 0
                n += 1
        rests[s, 0] = senders.starts[s + 1] - start
        rests[s, 1] = updates
        rests[s, 2] = spikes
    first[first.shape[0] - 1] = n


@compiled
def _price(
    pays: NDArray[np.unsignedinteger], senders: Senders, k: int, messages: Messages, first: I64
) -> None:
    """Give the listed messages their ticks at estimate `k`."""
    service, shared = senders.service[k], senders.shared[k]
    for s in range(first.shape[0] - 1):
        access, update, spike, out = senders.prices[k, s]
        for n in range(first[s], first[s + 1]):
            message = messages[n]
            work = message["visits"] * access + message["updates"] * update
            message["gap"] = work + message["spikes"] * spike + out
            message["service"] = service[message["entry"]]
            message["at"] = NONE
            message["granted"] = False
            message["arriving"] = False
    for j in range(shared.shape[0]):
        for n in range(first[first.shape[0] - 1]):
            message = messages[n]
            if (np.uint64(pays[message["neuron"]]) >> np.uint64(j)) & np.uint64(1):
                message["service"] += shared[j, message["entry"]]


@compiled
def _end(
    queues: Queues, n_links: int, prices: I64, rests: I64, k: int, ends: Ends, step: int
) -> None:
    """Note when all came to rest, `rests` after a sender's last message."""
    for s in range(rests.shape[0]):
        work = rests[s, 0] * prices[s, 0] + rests[s, 1] * prices[s, 1] + rests[s, 2] * prices[s, 2]
        ends.senders[k, step, s] += work
    for q in range(queues.shape[0]):
        if q < n_links:
            ends.links[k, step, q] = queues[q]["busy_until"]
        else:
            ends.cores[k, step, q - n_links] = queues[q]["busy_until"]


@compiled
def _clear(queues: Queues, n_links: int, places: int) -> None:
    for q in range(queues.shape[0]):
        queue = queues[q]
        queue["head"] = NONE
        queue["first_waiting"] = NONE
        queue["places"] = places
        queue["busy_until"] = 0
        queue["announced"] = q < n_links


@compiled
def _play(
    messages: Messages,
    first: I64,
    network: Network,
    queues: Queues,
    heap: I64,
    bits: int,
    eager: bool,
    k: int,
    ends: Ends,
    step: int,
) -> None:
    """Take the events of one step in order.

    `eager` makes every start of a core an event: messages that take it no time start in the order
    in which they were pushed, not in that of their keys.
    """
    mask = (1 << bits) - 1
    n_links = network.n_links
    along_x, along_y, link_ticks = network.prices[k]
    senders, worked = ends.senders[k, step], ends.worked[k, step]
    latest = 0
    heap[0] = 0
    for s in range(first.shape[0] - 1):
        if first[s] < first[s + 1]:
            push(heap, messages[first[s]]["gap"] << bits | first[s])
    while any_left(heap):
        key = take(heap)
        latest = max(latest, key)
        t, m = key >> bits, key & mask
        at = messages[m]["at"]
        arriving = messages[m]["arriving"]
        if at >= n_links and not arriving:
            begin(messages, queues, at, m, heap, t << bits, eager)
            continue
        if at == NONE:
            at = _entrance(network, messages[m]["sender"], messages[m]["core"])
            if not take_place(messages, queues, at, m, heap, latest, eager):
                continue
            s = messages[m]["sender"]
            senders[s] = t
            messages[m]["at"] = at
            if m + 1 < first[s + 1]:
                push(heap, (t + messages[m + 1]["gap"]) << bits | (m + 1))
            arriving = True
        if arriving:
            messages[m]["arriving"] = False
            if at >= n_links:
                worked[at - n_links] += messages[m]["service"]
                serve(messages, queues, at, m, heap, t, bits, latest, eager)
                continue
            if not append(messages, queues, at, m):
                continue
        # From here on m stands at the head of the link `at`.
        if queues[at]["busy_until"] > t:
            push(heap, queues[at]["busy_until"] << bits | m)
            continue
        goal = _behind_link(network, at, messages[m]["core"])
        if not take_place(messages, queues, goal, m, heap, latest, eager):
            continue
        messages[m]["at"] = goal
        messages[m]["arriving"] = True
        direction = at % DIRECTIONS
        hop = along_x if direction in (EAST, WEST) else along_y
        push(heap, (t + hop) << bits | m)
        queues[at]["busy_until"] = t + link_ticks
        queues[at]["head"] = messages[m]["behind"]
        if queues[at]["head"] != NONE:
            push(heap, (t + link_ticks) << bits | queues[at]["head"])
        free_place(messages, queues, at, heap, t << bits)


@compiled
def _entrance(network: Network, sender: int, core: int) -> int:
    """Return the queue that a message enters from its sender; the host's enter their core's."""
    if sender == 0:
        return network.n_links + core
    return _way(network, network.x[sender - 1], network.y[sender - 1], core)


@compiled
def _behind_link(network: Network, link: int, core: int) -> int:
    """Return the queue that a message enters behind a link."""
    tile, direction = link // DIRECTIONS, link % DIRECTIONS
    x = tile % network.width + int(direction == EAST) - int(direction == WEST)
    y = tile // network.width + int(direction == NORTH) - int(direction == SOUTH)
    return _way(network, x, y, core)


@compiled
def _way(network: Network, x: int, y: int, core: int) -> int:
    """Return the queue from a tile to a core: a link along x, a link along y, or the core's."""
    to_x, to_y = network.x[core], network.y[core]
    if x == to_x and y == to_y:
        return network.n_links + core
    first = (y * network.width + x) * DIRECTIONS
    if x != to_x:
        return first + (EAST if to_x > x else WEST)
    return first + (NORTH if to_y > y else SOUTH)
