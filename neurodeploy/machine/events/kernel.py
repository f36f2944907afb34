"""The event simulation of steps, compiled; `machine.events` says what it computes."""

import numpy as np
from numpy.typing import NDArray

from neurodeploy.machine.compiled import compiled
from neurodeploy.machine.events.heap import pop, push
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
) -> int:
    """Simulate every step of one sample; fill `ends` and return how many events there were.

    Parameters
    ----------
    codes : (step, neuron), FIRED and ACTIVE, neurons in the order of `senders`.
    pays : (step, neuron) as `Senders.shared` has it, or without steps if nothing is shared.
    messages, queues : scratch, with room for the messages of the fullest step.
    bits : of an event's key that number the message.
    """
    n_senders = senders.prices.shape[0]
    first = np.zeros(n_senders + 1, np.int64)
    heap = np.zeros(messages.core.shape[0] + 1, np.int64)
    n_events = 0
    for step in range(codes.shape[0]):
        row = pays[step] if pays.shape[0] > 0 else pays.ravel()
        _write(codes[step], row, senders, network, messages, first, ends.senders[step])
        _clear(queues, network.places)
        n_events += _play(messages, first, network, queues, heap, bits, ends, step)
        ends.links[step] = queues.busy_until[: network.n_links]
        ends.cores[step] = queues.busy_until[network.n_links :]
    return n_events


@compiled
def _write(
    codes: NDArray[np.uint8],
    pays: NDArray[np.unsignedinteger],
    senders: Senders,
    network: Network,
    messages: Messages,
    first: I64,
    rests: I64,
) -> None:
    """List the messages of one step, sender by sender; `rests` is each one's work after its last.

    ``first[s]`` is the first message of sender s.
    """
    n = 0
    for s in range(first.shape[0] - 1):
        access, update, spike, out = senders.prices[s]
        first[s] = n
        gap = np.int64(0)
        for i in range(senders.starts[s], senders.starts[s + 1]):
            gap += access
            code = codes[i]
            if code == 0:
                continue
            if code & ACTIVE:
                gap += update
            if not code & FIRED:
                continue
            gap += spike
            for p in range(senders.indptr[i], senders.indptr[i + 1]):
                core = senders.cores[p]
                messages.sender[n] = s
                messages.core[n] = core
                messages.gap[n] = gap + out
                messages.service[n] = _service(senders, p, pays, i)
                messages.at[n] = NONE
                messages.granted[n] = False
                messages.arriving[n] = False
                on_chip = s > 0  # the host's messages appear at the tile they go to
                messages.x[n] = network.x[s - 1] if on_chip else network.x[core]
                messages.y[n] = network.y[s - 1] if on_chip else network.y[core]
                gap = np.int64(0)
                n += 1
        rests[s] = gap
    first[first.shape[0] - 1] = n


@compiled
def _service(senders: Senders, p: int, pays: NDArray[np.unsignedinteger], i: int) -> np.int64:
    ticks = np.int64(senders.service[p])
    for j in range(senders.shared.shape[0]):
        if (np.uint64(pays[i]) >> np.uint64(j)) & np.uint64(1):
            ticks += senders.shared[j, p]
    return ticks


@compiled
def _clear(queues: Queues, places: int) -> None:
    queues.head[:] = NONE
    queues.first_waiting[:] = NONE
    queues.places[:] = places
    queues.busy_until[:] = 0


@compiled
def _play(
    messages: Messages,
    first: I64,
    network: Network,
    queues: Queues,
    heap: I64,
    bits: int,
    ends: Ends,
    step: int,
) -> int:
    """Take the events of one step in order; return how many there were."""
    mask = (1 << bits) - 1
    last_sent = np.zeros(first.shape[0] - 1, np.int64)
    size = 0
    for s in range(last_sent.shape[0]):
        if first[s] < first[s + 1]:
            size = push(heap, size, messages.gap[first[s]] << bits | first[s])
    n_events = 0
    while size > 0:
        key = heap[0]
        size = pop(heap, size)
        n_events += 1
        t, m = key >> bits, key & mask
        at = messages.at[m]
        if messages.arriving[m]:
            messages.arriving[m] = False
            if not _enter(messages, queues, at, m):
                continue
        # From here on m stands at its sender, or at the head of the queue `at`.
        if at != NONE and queues.busy_until[at] > t:
            size = push(heap, size, queues.busy_until[at] << bits | m)
            continue
        if at == NONE:
            goal = _next(messages, network, m)
            if not _place(messages, queues, goal, m):
                continue
            s = messages.sender[m]
            last_sent[s] = t
            if m + 1 < first[s + 1]:
                size = push(heap, size, (t + messages.gap[m + 1]) << bits | (m + 1))
            _head_for(messages, network, m, goal)
            at = goal
            if not _enter(messages, queues, at, m):
                continue
            if queues.busy_until[at] > t:
                size = push(heap, size, queues.busy_until[at] << bits | m)
                continue
        if at >= network.n_links:
            busy = messages.service[m]
            ends.worked[step, at - network.n_links] += busy
        else:
            goal = _next(messages, network, m)
            if not _place(messages, queues, goal, m):
                continue
            busy = np.int64(network.link_ticks)
            _head_for(messages, network, m, goal)
            messages.arriving[m] = True
            along_x = at % DIRECTIONS == EAST or at % DIRECTIONS == WEST
            hop = network.hops[0] if along_x else network.hops[1]
            size = push(heap, size, (t + hop) << bits | m)
        size = _leave(messages, queues, at, m, t, t + busy, heap, size, bits)
    for s in range(last_sent.shape[0]):
        ends.senders[step, s] += last_sent[s]
    return n_events


@compiled
def _enter(messages: Messages, queues: Queues, at: int, m: int) -> bool:
    """Put m at the end of a queue, where a place is kept for it; say whether it is the head."""
    messages.behind[m] = NONE
    alone = queues.head[at] == NONE
    if alone:
        queues.head[at] = m
    else:
        messages.behind[queues.tail[at]] = m
    queues.tail[at] = m
    return alone


@compiled
def _next(messages: Messages, network: Network, m: int) -> int:
    """Return the queue that m enters next: a link along x, a link along y, or its core's."""
    core = messages.core[m]
    x, y, to_x, to_y = messages.x[m], messages.y[m], network.x[core], network.y[core]
    if x == to_x and y == to_y:
        return network.n_links + core
    first = (y * network.width + x) * DIRECTIONS
    if x != to_x:
        return first + (EAST if to_x > x else WEST)
    return first + (NORTH if to_y > y else SOUTH)


@compiled
def _place(messages: Messages, queues: Queues, goal: int, m: int) -> bool:
    """Take a place in the queue `goal` for m, or let m wait for one."""
    if messages.granted[m]:
        messages.granted[m] = False
        return True
    if queues.places[goal] > 0:
        queues.places[goal] -= 1
        return True
    messages.waiting_behind[m] = NONE
    if queues.first_waiting[goal] == NONE:
        queues.first_waiting[goal] = m
    else:
        messages.waiting_behind[queues.last_waiting[goal]] = m
    queues.last_waiting[goal] = m
    return False


@compiled
def _head_for(messages: Messages, network: Network, m: int, goal: int) -> None:
    """Let m be in, or on its way to, the queue `goal`, and its tile be the one behind that."""
    messages.at[m] = goal
    if goal >= network.n_links:
        return
    direction = goal % DIRECTIONS
    messages.x[m] += np.int32(direction == EAST) - np.int32(direction == WEST)
    messages.y[m] += np.int32(direction == NORTH) - np.int32(direction == SOUTH)


@compiled
def _leave(
    messages: Messages,
    queues: Queues,
    at: int,
    m: int,
    t: int,
    busy_until: int,
    heap: I64,
    size: int,
    bits: int,
) -> int:
    """Take m, the head, out of a queue: the next head and who waits for a place may go on."""
    queues.busy_until[at] = busy_until
    queues.head[at] = messages.behind[m]
    if queues.head[at] != NONE:
        size = push(heap, size, busy_until << bits | queues.head[at])
    waiting = queues.first_waiting[at]
    if waiting == NONE:
        queues.places[at] += 1
        return size
    queues.first_waiting[at] = messages.waiting_behind[waiting]
    messages.granted[waiting] = True
    return push(heap, size, t << bits | waiting)
