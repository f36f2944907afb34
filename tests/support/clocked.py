"""Chips of a few latencies, and a placement by hand, for tests of time."""

from dataclasses import replace

import numpy as np

from neurodeploy.deployment.placement import Placement, Slice
from neurodeploy.hardware import Evidence, Hardware, Quantity
from neurodeploy.hardware.toml_file import load_chip
from neurodeploy.machine.columns import Columns
from neurodeploy.machine.counts import HOST, Count, Row
from neurodeploy.machine.fidelity import Fidelity
from neurodeploy.machine.ledger import Ledger
from neurodeploy.machine.timing import Timing, timing_of
from neurodeploy.program import Program

PLACEMENT = Placement(
    strategy="by hand",
    slices=(
        Slice(population="a", core=0, start=0, stop=10),
        Slice(population="b", core=1, start=0, stop=4),
    ),
    tiles=((0, 0), (0, 0)),
    usage=({}, {}),
)
ROWS = (
    Row(node="a", core=0, start=0, stop=10, size=10),
    Row(node="b", core=1, start=0, stop=4, size=4),
    Row(node="in", core=HOST, start=0, stop=3, size=3),
)
EMPTY = Program(inputs=(), populations=(), projections=(), outputs=())


def quantity(value: float | None, unit: str, spread: float = 0.0) -> Quantity:
    """A figure, `spread` below and above its value."""
    return Quantity(
        value=value,
        low=None if value is None else value * (1 - spread),
        high=None if value is None else value * (1 + spread),
        unit=unit,
        evidence=Evidence.ASSUMED,
        source="a test",
    )


def seconds(nanoseconds: float | None, spread: float = 0.0) -> Quantity:
    return quantity(None if nanoseconds is None else nanoseconds * 1e-9, "s", spread)


def chip(barrier: float, spread: float = 0.0, /, **latencies: float | None) -> Hardware:
    """Return a chip whose tick is 1 ns, so that latencies here are ticks."""
    return replace(
        load_chip("ideal"),
        tick_ps=1000,
        latency_s={name: seconds(value, spread) for name, value in latencies.items()},
        sync_s=((1, seconds(barrier, spread)),),
    )


def counts(**values: int) -> np.ndarray:
    """One step laid flat: what happens on core 0, and as much again at the host, for nothing."""
    table = np.zeros((1, 3, len(Count)), np.int64)
    for name, value in values.items():
        table[0, 0, Count[name]] = table[0, 2, Count[name]] = value
    return table.reshape(1, -1)


def timing(
    hardware: Hardware, fidelity: Fidelity, placement: Placement = PLACEMENT
) -> Timing | None:
    places = np.arange(len(ROWS) * len(Count))
    each = Columns(
        n_columns=len(places),
        column_of=places,
        factors=np.ones_like(places),
        neurons={},
        narrow=False,
    )
    ledger = Ledger(rows=ROWS, causes=(), columns=each, tables=(), others=())
    return timing_of(hardware, EMPTY, placement, ledger, fidelity)
