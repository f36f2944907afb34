"""The L1 bound equals hand-computed ticks: the busiest core, its memory, a link, or the barrier."""

from dataclasses import replace

import numpy as np
import pytest
from support.clocked import PLACEMENT, chip, counts, seconds, timing

from neurodeploy.hardware import Hardware
from neurodeploy.machine.bound import bound
from neurodeploy.machine.fidelity import Fidelity
from neurodeploy.machine.times import Unit
from neurodeploy.machine.timing import unknown_latencies


def bound_of(
    hardware: Hardware,
    table: np.ndarray,
    words: tuple[int, ...] = (),
    messages: tuple[int, ...] = (),
) -> tuple[int, Unit, int]:
    """The time of one step, and which unit sets it."""
    made = timing(hardware, Fidelity.L1)
    assert made is not None
    times = bound(
        made.work, made.clock, table, np.asarray([words], int), np.asarray([messages], int)
    )
    assert (times.ticks[0] == times.ticks[1]).all()
    assert (times.ticks[1] == times.ticks[2]).all()
    unit, number = times.bound_by[0]
    return int(times.ticks[1, 0]), Unit(unit), int(number)


def test_sweep_visits_every_neuron_and_pays_more_for_active_ones() -> None:
    hardware = chip(1, neuron_access=2, neuron_update=3)
    found = bound_of(hardware, counts(NEURON_UPDATES_ACTIVE=3))
    assert found == (10 * 2 + 3 * 3, Unit.SWEEP, 0)


def test_synapses_of_the_busiest_core_bound_the_step() -> None:
    hardware = chip(1, neuron_access=2, synapse_dense=3, dendrite=1, axon_in=7)
    found = bound_of(hardware, counts(SYNOPS_DENSE=20, MESSAGES_IN=4))
    assert found == (20 * (3 + 1) + 4 * 7, Unit.SYNAPSES, 0)


def test_words_of_synapse_memory_bound_the_step() -> None:
    hardware = chip(1, neuron_access=2, synapse_word=50)
    assert bound_of(hardware, counts(), words=(1, 3)) == (150, Unit.MEMORY, 1)


def test_the_busiest_link_bounds_the_step() -> None:
    hardware = chip(1, neuron_access=2, link_message=9)
    assert bound_of(hardware, counts(), messages=(0, 3, 7, 7)) == (63, Unit.LINK, 2)


def test_barrier_bounds_an_idle_step() -> None:
    hardware = chip(500, neuron_access=2, neuron_update=3)
    assert bound_of(hardware, counts()) == (500, Unit.BARRIER, -1)


def test_unknown_latencies_are_named_where_the_level_needs_them() -> None:
    hardware = chip(1, neuron_access=2, neuron_update=None)
    bounded = unknown_latencies(hardware, PLACEMENT, Fidelity.L1)
    assert "neuron_update" in bounded
    assert "link_message" in bounded
    assert "neuron_access" not in bounded
    assert "link_message" not in unknown_latencies(hardware, PLACEMENT, Fidelity.L2)
    assert unknown_latencies(hardware, PLACEMENT, Fidelity.L0) == ()


def test_chip_without_any_latency_has_no_timing() -> None:
    assert timing(chip(1), Fidelity.L1) is None


@pytest.mark.parametrize(("tiles", "expected"), [(1, 100), (2, 200), (3, 200), (4, 400)])
def test_barrier_of_the_largest_entry_not_above_the_tiles_counts(tiles: int, expected: int) -> None:
    hardware = replace(
        chip(1, neuron_access=1),
        sync_s=((1, seconds(100)), (2, seconds(200)), (4, seconds(400))),
    )
    placement = replace(PLACEMENT, tiles=tuple((k % tiles, 0) for k in range(4)), usage=({},) * 4)
    made = timing(hardware, Fidelity.L1, placement)
    assert made is not None
    assert made.clock.ticks["sync"][1] == expected
