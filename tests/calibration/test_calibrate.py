"""Synthetic runs of real deployments: what is identified comes back, what is not is refused."""

import json
import tomllib
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from support.cli import run_cli
from support.measured import CHIP, Meter, reports, truth_of, write_runs

from neurodeploy.calibration.calibrate import Calibration, calibrate
from neurodeploy.calibration.measured_runs import MeasuredRun
from neurodeploy.errors import InputError
from neurodeploy.frontends.demo import DEMO_NETWORK
from neurodeploy.frontends.samples import samples_of
from neurodeploy.hardware import Evidence
from neurodeploy.hardware.toml_file import load_chip
from neurodeploy.report.json_file import write_report
from neurodeploy.toolchain import (
    CompileOptions,
    compile_network,
    load_model,
    profile,
    save,
    stimulus_of,
)
from neurodeploy.toolchain.chip_calibration import CalibratedChip, calibrate_chip

PAGE = load_chip(CHIP)
N_RUNS = 40
SURE = {
    *("energy.synapse_dense", "energy.synapse_sparse"),
    *("latency.synapse_dense", "latency.synapse_sparse", "latency.axon_in"),
}
"""Coefficients of which these runs have so many events that 5 % noise does not hide them."""


def meter(rng: np.random.Generator, noise: float) -> Meter:
    """Return a chip that differs from its page, with little static power, and its measurement."""
    truth = truth_of(PAGE, rng)
    unknown = ("host_in", "host_out", "management_step", "barrier")
    truth |= {f"energy.{name}": float(rng.uniform(1e-11, 1e-10)) for name in unknown}
    truth |= {"energy.reset": 1e-9, "power.static_chip": 5e-4, "power.management": 3e-4}
    return Meter(truth, noise)


def calibrated(folder: Path, seed: int, noise: float = 0.05) -> tuple[CalibratedChip, Meter]:
    rng = np.random.default_rng(seed)
    instrument = meter(rng, noise)
    path = write_runs(folder, reports(N_RUNS), instrument, rng)
    return calibrate_chip(CHIP, path, name="mine"), instrument


def kept(calibration: Calibration) -> dict[str, str]:
    return {c.name: c.kept for c in calibration.coefficients if c.estimate is None}


def test_coefficients_of_runs_with_5_percent_noise_come_back_inside_their_intervals(
    tmp_path: Path,
) -> None:
    """20 measurements of 40 runs; of 95 % intervals, 100 or more of them, fewer than 88 % hold the
    truth in 1 of 300 tries, were they independent."""
    inside: list[bool] = []
    for seed in range(20):
        result, instrument = calibrated(tmp_path, seed)
        fitted = {c.name: c.estimate for c in result.calibration.fitted}
        assert set(fitted) >= SURE
        inside += [
            e is not None and e.low <= instrument.truth[name] <= e.high
            for name, e in fitted.items()
        ]
    assert len(inside) >= 100
    assert np.mean(inside) >= 0.88


def test_page_of_the_result_loads_with_fitted_figures_and_keeps_the_others(tmp_path: Path) -> None:
    result, _ = calibrated(tmp_path, 0)
    path = tmp_path / "mine.toml"
    path.write_text(result.page)
    mine = load_chip(str(path))
    assert mine.name == "mine"
    fitted = {c.name: c.estimate for c in result.calibration.fitted}
    for name, before in PAGE.energy_j.items():
        after, estimate = mine.energy_j[name], fitted.get(f"energy.{name}")
        if estimate is None:
            assert after == before
        else:
            assert (after.evidence, after.source) == (Evidence.FITTED, "calibration")
            assert after.value == pytest.approx(estimate.value, rel=1e-5)  # six digits are written
            assert after.low is not None
            assert after.high is not None
            assert after.low <= estimate.low < estimate.high <= after.high
    assert mine.limits == PAGE.limits
    assert mine.topology == PAGE.topology
    assert "runs.csv (sha256:" in mine.sources["calibration"]


def test_what_the_runs_do_not_identify_is_refused_by_name(tmp_path: Path) -> None:
    result, _ = calibrated(tmp_path, 0)
    refused = kept(result.calibration)
    assert refused["power.static_chip"] == "the runs cannot tell it from power.management"
    assert refused["energy.barrier"] == "the runs cannot tell it from energy.management_step"
    assert refused["energy.synapse_conv"] == "no run has such an event"
    assert refused["energy.dendrite"] == "the page says 0: it is part of another coefficient"
    for name, reason in refused.items():
        assert f"#   {name}: {reason}\n" in result.page
    assert len(result.calibration.residuals) == 2 * N_RUNS
    assert result.page.count("runs.csv: row ") == 2 * N_RUNS


def test_exact_measurements_leave_nothing_over(tmp_path: Path) -> None:
    result, _ = calibrated(tmp_path, 3, noise=0.0)
    for residual in result.calibration.residuals:
        # rounding in a solution whose columns differ by many orders of magnitude
        assert residual.fitted == pytest.approx(residual.measured, rel=1e-6)


def test_held_coefficient_keeps_its_figure_and_frees_its_partner() -> None:
    management = PAGE.power_w["management"].value
    assert management is not None
    truth = {"power.static_chip": 0.03, "power.management": management}
    instrument = Meter({"energy.synapse_dense": 35.5e-12, **truth}, 0.0)
    runs = [measured(k, instrument) for k in range(N_RUNS)]
    fitted = {c.name: c for c in calibrate(PAGE, runs, ["power.management"]).coefficients}
    static = fitted["power.static_chip"].estimate
    assert static is not None
    assert static.value == pytest.approx(0.03, rel=1e-6)  # as above
    assert fitted["power.management"].kept == "held"
    assert kept(calibrate(PAGE, runs))["power.static_chip"] == (
        "the runs cannot tell it from power.management"
    )


def measured(k: int, instrument: Meter) -> MeasuredRun:
    report = reports(N_RUNS)[k]
    time_s = 1e-5 * (1 + k % 7) * report.n_steps
    return MeasuredRun(
        where=f"run {k}",
        events=report.events,
        n_steps=report.n_steps,
        measured={
            "energy_j": instrument.energy_j(report, time_s),
            "step_time_s": time_s / report.n_steps,
        },
    )


def test_holding_what_is_not_there_or_not_known_is_refused() -> None:
    with pytest.raises(InputError) as caught:
        calibrate(PAGE, [], ["energy.barrier", "energy.magic"])
    lines = str(caught.value).splitlines()
    assert lines[0].startswith(
        "ND2512: loihi1-fitted: it has no coefficient 'energy.magic' to hold; they are "
        "energy.synapse_dense, "
    )
    assert lines[1] == (
        "ND2512: loihi1-fitted: energy.barrier is unknown, so it cannot be held; "
        "give the page a figure first"
    )


def test_holding_more_than_was_measured_is_refused() -> None:
    instrument = Meter({"power.static_chip": 1e-6, "power.management": 1e-6}, 0.0)
    with pytest.raises(InputError) as caught:
        calibrate(PAGE, [measured(0, instrument)], ["power.management"])
    assert str(caught.value) == (
        "ND2512: run 0: what is held is more than what was measured; hold less"
    )


def test_standard_deviations_are_for_all_rows_or_none() -> None:
    instrument = Meter({"power.static_chip": 1.0, "power.management": 1.0}, 0.0)
    first, second = measured(0, instrument), measured(1, instrument)
    first = replace(first, measured={**first.measured, "energy_sigma_j": 1e-9})
    with pytest.raises(InputError) as caught:
        calibrate(PAGE, [first, second])
    assert str(caught.value) == (
        "ND2510: run 1: no standard deviation, where other rows have one; fill all or none"
    )


def test_page_that_is_all_in_has_nothing_to_fit() -> None:
    with pytest.raises(InputError) as caught:
        calibrate(load_chip("truenorth"), [])
    assert str(caught.value) == (
        "ND2511: truenorth: its energy is one all-in figure, so there are no terms to fit; "
        "calibrate a page with a figure for each event"
    )


def test_command_writes_a_page_that_passes_its_check(tmp_path: Path) -> None:
    rng = np.random.default_rng(1)
    runs = write_runs(tmp_path, reports(N_RUNS), meter(rng, 0.05), rng)
    page = tmp_path / "mine.toml"
    result = run_cli("chips", "calibrate", CHIP, "--measured", runs, "-o", page)
    assert (result.code, result.err) == (0, "")
    assert "Fitted to 40 runs, with 95 % intervals\n" in result.out
    assert "power.static_chip: the runs cannot tell it from power.management\n" in result.out
    assert result.out.endswith(f"Next: neurodeploy chips check {page}\n")
    assert run_cli("chips", "check", page).code == 0
    assert tomllib.loads(page.read_text())["name"] == "mine"


def test_mistakes_of_the_runs_are_named_by_row_and_column(tmp_path: Path) -> None:
    (tmp_path / "report.json").write_text(json.dumps({"chip": "loihi1-fitted"}))
    other = {"chip": "loihi2", "n_steps": 3, "events": {"energy": {}, "time": {}}}
    (tmp_path / "other.json").write_text(json.dumps(other))
    runs = tmp_path / "runs.csv"
    runs.write_text("run,step_time_s\nreport.json,1e-5\nother.json,1e-5\nnowhere,1e-5\n")
    result = run_cli("chips", "calibrate", CHIP, "--measured", runs, "-o", tmp_path / "m.toml")
    assert result.code == 2
    text = " ".join(result.err.replace(str(tmp_path) + "/", "").split())
    assert (
        "error[ND2510]: runs.csv: row 2, column run: report.json is no report.json with events "
        "('events'); make one with `neurodeploy profile ... -o DIR`" in text
    )
    assert (
        "error[ND2510]: runs.csv: row 3, column run: it was placed on loihi2, not on "
        "loihi1-fitted; profile it with --chip loihi1-fitted" in text
    )
    assert "error[ND2510]: runs.csv: row 4, column run: nowhere is no report.json" in text
    assert not (tmp_path / "m.toml").exists()


def test_run_may_be_a_deployment_and_its_stimulus(tmp_path: Path) -> None:
    model, _ = load_model(DEMO_NETWORK)
    deployment = compile_network(model, "cpu-emu", CompileOptions(chip=CHIP))
    save(deployment, tmp_path / "build")
    x = (np.random.default_rng(0).random((2, 10, 64)) < 0.3).astype(np.float64)
    np.savez(tmp_path / "x.npz", x=x)
    report = profile(deployment, stimulus_of(deployment, samples_of(x, None, "x")))
    write_report(report, tmp_path / "report" / "report.json")
    runs = tmp_path / "runs.csv"

    def residual(row: str) -> float:
        runs.write_text(f"run,data,step_time_s\n{row}\n")
        (left,) = calibrate_chip(CHIP, runs, name="mine").calibration.residuals
        return left.measured

    assert residual("build,x.npz,1e-5") == residual("report,,1e-5") == 1e-5 * report.n_steps
    with pytest.raises(InputError) as caught:
        residual("build,,1e-5")
    assert str(caught.value) == (
        "ND2510: runs.csv: row 2, column data: it is empty; a deployment needs its stimulus"
    )
