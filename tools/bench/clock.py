"""Wall-clock seconds, and how busy the machine is."""

import os
import time
from collections.abc import Callable


def timed(work: Callable[[], object]) -> float:
    """Return the seconds that `work` takes."""
    begin = time.perf_counter()
    work()
    return time.perf_counter() - begin


def best(work: Callable[[], object], n_times: int = 5) -> float:
    """Return the least of `n_times` measurements, after one that is thrown away."""
    work()
    return min(timed(work) for _ in range(n_times))


def load() -> float:
    """Return the load average of the last minute."""
    return os.getloadavg()[0]
