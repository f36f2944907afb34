"""PilotNet on Loihi 2: the page's energies and times beside measured ones, for consistency only."""

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest
from support.shared import ROOT, folder


@pytest.fixture(scope="module")
def tool() -> ModuleType:
    path = ROOT / "tools" / "pilotnet_check.py"
    spec = importlib.util.spec_from_file_location("pilotnet_check", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["pilotnet_check"] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    return module


def test_energy_lies_within_15_percent_of_the_two_runs_that_agree(tool: ModuleType) -> None:
    found = tool.check(folder("measured"))
    odd, *agreeing = found.runs
    assert [round(1e6 * run.energy_j, 1) for run in found.runs] == [35.1, 66.9, 68.3]
    for run in agreeing:
        assert found.energy.value == pytest.approx(run.energy_j, rel=0.15)
        assert found.energy.low < run.energy_j < found.energy.high
    assert found.energy.low < odd.energy_j < found.energy.high
    assert found.energy.missing == ("spike_out", "barrier")


def test_time_bound_lies_below_every_measured_step(tool: ModuleType) -> None:
    found = tool.check(folder("measured"))
    assert round(1e6 * found.bound_s.value, 1) == 99.7
    assert [round(1e6 * run.step_s, 2) for run in found.runs] == [150.42, 151.05, 152.85]
    assert all(found.bound_s.value < run.step_s for run in found.runs)


def test_counters_agree_with_the_totals_that_were_read_independently(tool: ModuleType) -> None:
    """2.290e6 operations and 160,914 neurons a step: another reading of the plot, within 3 %."""
    counters = tool.check(folder("measured")).counters
    assert counters.synops == pytest.approx(2.290e6, rel=0.03)
    assert counters.neurons == pytest.approx(160_914, rel=0.03)
    assert counters.busiest_synops == pytest.approx(1.511e5, rel=1e-3)


def test_gaps_are_filled_within_a_layer_only(tool: ModuleType) -> None:
    bars = [None, 4.0, 6.0, None, None, None, 9.0]
    assert tool._filled(bars, [3, 4]) == [5.0, 4.0, 6.0, 0.0, 0.0, 0.0, 9.0]


def test_it_calls_itself_a_consistency_check(
    tool: ModuleType, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    measured: Path = folder("measured")
    monkeypatch.setattr(sys, "argv", ["pilotnet_check", str(measured)])
    assert tool.main() == 0
    text = capsys.readouterr().out
    assert text.startswith(
        "PilotNet (LIF) on Loihi 2, one step: a consistency check, not a validation\n"
    )
    assert "measured in 76c8fbb: 35.1 uJ (model +93.8 %), 150.42 us\n" in text
