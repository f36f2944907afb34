"""Work of a neuron: what its sources' spikes drive, and a visit in each step."""

from dataclasses import replace

import numpy as np
import pytest
from support.placements import chip, network, ones
from support.random_programs import KINDS, random_case

from neurodeploy.deployment.placement import Slice
from neurodeploy.hardware.toml_file import load_chip
from neurodeploy.placement.activity import Activity, every_step
from neurodeploy.placement.work import synops_into, work_of
from neurodeploy.program import Direct
from neurodeploy.program.fan_out import fan_out


@pytest.mark.parametrize("seed", range(2))
@pytest.mark.parametrize("kind", KINDS)
def test_operations_into_a_neuron_are_its_synapses_times_their_spikes(kind: str, seed: int) -> None:
    rng = np.random.default_rng(seed)
    for projection in random_case(kind, seed).program.projections:
        operator = projection.operator
        if isinstance(operator, Direct):
            continue
        spikes = rng.integers(0, 5, operator.n_in)
        wanted = [
            int(fan_out(operator, i, i + 1, effective=False) @ spikes)
            for i in range(operator.n_out)
        ]
        assert synops_into(operator, spikes).tolist() == wanted


def test_work_is_in_ticks_where_the_chip_states_times() -> None:
    program = network(3, {"a": (4,)}, {("in", "a"): ones(4, 3)})
    activity = Activity(
        spikes={"in": np.array([5, 0, 2]), "a": np.zeros(4)}, n_steps=10, origin="a test"
    )
    work = work_of(program, load_chip("loihi2"), activity)
    each = 7 * 66 + 10 * 400  # 0.66 ns a synapse and 4 ns a visit, in ticks of 10 ps
    assert (work.unit, work.n_steps, work.total) == ("ticks", 10, 4 * each)
    assert work.of("a", 1, 3) == 2 * each
    parts = ((1, 0, 1), (0, 1, 3), (1, 3, 4))
    slices = [Slice(population="a", core=c, start=i, stop=j) for c, i, j in parts]
    assert work.by_core(slices) == [2 * each, 2 * each]


def test_firing_takes_time_where_the_page_says_how_long() -> None:
    program = network(1, {"a": (2,)}, {})
    activity = Activity(spikes={"in": np.ones(1), "a": np.array([3, 0])}, n_steps=5, origin="test")
    fitted = load_chip("loihi1-fitted")
    visit = fitted.ticks(6e-9) + fitted.ticks(3.7e-9)
    work = work_of(program, fitted, activity)
    assert work.of("a", 0, 1) == 5 * visit + 3 * fitted.ticks(30e-9)
    assert work.of("a", 1, 2) == 5 * visit


def test_every_operation_counts_1_where_a_time_is_unknown() -> None:
    program = network(3, {"a": (4,)}, {("in", "a"): ones(4, 3)})
    work = work_of(program, chip(), every_step(program))
    assert (work.unit, work.n_steps, work.total) == ("operations", 1, 4 * (3 + 1))


def test_summed_sources_send_at_most_once_a_step() -> None:
    program = network(3, {"a": (3,), "b": (4,)}, {("in", "a"): ones(3, 3), ("a", "b"): ones(4, 3)})
    both = replace(program.projections[1], sources=("in", "a"))
    program = replace(program, projections=(program.projections[0], both))
    spikes = {"in": np.array([6, 1, 0]), "a": np.array([7, 2, 0]), "b": np.zeros(4)}
    activity = Activity(spikes=spikes, n_steps=10, origin="a test")
    assert activity.of_sum(("in", "a")).tolist() == [10, 3, 0]
    assert work_of(program, chip(), activity).of("b", 0, 1) == 10 + 13
