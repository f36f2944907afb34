"""Every page of the documentation does what it says, from an empty folder."""

import json
import shutil
import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from support.doc_pages import ELSEWHERE, INSTALLS, LAVA, ROOT, blocks, follow, pages, run_line
from support.lava import lava_python
from support.reader_files import bring

import neurodeploy

IN_A_CLONE = {"metric.md"}
CLONED = ("neurodeploy", "targets", "tools", "schemas", "examples/ci")
INSTALLERS = ("python -m venv ", "env/bin/pip ", "source env/", "pip install ")
INSTALLERS += ("neurodeploy env create ",)


def name_of(page: Path) -> str:
    return str(page.relative_to(ROOT))


def holding(marker: str) -> list[Path]:
    return [page for page in pages() if any(block.marker == marker for block in blocks(page))]


RUN = [page for page in pages() if any(block.info == "sh" for block in blocks(page))]


def report_in(folder: Path) -> Any:
    return json.loads((folder / "report" / "report.json").read_text())


def it_ran_on_the_new_chip(folder: Path) -> None:
    assert report_in(folder)["chip"] == "mychip"
    limits = tomllib.loads((folder / "mychip.toml").read_text())["limits"]
    assert limits["neurons_per_core"]["value"] == 4096


def it_has_the_new_metric(folder: Path) -> None:
    found = report_in(folder)["metrics"]
    program = neurodeploy.compile(neurodeploy.load(folder / "examples/ci/model.nir")).program
    n_neurons = sum(p.size for p in program.populations if p.spiking)
    assert found["spikes_per_neuron"]["value"] == found["spikes"]["value"] / n_neurons
    assert found["spikes_per_neuron"]["basis"] == "exact"


def it_ran_on_the_new_target(folder: Path) -> None:
    assert report_in(folder)["target"] == "plain-reference"


AFTER: Mapping[str, Callable[[Path], None]] = {
    "chip.md": it_ran_on_the_new_chip,
    "metric.md": it_has_the_new_metric,
    "target.md": it_ran_on_the_new_target,
}


@pytest.mark.parametrize("page", RUN, ids=name_of)
def test_its_commands_run(page: Path, tmp_path: Path) -> None:
    if page.name in IN_A_CLONE:
        for name in CLONED:
            shutil.copytree(ROOT / name, tmp_path / name)  # compiled kernels too
    bring(page.name, tmp_path)
    follow(page, tmp_path)
    if page.name in AFTER:
        AFTER[page.name](tmp_path)


@pytest.mark.parametrize("page", holding(LAVA), ids=name_of)
def test_its_commands_run_in_lava(page: Path, tmp_path: Path) -> None:
    lava_python()
    bring(page.name, tmp_path)
    follow(page, tmp_path, only=LAVA)


def test_what_other_tests_run_is_run_there() -> None:
    """A pilot takes a minute; the tests of the command start the same ones on a small network."""
    found = [b for page in pages() for b in blocks(page) if b.marker.startswith(ELSEWHERE)]
    for block in found:
        test = (ROOT / block.marker.removeprefix(ELSEWHERE)).read_text()
        commands = {line.split()[1] for line in block.lines}
        assert all(f'"{command}"' in test for command in commands), block.marker


@pytest.mark.parametrize("page", holding(INSTALLS), ids=name_of)
def test_only_what_installs_is_not_run(page: Path) -> None:
    lines = [line for b in blocks(page) if b.marker == INSTALLS for line in b.lines]
    assert all(line.startswith(INSTALLERS) for line in lines), lines


@pytest.mark.slow
def test_an_artificial_network_goes_through_the_pilot_of_the_page(tmp_path: Path) -> None:
    bring("pilot.md", tmp_path)
    lines = [line for b in blocks(ROOT / "docs" / "pilot.md") for line in b.lines]
    found = [line for line in lines if line.startswith("neurodeploy pilot ann.onnx")]
    assert len(found) == 3
    for line in found:
        run_line(line, tmp_path)
    stages = json.loads((tmp_path / "pilot" / "pilot.json").read_text())["stages"]
    assert {"convert", "train"} <= {stage["name"] for stage in stages if stage["status"] == "done"}
