"""The threshold chosen does in a run what it did on the recording, and keeps to its target."""

import re
from dataclasses import replace

import numpy as np
import pytest
from support.deploy import deployed
from support.matched import (
    ENCODING,
    N_STEPS,
    matched_data,
    matched_deployment,
    matched_model,
    noisy_patterns,
)

import neurodeploy
from neurodeploy import toolchain
from neurodeploy.errors import GateFailed, InputError
from neurodeploy.exits.curve import judge, outcome_on
from neurodeploy.exits.goal import AccuracyDrop, Goal, MeanSteps
from neurodeploy.terms import CheckedAt, ExitCriterion, ExitScore, Readout
from neurodeploy.toolchain.exiting import (
    RULES,
    ExitData,
    ExitOptions,
    calibrate_exit,
    record_outputs,
)

GOALS: tuple[Goal, ...] = (AccuracyDrop(points=2.0, confidence=0), MeanSteps(steps=4))


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("score", list(ExitScore))
def test_a_run_stops_as_the_choice_said(rule: ExitCriterion, score: ExitScore) -> None:
    deployment, data = matched_deployment(), matched_data()
    options = ExitOptions(rules=(rule,), scores=(score,))
    for goal in GOALS:
        stopping, chosen = calibrate_exit(deployment, data, goal, options)
        stimulus = toolchain.stimulus_of(stopping, data.samples, ENCODING)
        run = toolchain.run(stopping, stimulus)
        rule_in_integers = chosen.policy.rule_for(stopping.program, N_STEPS)
        steps = [rule_in_integers.informative(int(n)) for n in run.steps_used]
        held = np.bincount(steps, minlength=N_STEPS + 1)[1:]
        assert tuple(held) == chosen.outcome.steps
        assert float(np.mean(run.predictions() == data.samples.y)) == chosen.outcome.accuracy
        assert chosen.point.accuracy == chosen.outcome.accuracy
        assert chosen.point.mean_step == pytest.approx(chosen.outcome.mean_step)


def test_every_point_is_what_its_threshold_does() -> None:
    recording = record_outputs(matched_deployment(), matched_data(40))
    options = ExitOptions(min_steps=2, period_steps=3, max_steps=9)
    swept = toolchain.exiting.sweep_exit(matched_deployment(), matched_data(40), options)
    for found in swept.curves:
        for point in found.points[:: max(len(found.points) // 7, 1)]:
            policy = replace(found.policy, threshold=point.threshold)
            outcome = outcome_on(judge(policy, recording))
            assert outcome.mean_step == pytest.approx(point.mean_step)
            assert outcome.accuracy == point.accuracy
            assert outcome.right_to_wrong.count == point.right_to_wrong


def test_goals_are_kept_to_and_nothing_better_was_left() -> None:
    deployment, data = matched_deployment(), matched_data()
    for goal in GOALS:
        _, chosen = calibrate_exit(deployment, data, goal)
        full = chosen.sweep.by_step[-1]
        points = [p for c in chosen.sweep.curves for p in c.points]
        if isinstance(goal, MeanSteps):
            assert chosen.point.mean_step <= goal.steps
            fitting = [p for p in points if p.mean_step <= goal.steps]
            assert chosen.point.accuracy == max(p.accuracy for p in fitting)
        else:
            assert 100 * (full - chosen.point.accuracy) <= goal.points + 1e-9
            assert chosen.outcome.mean_step < N_STEPS


def test_more_confidence_stops_later() -> None:
    deployment, data = matched_deployment(), matched_data(400)
    steps = [
        calibrate_exit(deployment, data, AccuracyDrop(points=3.0, confidence=c))[1].point.mean_step
        for c in (0, 0.9, 0.99)
    ]
    assert steps == sorted(steps)
    assert steps[0] < steps[-1]


def test_the_policy_records_where_it_comes_from() -> None:
    deployment, data = matched_deployment(), matched_data()
    stopping, chosen = calibrate_exit(deployment, data, GOALS[0])
    assert stopping.exit_policy is not None
    record = stopping.exit_policy.calibration
    assert record is not None
    assert (record.data, record.n_samples) == ("patterns.npz", 120)
    assert record.asked == "an accuracy drop of at most 2 points, as seen"
    assert record.program_digest == deployment.program.digest
    stimulus = toolchain.stimulus_of(deployment, data.samples, ENCODING)
    assert record.data_digest == stimulus.digest
    assert record.accuracy == chosen.outcome.accuracy
    assert record.full_accuracy == chosen.outcome.full_accuracy


def test_who_checks_is_the_cheapest_that_can() -> None:
    recording = record_outputs(matched_deployment(), matched_data(20))
    places = {
        c.policy.rule: c.policy.where
        for c in toolchain.exiting.sweep_exit(matched_deployment(), matched_data(20)).curves
    }
    assert places[ExitCriterion.MARGIN] is CheckedAt.CHIP
    assert places[ExitCriterion.ENTROPY] is CheckedAt.HOST
    assert recording.n_samples == 20


def test_too_few_samples_for_the_confidence_are_refused() -> None:
    with pytest.raises(GateFailed) as caught:
        calibrate_exit(matched_deployment(), matched_data(60), AccuracyDrop(points=0.1))
    assert caught.value.code == "ND1801"
    assert caught.value.problems[0].endswith(
        "; with so few samples the bound is 3.43 points even where no answer changes: give more, "
        "fewer rules, or a lower --confidence"
    )


def test_steps_below_the_first_check_are_refused() -> None:
    options = ExitOptions(rules=(ExitCriterion.MARGIN,), scores=(ExitScore.SUM,), min_steps=3)
    with pytest.raises(GateFailed, match=re.escape("at most 2 steps on average: no threshold")):
        calibrate_exit(matched_deployment(), matched_data(), MeanSteps(steps=2), options)


def refused(code: str, **changes: object) -> tuple[str, ...]:
    given: dict[str, object] = {
        "deployment": matched_deployment(),
        "data": matched_data(20),
        "goal": GOALS[0],
        "options": ExitOptions(),
        **changes,
    }
    with pytest.raises(InputError) as caught:
        calibrate_exit(given["deployment"], given["data"], given["goal"], given["options"])  # type: ignore[arg-type]  # by name
    assert caught.value.code == code
    return caught.value.problems


def test_data_that_cannot_judge_is_refused() -> None:
    samples = noisy_patterns(20)
    bare = ExitData(samples=replace(samples, y=None), encoding=ENCODING)
    assert refused("ND2880", data=bare) == (
        "patterns.npz: holds no labels y; an exit is judged by them",
    )
    short = ExitData(samples=samples, encoding=replace(ENCODING, n_steps=1))
    assert refused("ND2881", data=short) == (
        "patterns.npz: samples of 1 steps, of which output 'out' says something in 1; an exit "
        "needs at least 2",
    )


def test_a_readout_of_last_spikes_is_refused() -> None:
    model = matched_model()
    spiking = replace(
        model,
        populations=(
            model.populations[0],
            replace(model.populations[0], name="out", shape=(3,)),
        ),
    )
    assert refused("ND2881", deployment=deployed(spiking)) == (
        "output 'out' is read as the spikes of its last step, of which an earlier step says "
        "nothing; give it a readout that counts spikes or a voltage",
    )


def test_options_that_leave_nothing_are_refused() -> None:
    only = ExitOptions(rules=(ExitCriterion.ENTROPY,), where=CheckedAt.CHIP)
    assert refused("ND2882", options=only) == (
        "no rule is left: a softmax cannot be computed by the chip's neurons, nor the mean of an "
        "output that keeps its largest value; allow the rule margin or the score sum",
    )
    late = ExitOptions(min_steps=N_STEPS)
    assert refused("ND2882", options=late) == (
        "the first check after 12 steps of at most 12: it would never be made; give a smaller "
        "--min-steps",
    )
    with pytest.raises(InputError) as caught:
        AccuracyDrop(points=-1, confidence=0.3)
    assert caught.value.problems == (
        "an accuracy drop of -1 points; give 0 or more",
        "a confidence of 0.3; give 0, or 0.5 to below 1",
    )
    with pytest.raises(InputError, match=re.escape("a mean of 0.5 steps; the least is 1")):
        MeanSteps(steps=0.5)


def test_an_output_that_keeps_its_largest_value_is_judged_by_the_sum_alone() -> None:
    deployment = deployed(matched_model(Readout.MAX))
    swept = toolchain.exiting.sweep_exit(deployment, matched_data(20))
    assert {c.policy.score for c in swept.curves} == {ExitScore.SUM}


def test_parts_of_the_data_give_what_the_whole_gives(monkeypatch: pytest.MonkeyPatch) -> None:
    deployment, data = matched_deployment(), matched_data(30)
    whole = record_outputs(deployment, data)
    monkeypatch.setattr("neurodeploy.toolchain.exiting._MOST_VALUES", 7 * 8 * N_STEPS)
    parts = record_outputs(deployment, data)
    np.testing.assert_array_equal(parts.raster, whole.raster)
    np.testing.assert_array_equal(parts.labels, whole.labels)


def test_the_python_verb_gives_the_same_policy() -> None:
    deployment, samples = matched_deployment(), noisy_patterns(60)
    found = neurodeploy.calibrate_exit(
        deployment,
        samples.x,
        samples.y,
        target_accuracy_drop=2.0,
        confidence=0,
        encoding=ENCODING,
    )
    data = ExitData(samples=replace(samples, where="x"), encoding=ENCODING)
    assert found.digest == calibrate_exit(deployment, data, GOALS[0])[0].digest
    with pytest.raises(InputError, match="one of the two"):
        neurodeploy.calibrate_exit(deployment, samples.x, samples.y, encoding=ENCODING)
