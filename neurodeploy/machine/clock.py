"""`Clock`: how many ticks each event takes on one chip, for the low, nominal and high estimate."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from neurodeploy.hardware import Hardware, Quantity

Ints = NDArray[np.int64]

LOW, NOMINAL, HIGH = range(3)
ESTIMATES = (LOW, NOMINAL, HIGH)
"""First axis of everything that is timed."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Clock:
    """Ticks by event, those of `Hardware.latency_s` and ``sync``; what is unknown takes none.

    Parameters
    ----------
    ticks : (estimate,) by event.
    unknown : the events whose time the chip's page does not give.
    """

    ticks: Mapping[str, Ints]
    unknown: tuple[str, ...]


def clock_of(hardware: Hardware, n_tiles: int, events: frozenset[str]) -> Clock:
    """Return the ticks of `events`, of a program on `n_tiles` tiles."""
    names = sorted(events)
    known = {name: _ticks(hardware, _quantity(hardware, name, n_tiles)) for name in names}
    nothing = np.zeros(len(ESTIMATES), np.int64)
    return Clock(
        ticks={name: nothing if ticks is None else ticks for name, ticks in known.items()},
        unknown=tuple(name for name, ticks in known.items() if ticks is None),
    )


def _quantity(hardware: Hardware, name: str, n_tiles: int) -> Quantity | None:
    if name != "sync":
        return hardware.latency_s.get(name)
    fitting = [quantity for tiles, quantity in hardware.sync_s if tiles <= max(n_tiles, 1)]
    return fitting[-1] if fitting else None


def _ticks(hardware: Hardware, quantity: Quantity | None) -> Ints | None:
    if quantity is None or quantity.value is None:
        return None
    low = quantity.value if quantity.low is None else quantity.low
    high = quantity.value if quantity.high is None else quantity.high
    return np.asarray([hardware.ticks(s) for s in (low, quantity.value, high)], np.int64)
