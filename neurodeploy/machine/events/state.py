"""What the kernels of the event simulation work on: arrays in named tuples, which numba takes."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

I32 = NDArray[np.int32]
I64 = NDArray[np.int64]

NONE = -1
"""No message, or no queue: the sender itself."""


class Network(NamedTuple):
    """The mesh and its costs at one estimate.

    Parameters
    ----------
    x, y : tile of each core.
    hops : ticks along x and along y.
    link_ticks : how long a message keeps a link.
    places : of each queue.
    """

    x: I64
    y: I64
    width: int
    n_links: int
    hops: tuple[int, int]
    link_ticks: int
    places: int


class Senders(NamedTuple):
    """The host, then the cores: their neurons and what these cause, at one estimate.

    Parameters
    ----------
    starts : (sender + 1,), first neuron of each.
    prices : (sender, 4), ticks of a visit, an update, a spike and a message.
    indptr : (neuron + 1,), the neuron's messages.
    cores : (message,), where it goes.
    service : (message,), ticks at the core.
    shared : (j, message), ticks on top where bit j of the neuron's `pays` is set.
    """

    starts: I64
    prices: I64
    indptr: I64
    cores: I32
    service: I32 | I64
    shared: I32 | I64


class Messages(NamedTuple):
    """The messages of one step, (message,) each.

    Parameters
    ----------
    gap : ticks that its sender works from the last message to this one.
    at : the queue it is in, or on its way to; NONE at its sender.
    x, y : the tile that it stands on at its sender, or comes to behind `at`.
    behind, waiting_behind : the message after it in its queue, and where both wait for a place.
    granted : whether it has been given the place it waited for.
    arriving : whether it is on its way to `at`.
    """

    sender: I32
    core: I32
    service: I64
    gap: I64
    at: I32
    x: I32
    y: I32
    behind: I32
    waiting_behind: I32
    granted: NDArray[np.bool_]
    arriving: NDArray[np.bool_]


class Queues(NamedTuple):
    """Links, then cores: first and last message, who waits for a place, until when it is busy."""

    head: I32
    tail: I32
    first_waiting: I32
    last_waiting: I32
    places: I64
    busy_until: I64


class Ends(NamedTuple):
    """When each unit came to rest in each step, and how long the cores' synapses worked.

    Parameters
    ----------
    senders : (step, sender); links : (step, link); cores, worked : (step, core)
    """

    senders: I64
    links: I64
    cores: I64
    worked: I64


def messages_of(size: int) -> Messages:
    """Return room for `size` messages."""
    return Messages(
        sender=np.zeros(size, np.int32),
        core=np.zeros(size, np.int32),
        service=np.zeros(size, np.int64),
        gap=np.zeros(size, np.int64),
        at=np.zeros(size, np.int32),
        x=np.zeros(size, np.int32),
        y=np.zeros(size, np.int32),
        behind=np.zeros(size, np.int32),
        waiting_behind=np.zeros(size, np.int32),
        granted=np.zeros(size, np.bool_),
        arriving=np.zeros(size, np.bool_),
    )


def queues_of(network: Network) -> Queues:
    """Return a queue for every link and every core."""
    size = network.n_links + len(network.x)
    return Queues(
        head=np.zeros(size, np.int32),
        tail=np.zeros(size, np.int32),
        first_waiting=np.zeros(size, np.int32),
        last_waiting=np.zeros(size, np.int32),
        places=np.zeros(size, np.int64),
        busy_until=np.zeros(size, np.int64),
    )


def ends_of(n_steps: int, n_senders: int, network: Network) -> Ends:
    """Return room for the ends of `n_steps` steps."""
    n_cores = len(network.x)
    sizes = (n_senders, network.n_links, n_cores, n_cores)
    return Ends(*(np.zeros((n_steps, size), np.int64) for size in sizes))
