"""The event simulation of steps, compiled; `machine.events` says what it computes."""

import numpy as np
from numpy.typing import NDArray

from neurodeploy.machine.compiled import compiled, uncounted
from neurodeploy.machine.events.heap import any_left, push, take
from neurodeploy.machine.events.listing import list_messages
from neurodeploy.machine.events.queues import append, begin, free_place, serve, take_place
from neurodeploy.machine.events.routes import DIRECTIONS, EAST, WEST, behind_link, entrance
from neurodeploy.machine.events.sending import send
from neurodeploy.machine.events.state import (
    I64,
    NONE,
    Ends,
    Listing,
    Network,
    Queues,
    Senders,
    Step,
)


@compiled
def simulate(
    fired: NDArray[np.uint64],
    active: NDArray[np.uint64],
    pays: NDArray[np.unsignedinteger],
    senders: Senders,
    network: Network,
    listing: Listing,
    queues: Queues,
    bits: int,
    ends: Ends,
) -> None:
    """Simulate every step of one sample at every estimate; fill `ends`.

    Parameters
    ----------
    fired, active : (step, part) as `list_messages` has them, neurons in the order of `senders`.
    pays : (step, neuron) as `Senders.shared` has it, or without steps if nothing is shared.
    listing, queues : scratch, with room for the messages of the fullest step.
    bits : of an event's key that number the message.
    """
    n_estimates, n_senders = senders.prices.shape[:2]
    messages, first, gaps, services = listing[:4]
    n_links = network.n_links
    sent = np.zeros(n_senders, np.int64)
    heap = np.zeros(messages.shape[0] + 2, np.int64)
    eager = senders.service.size > 0 and senders.service.min() == 0
    for n in range(fired.shape[0]):
        row = pays[n] if pays.shape[0] > 0 else pays.ravel()
        list_messages(fired[n], active[n], row, senders, listing, ends, n)
        for k in range(n_estimates):
            step = Step(
                messages, first, gaps[k], services[k], queues, heap, sent, n_links, bits, eager
            )
            _clear(step, network.places)
            _play(step, network, network.prices[k])
            _end(step, ends, k, n)


@uncounted
def _clear(step: Step, places: int) -> None:
    step.sent[:] = 0
    for q in range(step.queues.shape[0]):
        queue = step.queues[q]
        queue["head"] = NONE
        queue["first_waiting"] = NONE
        queue["places"] = places
        queue["busy_until"] = 0
        queue["worked"] = 0
        queue["announced"] = q < step.n_links


@uncounted
def _play(step: Step, network: Network, prices: I64) -> None:
    """Take the events of one step in order."""
    messages, queues, heap = step.messages, step.queues, step.heap
    bits, mask = step.bits, (1 << step.bits) - 1
    along_x, along_y, link_ticks = prices[0], prices[1], prices[2]
    latest = 0
    heap[0] = 0
    for s in range(step.first.shape[0] - 1):
        if step.first[s] < step.first[s + 1]:
            send(step, step.first[s], 0)
    while any_left(heap):
        key = take(heap)
        latest = max(latest, key)
        t, m = key >> bits, key & mask
        at = messages[m]["at"]
        arriving = messages[m]["arriving"]
        if at >= step.n_links and not arriving:
            begin(step, at, m, t << bits)
            continue
        if at == NONE:
            s = messages[m]["sender"]
            at = entrance(network, s, messages[m]["core"])
            if not take_place(step, at, m, latest):
                continue
            step.sent[s] = t
            messages[m]["at"] = at
            if m + 1 < step.first[s + 1]:
                send(step, m + 1, t)
            arriving = True
        if arriving:
            messages[m]["arriving"] = False
            if at >= step.n_links:
                serve(step, at, m, t, latest)
                continue
            if not append(step, at, m):
                continue
        # From here on m stands at the head of the link `at`.
        if queues[at]["busy_until"] > t:
            push(heap, queues[at]["busy_until"] << bits | m)
            continue
        goal = behind_link(network, at, messages[m]["core"])
        if not take_place(step, goal, m, latest):
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
        free_place(step, at, t << bits)


@uncounted
def _end(step: Step, ends: Ends, k: int, n: int) -> None:
    """Note when all came to rest in the n-th step."""
    last = 0
    for s in range(step.sent.shape[0]):
        ends.senders[k, n, s] += step.sent[s]
        last = max(last, ends.senders[k, n, s])
    for q in range(step.queues.shape[0]):
        queue = step.queues[q]
        last = max(last, queue["busy_until"])
        if q < step.n_links:
            ends.links[k, n, q] = queue["busy_until"]
        else:
            ends.cores[k, n, q - step.n_links] = queue["busy_until"]
            ends.worked[k, n, q - step.n_links] = queue["worked"]
    ends.last[k, n] = last
