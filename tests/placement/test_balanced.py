"""`balanced`: the busiest core's work is the least, and never above layer order's."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.placements import chip, network, ones, programs

from neurodeploy.errors import DoesNotCompile
from neurodeploy.hardware.toml_file import load_chip
from neurodeploy.placement import Activity, Strategy, every_step, place
from neurodeploy.placement.work import work_of
from neurodeploy.program import Program, Sparse


@given(programs(), st.integers(2, 8), st.integers(6, 30))
@settings(max_examples=60, deadline=None)
def test_balanced_is_never_busier_than_layer_order(
    program: Program, n_cores: int, n_neurons: int
) -> None:
    small = chip(cores=n_cores, neurons_per_core=n_neurons)
    try:
        plain = place(program, small)
    except DoesNotCompile:
        return
    work = work_of(program, small, every_step(program))
    balanced = place(program, small, Strategy.BALANCED)
    assert max(work.by_core(balanced.slices)) <= max(work.by_core(plain.slices))


def one_each(fan_in: list[int]) -> Program:
    """One flat population; neuron i hears the first `fan_in[i]` inputs."""
    n_in = max(fan_in)
    kept = np.arange(n_in) < np.array(fan_in)[:, None]
    operator = Sparse.from_dense(np.ones(kept.shape, np.int32), kept)
    return network(n_in, {"a": (len(fan_in),)}, {("in", "a"): operator})


@given(st.lists(st.integers(1, 20), min_size=1, max_size=9), st.integers(1, 4))
@settings(max_examples=60, deadline=None)
def test_a_row_of_neurons_is_parted_as_well_as_can_be(fan_in: list[int], n_cores: int) -> None:
    program = one_each(fan_in)
    small = chip(cores=n_cores)
    work = work_of(program, small, every_step(program))
    each = [work.of("a", i, i + 1) for i in range(len(fan_in))]
    cuts = combinations(range(1, len(each)), min(n_cores, len(each)) - 1)
    least = min(
        max(sum(each[i:j]) for i, j in zip((0, *c), (*c, len(each)), strict=True)) for c in cuts
    )
    placement = place(program, small, Strategy.BALANCED)
    assert max(work.by_core(placement.slices)) == least


def test_measured_activity_moves_the_cut_to_where_the_work_is() -> None:
    """Two layers of equal size and fan-in, of which the first hears five times the spikes."""
    program = network(
        4, {"a": (12,), "b": (12,)}, {("in", "a"): ones(12, 4), ("a", "b"): ones(12, 12)}
    )
    spikes = {"in": np.full(4, 60), "a": np.full(12, 4), "b": np.zeros(12)}
    activity = Activity(spikes=spikes, n_steps=100, origin="a test")
    two = chip(cores=2)
    measured = place(program, two, Strategy.BALANCED, activity)
    assert [(s.population, s.core, s.start, s.stop) for s in measured.slices] == [
        ("a", 0, 0, 9),
        ("a", 1, 9, 12),
        ("b", 1, 0, 12),
    ]
    assumed = place(program, two, Strategy.BALANCED)
    assert [(s.population, s.core, s.start, s.stop) for s in assumed.slices] == [
        ("a", 0, 0, 12),
        ("b", 0, 0, 4),
        ("b", 1, 4, 12),
    ]


def test_no_core_is_opened_for_what_the_barrier_hides() -> None:
    """Ten neurons with one spike each take 10 * 4.66 ns, well below a barrier of 200 ns."""
    program = network(1, {"a": (10,)}, {("in", "a"): ones(10, 1)})
    assert place(program, load_chip("loihi2"), Strategy.BALANCED).n_cores == 1
    wide = network(1, {"a": (200,)}, {("in", "a"): ones(200, 1)})
    assert place(wide, load_chip("loihi2"), Strategy.BALANCED).n_cores == 5


def test_balanced_fits_what_layer_order_does_not() -> None:
    """Layer order opens a third core for the last population, half of which fits the second."""
    program = network(1, {"a": (6,), "b": (6,)}, {("in", "a"): ones(6, 1), ("a", "b"): ones(6, 6)})
    small = chip(cores=2, neurons_per_core=6, synapse_bytes_per_core=72)
    assert place(program, small, Strategy.BALANCED).n_cores == 2
    tight = network(1, {"a": (4,), "b": (4,), "c": (4,)}, {})
    six = chip(cores=2, neurons_per_core=6)
    with pytest.raises(DoesNotCompile) as caught:
        place(tight, six)
    assert str(caught.value) == (
        "ND3201: chip: the network takes 3 cores, which is 2 chips; one chip has 2; "
        "shrink or prune the largest layers: 'a' on 1, 'b' on 1, 'c' on 1"
    )
    assert [
        usage["neurons_per_core"].used for usage in place(tight, six, Strategy.BALANCED).usage
    ] == [6, 6]
