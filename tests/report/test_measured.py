"""What the user measured is read by name and unit, and never taken for a modelled figure."""

from pathlib import Path

import pytest

from neurodeploy.errors import InputError
from neurodeploy.report.measured import read_measured
from neurodeploy.report.metric import Basis


def written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "m.txt"
    path.write_text(text)
    return path


@pytest.mark.parametrize(
    "text",
    [
        "# rig 3\npower_w = 0.11\n\nstep_time_s = 2e-5\n",
        "metric,value\npower_w,0.11\nstep_time_s,2e-5",
    ],
    ids=["lines", "csv"],
)
def test_lines_and_csv_say_the_same(tmp_path: Path, text: str) -> None:
    found = read_measured(written(tmp_path, text), 25)
    assert {name: metric.value for name, metric in found.items()} == {
        "power_w": 0.11,
        "latency_s": 25 * 2e-5,
    }
    assert {metric.basis for metric in found.values()} == {Basis.MEASURED}
    assert {metric.unit for metric in found.values()} == {"W", "s"}
    assert all(metric.source.startswith("m.txt (sha256:") for metric in found.values())


def test_every_mistake_is_named_by_its_line(tmp_path: Path) -> None:
    text = "power = 1\npower_w = much\nlatency_s = 1\nstep_time_s = 1\nenergy_j\n"
    with pytest.raises(InputError) as caught:
        read_measured(written(tmp_path, text), 1)
    assert str(caught.value).splitlines() == [
        "ND2513: m.txt: line 1: there is no metric 'power'; did you mean 'power_w'?",
        "ND2513: m.txt: line 2: power_w is 'much', expected a number",
        "ND2513: m.txt: line 4: latency_s is given twice",
        "ND2513: m.txt: line 5: there is no metric 'energy_j'; did you mean 'energy_host_j'?",
    ]


def test_empty_and_absent_files_are_refused(tmp_path: Path) -> None:
    path = written(tmp_path, "# nothing\n")
    with pytest.raises(InputError) as caught:
        read_measured(path, 1)
    assert str(caught.value) == (
        f"ND2513: {path}: it names no metric; write lines such as power_w = 0.11"
    )
    path.unlink()
    with pytest.raises(InputError) as caught:
        read_measured(path, 1)
    assert str(caught.value) == f"ND2513: {path}: cannot be read (No such file or directory)"
