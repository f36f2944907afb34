"""What the kernels of the event simulation work on: arrays in named tuples, which numba takes."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from neurodeploy.machine.lanes import LANES

I32 = NDArray[np.int32]
I64 = NDArray[np.int64]
Flags = NDArray[np.bool_]

NONE = -1
"""No message, or no queue: the sender itself."""


class Network(NamedTuple):
    """The mesh and its costs.

    Parameters
    ----------
    x, y : tile of each core.
    prices : (estimate, 3), ticks of a hop along x and along y, and for how long a message keeps a
        link.
    places : of each queue.
    """

    x: I64
    y: I64
    width: int
    n_links: int
    prices: I64
    places: int


class Senders(NamedTuple):
    """The host, then the cores: their neurons and what these cause.

    Parameters
    ----------
    starts : (sender + 1,), first neuron of each.
    prices : (estimate, sender, 4), ticks of a visit, an update, a spike and a message.
    indptr : (neuron + 1,), the neuron's messages.
    cores : (message,), where it goes.
    service : (estimate, message), ticks at the core.
    shared : (estimate, j, message), ticks on top where bit j of the neuron's `pays` is set.
    alone : (core,), whether a single sender feeds it, the host or one on its tile.
    """

    starts: I64
    prices: I64
    indptr: I64
    cores: I32
    service: I32 | I64
    shared: I32 | I64
    alone: Flags


MESSAGE = np.dtype(
    [
        ("start", np.int64),
        ("sender", np.int32),
        ("core", np.int32),
        ("at", np.int32),
        ("behind", np.int32),
        ("waiting_behind", np.int32),
        ("granted", np.bool_),
        ("arriving", np.bool_),
        ("alone", np.bool_),
    ],
    align=True,
)
"""A message of one step.

- start: the event key of when its core begins with it, once it has come there.
- sender, core: whose it is, and where it goes.
- at: the queue it is in, or on its way to; NONE at its sender.
- behind, waiting_behind: the message after it in its queue, and where both wait for a place.
- granted: whether it has been given the place it waited for.
- arriving: whether it is on its way to `at`.
- alone: whether only its sender feeds its core.
"""

QUEUE = np.dtype(
    [
        ("busy_until", np.int64),
        ("worked", np.int64),
        ("places", np.int64),
        ("head", np.int32),
        ("tail", np.int32),
        ("first_waiting", np.int32),
        ("last_waiting", np.int32),
        ("announced", np.bool_),
    ],
    align=True,
)
"""The queue of a link or a core.

- busy_until: when the link is free, or the core, with all that has come to it, done.
- worked: ticks of all that has come to a core.
- head, tail: first and last message; first_waiting, last_waiting: of those who want a place.
- announced: whether the start of a core's first message is an event; a link's always is.
"""

Messages = NDArray[np.void]
Queues = NDArray[np.void]
"""Links, then cores."""


class Listing(NamedTuple):
    """What is sent in one step.

    Parameters
    ----------
    first : (sender + 1,), first message of each.
    gaps, services : (estimate, message), as in `Step`.
    neurons, ranks : scratch: who fired; how many are active before each part of a mask.
    """

    messages: Messages
    first: I64
    gaps: I64
    services: I64
    neurons: I32
    ranks: I64


class Step(NamedTuple):
    """One step at one estimate.

    Parameters
    ----------
    first : (sender + 1,), first message of each.
    gaps : (message,), ticks of its sender from the last message to this one.
    services : (message,), ticks at its core.
    heap : the events to come.
    sent : (sender,), when its last message entered a queue.
    bits : of an event's key that number the message.
    eager : makes every start of a core an event: messages that take it no time start in the order
        in which they were pushed, not in that of their keys.
    """

    messages: Messages
    first: I64
    gaps: I64
    services: I64
    queues: Queues
    heap: I64
    sent: I64
    n_links: int
    bits: int
    eager: bool


class Ends(NamedTuple):
    """When each unit came to rest in each step, and how long the cores' synapses worked.

    Parameters
    ----------
    senders : (estimate, step, sender); links : (estimate, step, link)
    cores, worked : (estimate, step, core)
    last : (estimate, step), the latest of all.
    """

    senders: I64
    links: I64
    cores: I64
    worked: I64
    last: I64


def listing_of(senders: Senders, n_messages: int) -> Listing:
    """Return room for steps of so many messages."""
    n_estimates, n_senders = senders.prices.shape[:2]
    n_neurons = int(senders.starts[-1])
    return Listing(
        messages=np.zeros(n_messages, MESSAGE),
        first=np.zeros(n_senders + 1, np.int64),
        gaps=np.zeros((n_estimates, n_messages), np.int64),
        services=np.zeros((n_estimates, n_messages), np.int64),
        neurons=np.zeros(n_neurons + LANES, np.int32),
        ranks=np.zeros(n_neurons // LANES + 1, np.int64),
    )


def queues_of(network: Network) -> Queues:
    """Return a queue for every link and every core."""
    return np.zeros(network.n_links + len(network.x), QUEUE)


def ends_of(n_estimates: int, n_steps: int, n_senders: int, network: Network) -> Ends:
    """Return room for the ends of `n_steps` steps."""
    n_cores = len(network.x)
    sizes = ((n_senders,), (network.n_links,), (n_cores,), (n_cores,), ())
    return Ends(*(np.zeros((n_estimates, n_steps, *size), np.int64) for size in sizes))
