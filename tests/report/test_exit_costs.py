"""What an exit saves is what was not run, and what its checks take is charged."""

from dataclasses import replace

import numpy as np
import pytest
from support.deploy import deployed
from support.models import dense_if_model

from neurodeploy.deployment.deployment import Deployment
from neurodeploy.deployment.exit_policy import ExitPolicy
from neurodeploy.hardware import Evidence, Quantity
from neurodeploy.hardware.hardware import CheckCost
from neurodeploy.machine.counts import rows_of
from neurodeploy.machine.fidelity import Fidelity
from neurodeploy.program import Dense
from neurodeploy.program.step_policy import PolicyLayer, StepPolicy
from neurodeploy.report.build import build_report
from neurodeploy.report.inference import energy_at_once, mean_inference
from neurodeploy.report.metric import Metric
from neurodeploy.report.report import Report
from neurodeploy.target import Run, RunOptions, Stimulus, merge
from neurodeploy.terms import CheckedAt, ExitCriterion
from neurodeploy_cpu_emu.target import TARGET

N_STEPS, N_SAMPLES = 12, 10
MARGIN = ExitPolicy(
    rule=ExitCriterion.MARGIN, threshold=1, min_steps=2, where=CheckedAt.CHIP, period_steps=2
)
NEVER = replace(MARGIN, threshold=1e6)


def network(chip: str = "loihi1-fitted") -> Deployment:
    model = dense_if_model(np.random.default_rng(1), sizes=(12, 20, 9, 4), theta=0.25)
    return deployed(model, chip=chip)


@pytest.fixture(scope="module")
def whole() -> Deployment:
    return network()


@pytest.fixture(scope="module")
def stimulus() -> Stimulus:
    rng = np.random.default_rng(2)
    rate = rng.uniform(0.05, 0.9, (N_SAMPLES, 1, 12))
    return Stimulus(x={"input": (rng.random((N_SAMPLES, N_STEPS, 12)) < rate).astype(np.int32)})


def run_of(deployment: Deployment, stimulus: Stimulus) -> Run:
    return merge(list(TARGET.run(deployment, [stimulus], RunOptions(fidelity=Fidelity.L3))))


def report_of(deployment: Deployment, stimulus: Stimulus) -> Report:
    return build_report(deployment, stimulus, run_of(deployment, stimulus), Fidelity.L3)


def test_a_policy_that_never_stops_costs_the_full_run_and_its_checks(
    whole: Deployment, stimulus: Stimulus
) -> None:
    full = report_of(whole, stimulus)
    never = report_of(replace(whole, exit_policy=NEVER), stimulus)
    page, n_checks, n_outputs = whole.hardware, 5, 4  # at steps 2, 4, .. 10 of 12
    assert never.metrics["exit_checks"].value == n_checks
    check_s = n_checks * (
        n_outputs * (6.0 + 3.7) + 30.0 + 5.1  # visits and updates, a spike and its message
    )
    check_pj = n_checks * (n_outputs * (51.2 + 21.6) + 69.3 + 111.0)
    changed = {
        "energy_dynamic_j": check_pj * 1e-12,
        "latency_s": check_s * 1e-9,
        "energy_static_j": check_s * 1e-9 * _value(page.power_w["static_chip"]),
        "energy_management_j": check_s * 1e-9 * _value(page.power_w["management"]),
    }
    changed["energy_total_j"] = sum(v for n, v in changed.items() if n.startswith("energy"))
    assert never.metrics["energy_check_j"].value == pytest.approx(check_pj * 1e-12)
    assert "evidence: assumed" in never.metrics["energy_check_j"].note
    for name, more in changed.items():
        assert known(never, name) - known(full, name) == pytest.approx(more, rel=1e-6), name
    derived = ("power_w", "throughput_hz", "edp_j_s", "energy_per_synop_j")
    for name, metric in full.metrics.items():
        if name not in changed and not name.startswith((*derived, "latency_", "energy_total_")):
            assert never.metrics[name] == metric, name
    assert [layer.metrics for layer in never.layers] == [layer.metrics for layer in full.layers]


def test_what_is_saved_is_the_work_of_the_steps_that_were_not_run(
    whole: Deployment, stimulus: Stimulus
) -> None:
    full, deployment = run_of(whole, stimulus), replace(whole, exit_policy=MARGIN)
    found, rows = run_of(deployment, stimulus), rows_of(whole.program, whole.placement)
    assert full.ticks is not None
    assert found.ticks is not None
    left = np.arange(full.n_steps) >= found.steps_used[:, None]
    assert 0 < left.sum() < left.size
    np.testing.assert_array_equal(full.ticks - found.ticks, full.ticks * left)
    costs = [
        mean_inference(d, r, rows, Fidelity.L3) for d, r in ((whole, full), (deployment, found))
    ]
    saved = {n: costs[0].energy[n] for n in costs[0].energy}
    counts = (full.totals - found.totals).sum(axis=0) / N_SAMPLES
    for name, column, price in (("spike", 0, 69.3), ("update", 1, 21.6), ("axon_out", 2, 111.0)):
        difference = (saved[name].value or 0) - (costs[1].energy[name].value or 0)
        on_chip = [k for k, row in enumerate(rows) if row.core >= 0]
        assert difference == pytest.approx(counts[on_chip, column].sum() * price * 1e-12)
    visits = left.sum() / N_SAMPLES * sum(p.size for p in whole.program.populations)
    access = (saved["access"].value or 0) - (costs[1].energy["access"].value or 0)
    assert access == pytest.approx(visits * 51.2e-12)


def test_layers_that_stop_at_once_cost_less_than_the_pipeline(
    whole: Deployment, stimulus: Stimulus
) -> None:
    deployment = replace(whole, exit_policy=MARGIN)
    found, rows = run_of(deployment, stimulus), rows_of(whole.program, whole.placement)
    charged = mean_inference(deployment, found, rows, Fidelity.L3).energy
    at_once = energy_at_once(deployment, found, rows)
    assert set(charged) - set(at_once) == {"check"}
    for name in ("synapse", "access", "update", "spike", "axon_out"):
        assert 0 < (at_once[name].value or 0) <= (charged[name].value or 0), name
    assert (at_once["access"].value or 0) < (charged["access"].value or 0)
    with pytest.raises(ValueError, match="does not stop at once"):
        energy_at_once(whole, run_of(whole, stimulus), rows)


def test_a_check_that_nobody_measured_is_missing_and_not_free(stimulus: Stimulus) -> None:
    policy = ExitPolicy(rule=ExitCriterion.CONFIDENCE, threshold=0.9999)
    for where in (CheckedAt.HOST, CheckedAt.MANAGEMENT):
        deployment = replace(network("loihi2"), exit_policy=replace(policy, where=where))
        report = report_of(deployment, stimulus)
        check = report.metrics["energy_check_j"]
        assert check.value is None
        assert f"exit check on {where}" in check.note
        assert f"exit check on {where}" in _total(report).note
        assert f"energy of exit check on {where}" in report.missing
        assert f"latency of exit check on {where}" in report.missing
        assert f"exit check on {where}" in report.metrics["latency_s"].note


def test_a_check_that_the_page_knows_is_charged_once(whole: Deployment, stimulus: Stimulus) -> None:
    def quantity(value: float, unit: str) -> Quantity:
        return Quantity(
            value=value,
            low=value / 2,
            high=value * 2,
            unit=unit,
            evidence=Evidence.MEASURED,
            source="here",
        )

    unknown = Quantity(
        value=None, low=None, high=None, unit="J", evidence=Evidence.UNKNOWN, source="none"
    )
    price = CheckCost(time_s=quantity(2e-6, "s"), energy_j=unknown)
    hardware = replace(whole.hardware, exit_check={"management": price})
    policy = replace(NEVER, where=CheckedAt.MANAGEMENT)
    deployment = replace(whole, hardware=hardware, exit_policy=policy)
    full, never = report_of(whole, stimulus), report_of(deployment, stimulus)
    management_w = _value(whole.hardware.power_w["management"])
    check = never.metrics["energy_check_j"]
    assert check.value == pytest.approx(5 * 2e-6 * management_w)
    assert known(never, "latency_s") - known(full, "latency_s") == pytest.approx(1e-5)
    assert never.metrics["energy_management_j"] == full.metrics["energy_management_j"]
    static = 1e-5 * _value(whole.hardware.power_w["static_chip"])
    more = known(never, "energy_total_j") - known(full, "energy_total_j")
    assert more == pytest.approx(1e-5 * management_w + static)


def test_a_decision_network_is_counted_as_work_of_the_host(
    whole: Deployment, stimulus: Stimulus
) -> None:
    layer = PolicyLayer(
        operator=Dense(mantissa=np.ones((2, 12), np.int32)), bias=np.asarray([0, -6]), relu=False
    )
    policy = StepPolicy(input="input", layers=(layer,), choices=(2, 9))
    deployment = replace(whole, exit_policy=ExitPolicy(rule=ExitCriterion.POLICY, policy=policy))
    report = report_of(deployment, stimulus)
    assert report.metrics["host_macs"].value == 24
    assert report.metrics["exit_checks"].value == 0
    assert report.metrics["energy_check_j"].value == 0


def _value(quantity: Quantity) -> float:
    assert quantity.value is not None
    return quantity.value


def _total(report: Report) -> Metric:
    return report.metrics["energy_total_j"]


def known(report: Report, name: str) -> float:
    value = report.metrics[name].value
    assert value is not None
    return value
