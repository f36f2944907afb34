"""The messages of a step and what each costs, compiled."""

import numpy as np
from numpy.typing import NDArray

from neurodeploy.machine.compiled import compiled, uncounted
from neurodeploy.machine.events.state import I64, Ends, Messages, Senders

FIRED, ACTIVE = 1, 2
"""Bits of a neuron's code in a step."""


@compiled
def list_messages(
    codes: NDArray[np.uint8],
    pays: NDArray[np.unsignedinteger],
    senders: Senders,
    messages: Messages,
    first: I64,
    gaps: I64,
    services: I64,
    ends: Ends,
    step: int,
) -> None:
    """List the messages of one step, sender by sender, with their ticks at every estimate.

    ``first[s]`` is the first message of sender s; the ticks of its work after the last go to
    `ends`.
    """
    n = 0
    n_estimates = senders.prices.shape[0]
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
                message, core = messages[n], senders.cores[p]
                message["sender"], message["core"] = s, core
                message["alone"] = senders.alone[core]
                for k in range(n_estimates):
                    work = _work(senders, k, s, i + 1 - start, updates, spikes)
                    gaps[k, n] = work + senders.prices[k, s, 3]
                    services[k, n] = _service(senders, pays, k, i, p)
                start, updates, spikes = i + 1, 0, 0
                n += 1
        for k in range(n_estimates):
            rest = _work(senders, k, s, senders.starts[s + 1] - start, updates, spikes)
            ends.senders[k, step, s] = rest
    first[first.shape[0] - 1] = n


@uncounted
def _work(senders: Senders, k: int, s: int, visits: int, updates: int, spikes: int) -> int:
    """Return the ticks of a sender's visits, updates and spikes."""
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
