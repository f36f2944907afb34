"""What is held against a budget and a baseline, and what is said of what has no figure."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from support.gate import denser, network, report_of

import neurodeploy
from neurodeploy.errors import InputError
from neurodeploy.regression import (
    Budget,
    Estimate,
    Figures,
    Limit,
    Status,
    Verdict,
    check,
    figures_of,
    parse_rules,
    read_figures,
)
from neurodeploy.regression.words import line
from neurodeploy.report.json_file import write_report
from neurodeploy.report.metric import unknown


@pytest.fixture(scope="module")
def base() -> Figures:
    return figures_of(report_of(network()))


def without(figures: Figures, name: str) -> Figures:
    metrics = {key: metric for key, metric in figures.metrics.items() if key != name}
    return replace(figures, metrics=metrics)


def said(verdict: Verdict) -> list[str]:
    return [line(verdict, finding) for finding in verdict.failures]


def test_estimate_chooses_the_end_that_is_held(base: Figures) -> None:
    energy, rate = base.metrics["energy_total_j"], base.metrics["throughput_hz"]
    assert energy.value is not None
    assert rate.value is not None
    limits = (
        Limit(name="energy_total_j", value=energy.value),
        Limit(name="throughput_hz", value=rate.value),
    )
    outcome = {
        estimate: [f.figure for f in check(base, Budget(limits=limits, estimate=estimate)).findings]
        for estimate in Estimate
    }
    assert outcome == {
        Estimate.LOW: [energy.low, rate.high],
        Estimate.NOMINAL: [energy.value, rate.value],
        Estimate.HIGH: [energy.high, rate.low],
    }
    assert not check(base, Budget(limits=limits, estimate=Estimate.HIGH)).passed
    assert check(base, Budget(limits=limits, estimate=Estimate.NOMINAL)).passed


def test_limit_without_a_figure_fails_only_under_strict(base: Figures) -> None:
    figures = replace(
        base, metrics={**base.metrics, "latency_s": unknown("latency_s", "counts only")}
    )
    limits = (
        Limit(name="latency_s", value=1.0),
        Limit(name="synops_hw", value=1e9, layer="absent"),
        Limit(name="neurons_per_core", value=0.9, per_core=True, share=True),
    )
    nothing = replace(figures, resources={})
    lenient, strict = (
        check(nothing, Budget(limits=limits, strict=strict)) for strict in (False, True)
    )
    assert lenient.passed
    assert [f.status for f in lenient.findings] == [Status.UNKNOWN] * 3
    assert [f.figure for f in lenient.findings] == [None] * 3
    assert said(strict) == [
        "latency_s: allowed <= 1 s; counts only",
        "layers.absent.synops_hw: allowed <= 1,000,000,000; the report has no layer 'absent', its "
        "layers are fc1, fc2, fc3: no figure to hold against the limit",
        "neurons_per_core: allowed <= 90 %; the report has no neurons_per_core: no figure to hold "
        "against the limit",
    ]


def test_share_of_a_limit_names_the_core(base: Figures) -> None:
    limits = (Limit(name="neurons_per_core", value=0.001, per_core=True, share=True),)
    assert said(check(base, Budget(limits=limits))) == [
        "neurons_per_core is 53, allowed <= 0.1 % of 8,192; binding: core 0; counted, exact"
    ]


def test_budget_of_another_chip_fails(base: Figures) -> None:
    assert said(check(base, Budget(limits=(), chip="loihi1-davies2018"))) == [
        "chip: allowed loihi1-davies2018; the report is of loihi2: write a budget for it, or "
        "profile with --chip loihi1-davies2018"
    ]


def test_metric_that_vanished_fails_and_a_new_one_is_a_note(base: Figures) -> None:
    for rules in ((), parse_rules(("spikes=+0",))):
        gone = check(without(base, "hops"), baseline=base, rules=rules)
        assert said(gone) == [
            "hops: allowed 0; vanished: the baseline has a figure, this report has none"
        ]
        new = check(base, baseline=without(base, "hops"), rules=rules)
        assert new.passed
        notes = [f for f in new.findings if f.status is Status.NOTE]
        assert [line(new, f) for f in notes] == [
            "hops is 0, allowed 0; new: the baseline has no figure"
        ]


def test_rule_for_what_neither_report_has_is_unknown(base: Figures) -> None:
    figures = without(base, "hops")
    verdict = check(figures, baseline=figures, rules=parse_rules(("hops=0",)))
    assert [f.status for f in verdict.findings] == [Status.UNKNOWN]


def test_rules_replace_the_defaults(base: Figures) -> None:
    now = figures_of(report_of(denser(network(), "w2")))
    assert not check(now, baseline=base).passed
    assert check(now, baseline=base, rules=parse_rules(("macs=+0",))).passed
    both = parse_rules(("exact=+0", "spikes=+50%"))
    failing = {f.path for f in check(now, baseline=base, rules=both).failures}
    assert "spikes" not in failing
    assert "synops_effective" in failing


def test_layer_rule_names_the_layer(base: Figures) -> None:
    now = figures_of(report_of(denser(network(), "w2")))
    rules = parse_rules(("layers.fc1.synops_effective=0", "layers.fc2.synops_effective=+10%"))
    assert said(check(now, baseline=base, rules=rules)) == [
        "layers.fc2.synops_effective went 724.2 -> 936.7 (+29.3 %), allowed +10%; binding: layer "
        "'fc2'; the change starts in layer 'fc2': synops_effective 724.2 -> 936.7 (+29.3 %)"
    ]


def test_other_stimulus_is_not_comparable(base: Figures) -> None:
    other = replace(base, where="now.json", stimulus_digest="sha256:other")
    with pytest.raises(InputError) as found:
        check(other, baseline=base)
    assert str(found.value) == (
        "ND2705: the report and now.json are of different stimuli (other values, or other "
        "labels), so their figures cannot be compared: profile on the baseline's data, or make a "
        "new baseline; --allow-different-stimulus compares all the same"
    )
    verdict = check(other, baseline=base, allow_different_stimulus=True)
    assert verdict.notes == ("compared across different stimuli: other values, or other labels",)


def test_injected_integers_may_differ_with_the_network(base: Figures) -> None:
    before = replace(base, input_coding="injected")
    now = replace(before, stimulus_digest="sha256:other")
    assert check(now, baseline=before).passed
    with pytest.raises(InputError):
        check(replace(now, n_samples=3), baseline=before)


def test_rounding_that_loses_more_fails(base: Figures) -> None:
    fc2 = base.layers[1]
    worse = replace(fc2, facts={**fc2.facts, "weight_error": 0.25})
    before = replace(fc2, facts={**fc2.facts, "weight_error": 0.125})
    verdict = check(
        replace(base, layers=(base.layers[0], worse)),
        baseline=replace(base, layers=(base.layers[0], before)),
    )
    assert said(verdict) == [
        "layers.fc2.weight_error went 0.125 -> 0.25 (+100 %), allowed +0; binding: layer 'fc2'; "
        "the change starts in layer 'fc2': weight_error 0.125 -> 0.25; rounding of the layer's "
        "parameters to integers"
    ]


def test_nothing_to_check_against_is_refused(base: Figures) -> None:
    with pytest.raises(InputError) as found:
        check(base)
    assert str(found.value) == (
        "ND2706: nothing to check against: give a budget, a baseline or both"
    )
    with pytest.raises(InputError) as found:
        check(base, Budget(limits=()), rules=parse_rules(("spikes=+0",)))
    assert str(found.value) == "ND2706: --fail-on compares with a baseline: give --baseline"


def test_report_file_says_what_the_report_says(base: Figures, tmp_path: Path) -> None:
    write_report(report_of(network()), tmp_path / "report.json")
    read = read_figures(tmp_path)
    assert read == replace(base, where=str(tmp_path / "report.json"))


def test_python_takes_nouns_and_paths(tmp_path: Path) -> None:
    report = report_of(network())
    write_report(report, tmp_path / "report.json")
    (tmp_path / "budget.toml").write_text("[budget.activity]\nspikes = 100\n")
    budget = str(tmp_path / "budget.toml")
    for now, before in ((report, report), (tmp_path / "report.json", str(tmp_path))):
        verdict = neurodeploy.check(now, budget, before, fail_on=("exact=0",))
        assert [f.path for f in verdict.failures] == ["spikes"]


def broken(tmp_path: Path, document: Any) -> str:
    (tmp_path / "r.json").write_text(json.dumps(document))
    with pytest.raises(InputError) as found:
        read_figures(tmp_path / "r.json")
    return str(found.value).replace(str(tmp_path), "").replace("/r.json", "r.json")


def test_what_is_no_report_is_refused(tmp_path: Path) -> None:
    assert broken(tmp_path, 3) == (
        "ND2703: r.json: no report.json of `neurodeploy profile`: the document: Input should be a "
        "valid dictionary or instance of _Report"
    )
    write_report(report_of(network()), tmp_path / "report.json")
    document = json.loads((tmp_path / "report.json").read_text())
    assert broken(tmp_path, {**document, "schema": 99}) == (
        "ND2703: r.json: has schema 99, this version reads 2; profile again"
    )
    document["layers"][0]["spikes"]["value"] = float("nan")
    assert broken(tmp_path, document) == (
        "ND2703: r.json: no report.json of `neurodeploy profile`: value: Input should be a finite "
        "number"
    )
    document["metrics"]["spikes"]["basis"] = "guessed"
    assert broken(tmp_path, document) == (
        "ND2703: r.json: no report.json of `neurodeploy profile`: metrics.spikes.basis: Input "
        "should be 'exact', 'modelled' or 'measured'"
    )
    document["metrics"]["spikes"]["basis"] = "exact"
    document["metrics"]["spikes"]["value"] = "many"
    assert broken(tmp_path, document) == (
        "ND2703: r.json: no report.json of `neurodeploy profile`: metrics.spikes.value: Input "
        "should be a valid number"
    )


def test_cores_of_a_report_bind_what_hangs_on_time(base: Figures, tmp_path: Path) -> None:
    write_report(report_of(network()), tmp_path / "report.json")
    document = json.loads((tmp_path / "report.json").read_text())
    count = document["metrics"]["synops_hw"]
    document["cores"] = [
        {"core": k, "synops_hw": {**count, "value": work, "low": work, "high": work}}
        for k, work in enumerate((10.0, 30.0, 20.0))
    ]
    (tmp_path / "report.json").write_text(json.dumps(document))
    budget = Budget(limits=(Limit(name="latency_s", value=1.0),))
    (finding,) = check(read_figures(tmp_path), budget).findings
    assert finding.binding == "core 1, most SOPs"
