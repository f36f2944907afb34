"""A drafted budget is kept by its report at any margin, and by little more than the margin."""

from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.gate import lower_threshold, network, report_of

from neurodeploy.regression import Estimate, Figures, check, figures_of, read_budget
from neurodeploy.regression.budget_file import budget_of
from neurodeploy.regression.draft import draft


@pytest.fixture(scope="module", params=["loihi2", "ideal"])
def figures(request: pytest.FixtureRequest) -> Figures:
    return figures_of(report_of(network(), request.param))


@given(margin=st.decimals(0, 3, places=3), estimate=st.sampled_from(Estimate))
def test_report_keeps_its_own_budget(figures: Figures, margin: Decimal, estimate: Estimate) -> None:
    import tomllib

    text = draft(figures, margin, estimate)
    verdict = check(figures, budget_of(tomllib.loads(text), "draft"))
    assert verdict.passed
    assert all(finding.status == "passed" for finding in verdict.findings)


def test_network_that_grew_beyond_the_margin_fails(figures: Figures, tmp_path: Path) -> None:
    (tmp_path / "b.toml").write_text(draft(figures, Decimal("0.02"), Estimate.HIGH))
    budget = read_budget(tmp_path / "b.toml")
    now = figures_of(report_of(lower_threshold(network(), "fc2"), figures.chip))
    failing = {finding.path for finding in check(now, budget).failures}
    assert {"spikes", "synops_hw", "layers.fc2.spikes", "layers.fc3.synops_hw"} <= failing
    assert "layers.fc1.spikes" not in failing


def test_unknown_stands_as_a_comment() -> None:
    text = draft(figures_of(report_of(network(), "ideal")), Decimal("0.1"), Estimate.HIGH)
    assert "\n# latency_s: unknown: " in text
    assert "\nlatency_s" not in text


def test_accuracy_may_lose_by_the_share_of_wrong_answers() -> None:
    figures = figures_of(report_of(network()))
    assert figures.metrics["accuracy"].value == pytest.approx(1 / 3)
    text = draft(figures, Decimal("0.1"), Estimate.HIGH)
    assert "\naccuracy = 0.2666  # 0.3333, counted\n" in text
