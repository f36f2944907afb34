"""The first difference is of the first layer, its earliest step, and says both values."""

from dataclasses import replace

import numpy as np
import pytest
from support.verifying import evidence, recorded, with_population

from neurodeploy.program import Program
from neurodeploy.target import Stimulus
from neurodeploy.target.conformance import Case, random_case
from neurodeploy.target.conformance.check import stimulus_of
from neurodeploy.verification import Reading, Recording, first_difference


@pytest.fixture
def case() -> Case:
    return random_case("dense", 0)


def changed(recording: Recording, name: str, place: tuple[int, int, int], by: int) -> Recording:
    voltages = dict(recording.voltages)
    voltages[name] = voltages[name].copy()
    voltages[name][place] += by
    return replace(recording, voltages=voltages)


def test_equal_recordings_have_no_difference(case: Case) -> None:
    stimulus = stimulus_of(case)
    other = recorded(case.program, stimulus)
    assert first_difference(evidence(case.program, stimulus, other)) is None


def test_first_layer_counts_even_where_a_later_one_differs_earlier(case: Case) -> None:
    stimulus = stimulus_of(case)
    other = recorded(case.program, stimulus)
    other = changed(changed(other, "b", (0, 1, 0), 5), "a", (1, 7, 2), 3)
    found = first_difference(evidence(case.program, stimulus, other))
    assert found is not None
    assert (found.population, found.sample, found.step, found.neuron) == ("a", 1, 7, 2)
    assert found.layers == ("a", "b")
    assert found.spikes_differing == 0


def test_a_difference_says_both_states_and_the_input_that_arrived(case: Case) -> None:
    program, stimulus = case.program, stimulus_of(case)
    ours = recorded(program, stimulus)
    found = first_difference(evidence(program, stimulus, changed(ours, "a", (0, 4, 1), 64)))
    assert found is not None
    before, now = (
        Reading(
            s=int(ours.outputs["a"][0, k, 1]),
            u=int(ours.currents["a"][0, k, 1]),
            v=int(ours.voltages["a"][0, k, 1]),
        )
        for k in (3, 4)
    )
    assert (found.before, found.reference) == (before, now)
    assert found.other == replace(now, v=(now.v or 0) + 64)
    projection = program.projections_to("a")[0]
    spikes = stimulus.x["x"][0, 3] != 0
    arriving = projection.operator.mantissa[1] @ spikes << projection.weight_exp  # type: ignore[union-attr]  # the kind is dense
    assert found.arriving == arriving


def test_in_a_loop_the_earliest_layer_counts() -> None:
    case = random_case("loops", 1)
    stimulus = stimulus_of(case)
    other = recorded(case.program, stimulus)
    other = changed(changed(other, "a", (0, 9, 0), 1), "b", (0, 5, 0), 1)
    found = first_difference(evidence(case.program, stimulus, other))
    assert found is not None
    assert found.population == "b"


def test_initial_state_is_what_was_before_step_0() -> None:
    case = random_case("resets", 2)
    program: Program = case.program
    stimulus: Stimulus = stimulus_of(case)
    population = program.populations[0]
    faulty = with_population(program, replace(population, v0=population.v0 + 640, t_start=0))
    found = first_difference(evidence(program, stimulus, recorded(faulty, stimulus)))
    assert found is not None
    assert found.step == 0
    assert (found.before.u, found.before.v) == (int(population.u0[0]), int(population.v0[0]))


def test_what_was_not_recorded_is_not_compared(case: Case) -> None:
    stimulus = stimulus_of(case)
    ours = recorded(case.program, stimulus)
    other = changed(ours, "a", (0, 3, 0), 1)
    few = replace(other, voltages={"b": other.voltages["b"]}, currents={})
    assert first_difference(evidence(case.program, stimulus, few)) is None
    short = replace(
        ours,
        outputs={n: x[:1, :5] for n, x in ours.outputs.items()},
        currents={},
        voltages={},
    )
    assert first_difference(evidence(case.program, stimulus, short)) is None
    assert np.all(short.outputs["a"] == ours.outputs["a"][:1, :5])
