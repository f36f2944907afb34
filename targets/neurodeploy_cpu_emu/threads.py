"""The threads that samples are run in."""

import os
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from itertools import cycle


def threads(n: int) -> ThreadPoolExecutor:
    """Return a pool of `n` threads, each bound to a processor where no processor is left over.

    Threads that wake one another, as these do at Python's lock, are else often put on one processor
    for some milliseconds while another has nothing to do. Where processors are left over the system
    finds a free one, and a second run beside this one does not meet it on the first `n`.
    """
    if sys.platform != "linux":
        return ThreadPoolExecutor(n)
    processors = sorted(os.sched_getaffinity(0))
    if n < len(processors):
        return ThreadPoolExecutor(n)
    return ThreadPoolExecutor(n, initializer=_bind, initargs=(cycle(processors),))


def _bind(processors: Iterator[int]) -> None:
    """Bind this thread to the next of `processors`; where that is forbidden, it is left free."""
    with suppress(OSError):
        os.sched_setaffinity(0, {next(processors)})
