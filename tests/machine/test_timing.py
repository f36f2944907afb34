"""The L1 bound equals hand-computed ticks: the busiest core, or the barrier."""

from dataclasses import replace

import numpy as np
import pytest

from neurodeploy.deployment.placement import Placement, Slice
from neurodeploy.hardware import Evidence, Hardware, Quantity
from neurodeploy.hardware.toml_file import load_chip
from neurodeploy.machine.counts import HOST, Count, Row
from neurodeploy.machine.timing import timing_of

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


def seconds(nanoseconds: float | None) -> Quantity:
    value = None if nanoseconds is None else nanoseconds * 1e-9
    return Quantity(
        value=value, low=value, high=value, unit="s", evidence=Evidence.ASSUMED, source="a test"
    )


def chip(barrier_ns: float, **latencies: float | None) -> Hardware:
    return replace(
        load_chip("ideal"),
        tick_ps=1000,
        latency_s={name: seconds(value) for name, value in latencies.items()},
        sync_s=((1, seconds(barrier_ns)),),
    )


def counts(**values: int) -> np.ndarray:
    """One step: what happens on core 0, and as much again at the host, which costs no time."""
    table = np.zeros((1, 3, len(Count)), np.int64)
    for name, value in values.items():
        table[0, 0, Count[name]] = table[0, 2, Count[name]] = value
    return table


def bound(hardware: Hardware, table: np.ndarray) -> int:
    timing = timing_of(hardware, PLACEMENT, ROWS)
    assert timing is not None
    ticks = timing.bound(table)
    assert (ticks[0] == ticks[1]).all()
    assert (ticks[1] == ticks[2]).all()
    return int(ticks[1, 0])


def test_sweep_visits_every_neuron_and_pays_more_for_active_ones() -> None:
    hardware = chip(1, neuron_access=2, neuron_update=3)
    assert bound(hardware, counts(NEURON_UPDATES_ACTIVE=3)) == 10 * 2 + 3 * 3


def test_synapses_of_the_busiest_core_bound_the_step() -> None:
    hardware = chip(1, neuron_access=2, neuron_update=0, synapse_dense=3, axon_in=7)
    assert bound(hardware, counts(SYNOPS_DENSE=20, MESSAGES_IN=4)) == 20 * 3 + 4 * 7


def test_barrier_bounds_an_idle_step() -> None:
    assert bound(chip(500, neuron_access=2, neuron_update=3), counts()) == 500


def test_unknown_latencies_are_named() -> None:
    timing = timing_of(chip(1, neuron_access=2, neuron_update=None), PLACEMENT, ROWS)
    assert timing is not None
    assert "neuron_update" in timing.missing
    assert "axon_in" in timing.missing
    assert "neuron_access" not in timing.missing


def test_chip_without_any_latency_has_no_timing() -> None:
    assert timing_of(chip(1), PLACEMENT, ROWS) is None


@pytest.mark.parametrize(("tiles", "expected"), [(1, 100), (2, 200), (3, 200), (4, 400)])
def test_barrier_of_the_largest_entry_not_above_the_tiles_counts(tiles: int, expected: int) -> None:
    hardware = replace(
        chip(1, neuron_access=1),
        sync_s=((1, seconds(100)), (2, seconds(200)), (4, seconds(400))),
    )
    placement = replace(PLACEMENT, tiles=tuple((k % tiles, 0) for k in range(4)), usage=({},) * 4)
    timing = timing_of(hardware, placement, ROWS)
    assert timing is not None
    assert timing.sync_ticks[1] == expected
