"""The answer: what was asked decides it, and a rate beyond the chip is said plainly."""

import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from support.reports import report_of

from neurodeploy import toolchain
from neurodeploy.decision import Evidence, Use, decide, read_evidence, with_budget
from neurodeploy.decision.page_one import Answer, Judged
from neurodeploy.decision.render.words import headline


def judged(evidence: Evidence, per_second: float | None = None) -> Judged:
    return decide(evidence, None if per_second is None else Use(per_second=per_second)).page.judged


def within(tmp_path: Path, text: str) -> Evidence:
    budget = tmp_path / "b.toml"
    budget.write_text(text)
    return with_budget(Evidence(report=report_of("one_core")), budget)


def test_a_budget_that_holds_passes(tmp_path: Path) -> None:
    found = judged(within(tmp_path, "[budget.activity]\nspikes = 1e9\n"))
    assert (found.answer, found.reasons, found.n_limits) == (Answer.PASSES, (), 1)


def test_a_baseline_that_holds_is_said_apart() -> None:
    report = report_of("one_core")
    verdict = toolchain.check(report, baseline=report)
    found = judged(Evidence(report=report, verdicts={"baseline": verdict}))
    assert (found.answer, found.n_limits) == (Answer.PASSES, 0)
    assert headline(found) == "Passes: no worse than its baseline"


def test_a_limit_that_breaks_fails_and_is_the_reason(tmp_path: Path) -> None:
    found = judged(within(tmp_path, "[budget.activity]\nspikes = 1\nsynops_hw = 1e9\n"))
    assert found.answer is Answer.FAILS
    assert len(found.reasons) == 1
    assert found.reasons[0].startswith("spikes is ")
    assert "allowed <= 1" in found.reasons[0]


def test_a_limit_without_a_figure_is_not_kept(tmp_path: Path) -> None:
    unknown = "[budget.accuracy]\naccuracy = 0.9\n"
    alone = judged(within(tmp_path, unknown))
    assert headline(alone) == "Open: no figure is known to hold against its limits"
    found = judged(within(tmp_path, unknown + "[budget.activity]\nspikes = 1e9\n"))
    assert (found.answer, found.n_unknown) == (Answer.PASSES, 1)
    assert headline(found) == "Passes: 1 limit kept, 1 unknown"


def test_without_a_budget_the_answer_is_open() -> None:
    assert judged(Evidence(report=report_of("one_core"))).answer is Answer.OPEN


def test_unequal_integers_fail_whatever_the_budget_says(patterns: Path, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(patterns, tmp_path / "pilot"))
    shutil.rmtree(folder / "check")
    file = folder / "verify" / "cpu-emu.json"
    document = json.loads(file.read_text())
    document["comparisons"][0]["equal"] = False
    file.write_text(json.dumps({**document, "equal": False}))
    found = judged(read_evidence(folder))
    assert found.answer is Answer.FAILS
    assert found.reasons == (
        "verify/cpu-emu.json: the integers of cpu-emu differ from the reference",
    )


def test_an_exit_chosen_on_the_samples_it_is_shown_on_is_a_caution(patterns: Path) -> None:
    assert judged(read_evidence(patterns)).cautions == (
        "the policy was chosen on these very samples: its accuracy here is no test",
    )


def with_latency(low: float, nominal: float, high: float) -> Evidence:
    report = report_of("one_core")
    latency = replace(report.metrics["latency_s"], low=low, value=nominal, high=high, note="")
    return Evidence(report=replace(report, metrics={**report.metrics, "latency_s": latency}))


def test_a_rate_beyond_one_chip_fails_and_says_how_many_it_takes() -> None:
    found = judged(with_latency(0.001, 0.002, 0.004), per_second=1200)
    assert found.answer is Answer.FAILS
    assert found.reasons == (
        "one chip cannot do 1,200 inferences a second, one after the other: 3 (2 to 5) needed",
    )


def test_a_rate_beyond_the_high_latency_is_a_caution() -> None:
    found = judged(with_latency(0.001, 0.002, 0.004), per_second=400)
    assert found.answer is Answer.OPEN
    assert found.cautions == (
        "one chip does 400 inferences a second at the nominal latency; at the high one 2 are "
        "needed",
    )


@pytest.mark.parametrize("rate", [250.0, 1.0])
def test_a_rate_that_the_high_latency_allows_says_nothing(rate: float) -> None:
    found = judged(with_latency(0.001, 0.002, 0.004), per_second=rate)
    assert (found.reasons, found.cautions) == ((), ())
