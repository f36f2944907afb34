"""Seeded regressions fail the gate with the right layer named; what is equal passes at zero."""

from pathlib import Path

import pytest
from support.gate import (
    N_STEPS,
    bit_less,
    dearer_chip,
    denser,
    lower_threshold,
    network,
    report_of,
)

from neurodeploy import toolchain
from neurodeploy.errors import InputError
from neurodeploy.regression import Figures, Verdict, check, figures_of, parse_rules
from neurodeploy.regression.words import line
from neurodeploy.report.json_file import report_text, write_report
from neurodeploy.report.report import Report

ZERO = parse_rules(("exact=0", "modelled=0"))


@pytest.fixture(scope="module")
def base() -> Figures:
    return figures_of(report_of(network()))


def said_of(verdict: Verdict, name: str) -> str:
    return next(line(verdict, f) for f in verdict.failures if f.path == name)


@pytest.mark.parametrize("layer", ["fc1", "fc2", "fc3"])
def test_denser_layer(base: Figures, layer: str) -> None:
    report = report_of(denser(network(), layer.replace("fc", "w")))
    verdict = check(figures_of(report), baseline=base)
    assert verdict.start.startswith(f"the change starts in layer '{layer}': synops_effective ")
    assert f"; layer '{layer}': synops_effective " in said_of(verdict, "synops_effective")


@pytest.mark.parametrize(("layer", "behind"), [("fc1", "fc2"), ("fc2", "fc3")])
def test_lower_threshold(base: Figures, layer: str, behind: str) -> None:
    verdict = check(figures_of(report_of(lower_threshold(network(), layer))), baseline=base)
    assert verdict.start.startswith(f"the change starts in layer '{layer}': spikes ")
    said = said_of(verdict, "synops_hw")  # the next layer pays, this one is to blame
    assert f"; layer '{behind}': synops_hw " in said
    assert f"the change starts in layer '{layer}': spikes " in said


@pytest.mark.parametrize("layer", ["fc1", "fc2", "fc3"])
def test_weight_bit_less(base: Figures, layer: str) -> None:
    """It saves operations here; counts have to be equal, so the default rules see it."""
    report = report_of(bit_less(network(), layer.replace("fc", "w")))
    verdict = check(figures_of(report), baseline=base)
    assert not verdict.passed
    assert verdict.start.startswith(f"the change starts in layer '{layer}': synops_")
    assert f"layer '{layer}'" in said_of(verdict, "synops_effective")


def test_one_more_step(base: Figures) -> None:
    report = figures_of(report_of(network(), n_steps=N_STEPS + 1))
    with pytest.raises(InputError, match="'as given, 15 steps' there, 'as given, 16 steps' here"):
        check(report, baseline=base)
    verdict = check(report, baseline=base, allow_different_stimulus=True)
    assert verdict.start.startswith("the change starts in layer 'fc1': synops_hw ")
    assert verdict.start.endswith("; steps 18 -> 19")
    assert "; layer 'fc1': neuron_updates 576 -> 608 (+5.56 %), 60 % of the change; " in said_of(
        verdict, "neuron_updates"
    )


def test_one_more_step_breaks_a_budget_without_margin(base: Figures, tmp_path: Path) -> None:
    from decimal import Decimal

    path = tmp_path / "budget.toml"
    path.write_text(toolchain.draft_budget(report_of(network()), Decimal(0)))
    budget = toolchain.read_budget(path)
    assert check(base, budget).passed
    verdict = check(figures_of(report_of(network(), n_steps=N_STEPS + 1)), budget)
    assert said_of(verdict, "neuron_updates") == (
        "neuron_updates is 1,007, allowed <= 954; binding: layer 'fc1', 60 %; counted, exact"
    )


def test_another_chip_file(base: Figures, tmp_path: Path) -> None:
    verdict = check(figures_of(report_of(network(), dearer_chip(tmp_path))), baseline=base)
    assert verdict.start == "no layer's counts changed: the chip's page or the placement did"
    said = said_of(verdict, "energy_synapse_j")
    assert "; layer 'fc1': energy_synapse_j 81.69 nJ -> 163.4 nJ (+100 %), " in said
    assert not [f for f in verdict.failures if f.path in ("synops_hw", "spikes")]


def test_another_chip(base: Figures) -> None:
    verdict = check(figures_of(report_of(network(), "loihi1")), baseline=base)
    assert verdict.notes[0] == "the baseline is of another chip: loihi2, now loihi1-davies2018"
    assert "; management power: energy unknown -> " in said_of(verdict, "energy_total_j")


def test_unchanged_rebuild_passes_at_zero_on_any_number_of_threads(tmp_path: Path) -> None:
    """The gate never flakes: whatever runs it, equal inputs give equal bytes."""
    reports: list[Report] = [report_of(network(), workers=n) for n in (1, 2, 3, 1, 2)]
    assert len({report_text(report) for report in reports}) == 1
    write_report(reports[0], tmp_path / "base.json")
    for report in reports[1:]:
        verdict = toolchain.check(
            report, baseline=tmp_path / "base.json", fail_on=("exact=0", "modelled=0")
        )
        assert verdict.passed
        assert verdict.start == ""
        assert verdict.notes == ()
        assert {f.figure == f.before for f in verdict.findings} == {True}


def test_zero_tolerance_sees_the_last_bit(base: Figures) -> None:
    from dataclasses import replace

    import numpy as np

    energy = base.metrics["energy_total_j"]
    assert energy.value is not None
    moved = replace(energy, value=float(np.nextafter(energy.value, 1.0)))
    now = replace(base, metrics={**base.metrics, "energy_total_j": moved})
    verdict = check(now, baseline=base, rules=ZERO)
    assert [f.path for f in verdict.failures] == ["energy_total_j"]
    assert check(now, baseline=base).passed
