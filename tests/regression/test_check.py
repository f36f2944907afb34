"""What is held against a budget and a baseline, and what is said of what has no figure."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from support.gate import denser, lower_threshold, network, report_of

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
from neurodeploy.report.bottleneck import Bottleneck
from neurodeploy.report.core import CoreTime
from neurodeploy.report.json_file import write_report
from neurodeploy.report.metric import exact, unknown


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
        "neurons_per_core is 53, allowed <= 0.1 % of 8,192; binding: core 0 with 'fc1', "
        "'fc2', 'fc3'; counted, exact"
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


def test_what_is_no_report_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "report.json"
    write_report(report_of(network()), path)
    document = json.loads(path.read_text())
    document["metrics"]["spikes"]["basis"] = "guessed"
    path.write_text(json.dumps(document))
    with pytest.raises(InputError) as found:
        read_figures(tmp_path)
    assert str(found.value) == (
        f"ND2711: {path}: metrics.spikes.basis: Input should be 'exact', 'modelled' or 'measured', "
        "found 'guessed'"
    )


def loaded(figures: Figures, *loads: tuple[float, float]) -> Figures:
    """Return `figures` with a core for each number of operations and working time in seconds."""
    (core,) = figures.cores
    cores = [
        replace(
            core,
            core=k,
            metrics={**core.metrics, "synops_hw": exact("synops_hw", synops)},
            time=CoreTime(neurons_s=busy_s, synapses_s=0.0),
        )
        for k, (synops, busy_s) in enumerate(loads)
    ]
    slow = (Bottleneck(unit="the synapses of core 1", share=0.625),)
    return replace(figures, cores=tuple(cores), bottlenecks=slow)


def test_core_that_works_longest_binds_what_hangs_on_time(base: Figures) -> None:
    figures = loaded(base, (10.0, 3e-6), (30.0, 2e-6), (20.0, 1e-6))
    budget = Budget(limits=(Limit(name="latency_p99_s", value=1.0),))
    (finding,) = check(figures, budget).findings
    assert finding.binding == (
        "time set by: the synapses of core 1 in 62.5 % of the steps; core 0 with 'fc1', 'fc2', "
        "'fc3', busy longest"
    )


def test_core_with_most_operations_binds_where_time_is_not_known(base: Figures) -> None:
    figures = loaded(base, (10.0, 3e-6), (30.0, 2e-6), (20.0, 1e-6))
    untimed = tuple(replace(core, time=None) for core in figures.cores)
    figures = replace(figures, cores=untimed, bottlenecks=())
    budget = Budget(limits=(Limit(name="latency_s", value=1.0),))
    (finding,) = check(figures, budget).findings
    assert finding.binding == "core 1 with 'fc1', 'fc2', 'fc3', most SOPs"


def test_rate_of_the_busiest_core_names_the_core_with_most_operations(base: Figures) -> None:
    figures = loaded(base, (10.0, 3e-6), (30.0, 2e-6))
    rate = exact("synops_busiest_core_hz", 2e7)
    figures = replace(figures, metrics={**figures.metrics, "synops_busiest_core_hz": rate})
    budget = Budget(limits=(Limit(name="synops_busiest_core_hz", value=1e7),))
    assert said(check(figures, budget)) == [
        "synops_busiest_core_hz is 20 MHz, allowed <= 10 MHz; binding: core 1 with 'fc1', 'fc2', "
        "'fc3', most SOPs; counted, exact"
    ]


def test_statistic_is_explained_by_the_figure_it_is_of(base: Figures) -> None:
    now = figures_of(report_of(lower_threshold(network(), "fc1")))
    (finding,) = check(now, baseline=base, rules=parse_rules(("synops_hw_p99=0",))).findings
    assert finding.binding == "layer 'fc1', 55 %"
    assert finding.cause.startswith("layer 'fc2': synops_hw ")


def test_reports_at_different_levels_are_not_comparable(base: Figures) -> None:
    other = replace(base, where="now.json", fidelity="L3")
    with pytest.raises(InputError) as found:
        check(other, baseline=base)
    assert str(found.value) == (
        "ND2714: the report has its time at level L1, now.json at L3, so their time and energy "
        "cannot be compared: profile with --fidelity L1 and check that report, or make a new "
        "baseline at L3"
    )


def test_what_the_chip_cannot_do_fails_whatever_the_budget_says(base: Figures) -> None:
    stalls = replace(base, failures=("loihi2: core 0 with 'fc1' would stall",))
    verdict = check(stalls, Budget(limits=()), baseline=base)
    assert not verdict.passed
    assert said(verdict) == ["loihi2 runs it: allowed yes; loihi2: core 0 with 'fc1' would stall"]


def fuller(figures: Figures) -> Figures:
    """Return `figures` with a neuron more on the fullest core."""
    full = figures.resources["neurons_per_core"]
    full = replace(full, used=full.used + 1)
    return replace(figures, resources={**figures.resources, "neurons_per_core": full})


def test_fullest_core_must_be_as_full_as_the_baselines(base: Figures) -> None:
    told = [
        "neurons_per_core went 53 -> 54 (+1.89 %), allowed 0; the fullest is core 0 with 'fc1', "
        "'fc2', 'fc3'; counted, exact"
    ]
    assert said(check(fuller(base), baseline=base)) == told
    for rule in ("exact=0", "neurons_per_core=0"):
        assert said(check(fuller(base), baseline=base, rules=parse_rules((rule,)))) == told
    for rule in ("exact=+5%", "neurons_per_core=+1", "spikes=0"):
        assert check(fuller(base), baseline=base, rules=parse_rules((rule,))).passed


def test_other_placement_is_told_from_a_change_of_a_layer(base: Figures) -> None:
    moved = tuple(
        replace(layer, metrics={**layer.metrics, name: exact(name, 1e6)})
        for layer, name in zip(base.layers, ("messages", "messages_in", "hops"), strict=True)
    )
    now = replace(fuller(base), layers=moved, deployment_digest="sha256:other")
    assert check(now, baseline=base).start == (
        "no layer's counts changed: the chip's page or the placement did"
    )


def test_resource_that_vanished_fails_and_a_new_one_is_a_note(base: Figures) -> None:
    nothing = replace(base, resources={})
    assert [f.path for f in check(nothing, baseline=base).failures] == list(base.resources)
    verdict = check(base, baseline=nothing)
    assert verdict.passed
    notes = [f.path for f in verdict.findings if f.status is Status.NOTE]
    assert notes == list(base.resources)
