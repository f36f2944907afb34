"""A report of a deployment that stops early: against the two runs, the labels and its own sums."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from support.matched import ENCODING, N_STEPS, matched_data, matched_deployment, noisy_patterns

from neurodeploy import toolchain
from neurodeploy.deployment.deployment import Deployment
from neurodeploy.deployment.exit_policy import ExitPolicy
from neurodeploy.exits.goal import MeanSteps
from neurodeploy.machine.counts import HARDWARE_SYNOPS
from neurodeploy.machine.fidelity import Fidelity
from neurodeploy.program import Dense
from neurodeploy.program.step_policy import PolicyLayer, StepPolicy
from neurodeploy.report.json_file import read_report, report_text, write_report
from neurodeploy.report.report import Report
from neurodeploy.target import RunOptions, Stimulus
from neurodeploy.terms import CheckedAt, ExitCriterion
from neurodeploy.toolchain.exiting import calibrate_exit


@pytest.fixture(scope="module")
def stopping() -> Deployment:
    return calibrate_exit(matched_deployment(), matched_data(), MeanSteps(steps=5))[0]


@pytest.fixture(scope="module")
def stimulus(stopping: Deployment) -> Stimulus:
    return toolchain.stimulus_of(stopping, noisy_patterns(50, seed=8), ENCODING)


def report_of(
    deployment: Deployment, stimulus: Stimulus, fidelity: Fidelity = Fidelity.L3, workers: int = 1
) -> Report:
    options = RunOptions(fidelity=fidelity, workers=workers)
    return toolchain.profile(deployment, stimulus, options)


@pytest.fixture(scope="module")
def report(stopping: Deployment, stimulus: Stimulus) -> Report:
    return report_of(stopping, stimulus)


def value(report: Report, name: str) -> float:
    found = report.metrics[name].value
    assert found is not None
    return found


def test_shares_are_those_of_the_two_runs(
    report: Report, stopping: Deployment, stimulus: Stimulus
) -> None:
    whole = report_of(stopping.without_exit, stimulus)
    for name, share in (
        ("synops_hw", "exit_synops_share"),
        ("energy_dynamic_j", "exit_dynamic_share"),
    ):
        assert value(report, share) == pytest.approx(value(report, name) / value(whole, name))
    assert value(report, "exit_saving_total") == pytest.approx(
        1 - value(report, "energy_total_j") / value(whole, "energy_total_j")
    )
    assert value(report, "exit_saving_latency") == pytest.approx(
        1 - value(report, "latency_s") / value(whole, "latency_s")
    )
    assert value(report, "exit_accuracy_full") == value(whole, "accuracy")
    saved = {saving.name: saving for saving in report.early_exit.savings}
    for name, saving in saved.items():
        assert saving.full == whole.metrics[name]
        assert saving.with_exit == report.metrics[name]


def test_depth_is_what_separates_the_two_shares(report: Report) -> None:
    for what in ("synops", "dynamic"):
        parts = [value(report, f"exit_{what}_{part}") for part in ("at_once", "depth", "share")]
        assert parts[0] + parts[1] == pytest.approx(parts[2])
        assert 0 < parts[0] < parts[2] < 1


def test_race_to_idle_waits_under_static_power(
    report: Report, stopping: Deployment, stimulus: Stimulus
) -> None:
    whole = report_of(stopping.without_exit, stimulus)
    full, own = value(whole, "energy_static_j"), value(report, "energy_static_j")
    waited = value(report, "energy_total_j") + full - own
    every, back, race = report.early_exit.operations
    assert race.energy.value == pytest.approx(waited)
    assert every.energy == whole.metrics["energy_total_j"]
    assert back.energy == report.metrics["energy_total_j"]
    assert race.period == every.period
    assert value(report, "exit_saving_race_to_idle") == pytest.approx(
        1 - waited / value(whole, "energy_total_j")
    )


def test_steps_and_answers_are_counted(
    report: Report, stopping: Deployment, stimulus: Stimulus
) -> None:
    run = toolchain.run(stopping, stimulus)
    rule = stopping.exit_policy.rule_for(stopping.program, N_STEPS)
    steps = np.asarray([rule.informative(int(n)) for n in run.steps_used])
    assert value(report, "exit_step") == steps.mean()
    assert value(report, "exit_step_max") == steps.max()
    assert value(report, "exit_never_fraction") == np.mean(steps == N_STEPS)
    assert sum(report.early_exit.steps) == 50
    drop = value(report, "exit_accuracy_full") - value(report, "accuracy")
    assert value(report, "exit_accuracy_drop_pp") == pytest.approx(100 * drop)
    assert value(report, "exit_false_rate") <= value(report, "exit_false_rate_high")
    by_step = report.early_exit.answers.by_step
    assert by_step[-1] == value(report, "exit_accuracy_full")
    on_chip = run.totals_at_once[:, :, list(HARDWARE_SYNOPS)].sum()
    whole = toolchain.run(stopping.without_exit, stimulus)
    full = whole.totals[:, :, list(HARDWARE_SYNOPS)].sum()
    assert value(report, "exit_synops_at_once") == on_chip / full


def test_intervals_hold_the_nominal_value(report: Report) -> None:
    for name, metric in report.metrics.items():
        if name.startswith("exit_") and metric.value is not None:
            assert metric.low <= metric.value <= metric.high, name


def test_a_policy_that_never_stops_costs_the_whole_run_and_its_checks(
    stopping: Deployment, stimulus: Stimulus
) -> None:
    never = ExitPolicy(rule=ExitCriterion.MARGIN, threshold=2.0**30, where=CheckedAt.CHIP)
    found = report_of(replace(stopping, exit_policy=never), stimulus)
    assert value(found, "exit_step") == N_STEPS
    assert value(found, "exit_never_fraction") == 1
    assert value(found, "exit_synops_share") == 1
    assert value(found, "exit_accuracy_drop_pp") == 0
    assert "exit_false_rate" not in found.metrics
    dynamic = next(s for s in found.early_exit.savings if s.name == "energy_dynamic_j")
    checks = value(found, "energy_check_j")
    assert checks > 0
    assert dynamic.with_exit.value == pytest.approx(dynamic.full.value + checks)


def test_file_gives_back_the_section(report: Report, tmp_path: Path) -> None:
    write_report(report, tmp_path / "report.json")
    back = read_report(tmp_path / "report.json")
    assert back.early_exit == report.early_exit
    assert report_text(back) == report_text(report)


def test_threads_change_nothing(stopping: Deployment, stimulus: Stimulus) -> None:
    one, two = (report_of(stopping, stimulus, workers=n) for n in (1, 2))
    assert report_text(one) == report_text(two)


def test_without_labels_and_without_a_policy(stopping: Deployment, stimulus: Stimulus) -> None:
    blind = report_of(stopping, replace(stimulus, labels=None), Fidelity.L0)
    assert blind.early_exit is not None
    assert blind.early_exit.answers is None
    assert "exit_accuracy_drop_pp" not in blind.metrics
    assert blind.metrics["exit_saving_latency"].value is None
    assert report_of(stopping.without_exit, stimulus, Fidelity.L0).early_exit is None


def test_samples_that_chose_the_policy_are_told(stopping: Deployment) -> None:
    data = matched_data()
    same = toolchain.stimulus_of(stopping, data.samples, ENCODING)
    found = report_of(stopping, same, Fidelity.L0).early_exit
    assert found.notes[0] == (
        "the policy was chosen on these very samples: its accuracy here is no test"
    )


def test_a_policy_network_is_held_against_chance(stopping: Deployment, stimulus: Stimulus) -> None:
    layer = PolicyLayer(
        operator=Dense(mantissa=np.asarray([[1] * 8, [0] * 8], np.int32)),
        bias=np.asarray([0, 4]),
        relu=False,
    )
    network = StepPolicy(input="in", layers=(layer,), choices=(1, 6))
    policy = ExitPolicy(rule=ExitCriterion.POLICY, policy=network)
    found = report_of(replace(stopping, exit_policy=policy), stimulus)
    answers = found.early_exit.answers
    held = np.asarray(found.early_exit.steps) / 50
    assert answers.rivals.coin_flip == pytest.approx(held @ np.asarray(answers.by_step))
    verdict = "beats" if answers.outcome.accuracy > answers.rivals.coin_flip else "does not beat"
    assert f"{100 * answers.rivals.coin_flip:.2f} %: it {verdict} them" in found.early_exit.notes[0]
    assert found.metrics["host_macs"].value == network.macs
