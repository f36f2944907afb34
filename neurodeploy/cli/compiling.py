"""Say that kernels are being compiled: the first run on a machine takes some seconds more."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any


class Kernels:
    """What was compiled meanwhile.

    Parameters
    ----------
    on_change : called with how many kernels were begun, and whether one is being compiled.
    """

    def __init__(self, on_change: Callable[[int, bool], None]) -> None:
        self.n_begun, self.seconds = 0, 0.0
        self._on_change, self._depth, self._since = on_change, 0, 0.0

    def on_start(self, _event: object) -> None:
        """Take it that a kernel, or one that it calls, is compiled from here on."""
        if self._depth == 0:
            self._since = time.monotonic()
        self._depth += 1
        self.n_begun += 1
        self._on_change(self.n_begun, True)

    def on_end(self, _event: object) -> None:
        """Take it that it is done."""
        self._depth -= 1
        if self._depth == 0:
            self.seconds += time.monotonic() - self._since
            self._on_change(self.n_begun, False)

    def notify(self, event: Any) -> None:
        """Take one of numba's events; those of a kernel that lies in the cache never come."""
        if event.is_start:
            self.on_start(event)
        elif event.is_end:
            self.on_end(event)


@contextmanager
def watched(on_change: Callable[[int, bool], None]) -> Iterator[Kernels]:
    """Yield what is compiled within the block; nothing is, where numba was not imported before."""
    kernels = Kernels(on_change)
    if "numba" not in sys.modules:
        yield kernels
        return
    from numba.core import event

    event.Listener.register(Kernels)  # numba wants its own, which is imported here only
    event.register("numba:compile", kernels)  # type: ignore[no-untyped-call]  # numba's
    try:
        yield kernels
    finally:
        event.unregister("numba:compile", kernels)  # type: ignore[no-untyped-call]  # numba's
