"""A file of measurements is read strictly, every mistake by row and column."""

from pathlib import Path

import pytest

from neurodeploy.calibration.measured_runs import MeasuredRun, read_rows
from neurodeploy.errors import InputError
from neurodeploy.report.events import Events

HEADER = "run,data,energy_j,power_w,step_time_s,energy_sigma_j\n"


def refused(path: Path) -> str:
    with pytest.raises(InputError) as caught:
        read_rows(path)
    return str(caught.value).replace(str(path), "runs.csv")


def written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "runs.csv"
    path.write_text(text)
    return path


def test_rows_are_read_with_paths_beside_the_file(tmp_path: Path) -> None:
    path = written(tmp_path, HEADER + "a/report.json,,1e-6,,2e-5,1e-8\nbuild, x.npz,,0.11,2e-5,\n")
    first, second = read_rows(path)
    assert (first.run, first.data) == (tmp_path / "a/report.json", None)
    assert first.measured == {"energy_j": 1e-6, "step_time_s": 2e-5, "energy_sigma_j": 1e-8}
    assert (second.run, second.data) == (tmp_path / "build", tmp_path / "x.npz")
    assert second.measured == {"power_w": 0.11, "step_time_s": 2e-5}


def test_every_mistake_is_named_by_row_and_column(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        HEADER
        + "a,,1e-6,,,\n"
        + ",,much,,1e-5,\n"
        + "b,,1e-6,0.1,1e-5,-1\n"
        + "c,,,,,\n"
        + "d,,,,1e-5,1e-8\n",
    )
    assert refused(path).splitlines() == [
        "ND2510: runs.csv: row 2, column step_time_s: it is empty; static power is told from "
        "events by the time it is drawn",
        "ND2510: runs.csv: row 3, column energy_j: 'much' is no number above 0",
        "ND2510: runs.csv: row 3, column run: it is empty; name a report.json or a deployment",
        "ND2510: runs.csv: row 4, column energy_sigma_j: '-1' is no number above 0",
        "ND2510: runs.csv: row 4, column power_w: energy_j is given too; leave one of them empty",
        "ND2510: runs.csv: row 5, column energy_j: nothing was measured; fill one of energy_j, "
        "power_w, step_time_s",
        "ND2510: runs.csv: row 6, column energy_sigma_j: it has no energy_j beside it",
    ]


def test_unknown_and_absent_columns_are_refused(tmp_path: Path) -> None:
    known = (
        "run, data, energy_j, power_w, step_time_s, energy_sigma_j, power_sigma_w, "
        "step_time_sigma_s"
    )
    assert refused(written(tmp_path, "rum,energy_j\na,1\n")).splitlines() == [
        f"ND2510: runs.csv: column 'rum' is none of {known}; rename or remove it",
        f"ND2510: runs.csv: the header has no column 'run'; columns are {known}",
    ]


def test_file_without_rows_or_without_text_is_refused(tmp_path: Path) -> None:
    assert refused(written(tmp_path, HEADER)) == (
        "ND2510: runs.csv: it has no row beside its header; give one a run"
    )
    path = tmp_path / "runs.csv"
    path.write_bytes(b"\xff\xfe")
    assert refused(path) == "ND2510: runs.csv: cannot be read (not UTF-8 text)"
    path.unlink()
    assert refused(path) == "ND2510: runs.csv: cannot be read (No such file or directory)"


def test_power_is_energy_over_the_time_of_an_inference() -> None:
    run = MeasuredRun(
        where="row 2",
        events=Events(),
        n_steps=10,
        measured={"power_w": 0.1, "step_time_s": 2e-5, "power_sigma_w": 0.01},
    )
    energy = run.energy_j
    assert energy is not None
    # products of decimal fractions: equal but for the last bits
    assert energy[0] == pytest.approx(2e-5, rel=1e-12)
    assert energy[1] == pytest.approx(2e-6, rel=1e-12)
