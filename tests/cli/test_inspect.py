"""`inspect` tells every problem, repair and assumption of a file at once, with stable codes."""

import json
from pathlib import Path

import h5py
import pytest
from support.cli import run_cli
from support.shared import folder

from neurodeploy.frontends.demo import DEMO_NETWORK


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_all_problems_of_a_file_are_told_at_once(here: Path) -> None:
    (here / "m.nir").write_bytes(DEMO_NETWORK.read_bytes())
    with h5py.File("m.nir", "r+") as file:
        nodes = file["node/nodes"]
        first, second = [name for name in nodes if "weight" in nodes[name]]
        for name, text in ((first, b"Mystery"), (second, b"Riddle")):
            del nodes[name]["type"]
            nodes[name]["type"] = text
    result = run_cli("inspect", "m.nir", "--json")
    assert result.code == 2
    document = json.loads(result.out)
    assert document["readable"] is False
    problems = [f for f in document["findings"] if f["kind"] == "problem"]
    assert {f["code"] for f in problems} == {"NIR050"}
    assert {f["where"] for f in problems} == {first, second}
    assert run_cli("inspect", "m.nir").code == 2


def test_our_own_file_leaves_nothing_to_assume(here: Path) -> None:
    (here / "m.nir").write_bytes(DEMO_NETWORK.read_bytes())
    result = run_cli("inspect", "m.nir", "--json")
    assert result.code == 0
    assert json.loads(result.out)["findings"] == []


def test_assumptions_name_the_option_that_settles_them() -> None:
    path = folder("models") / "nir" / "cnn_sinabs.nir"
    found = json.loads(run_cli("inspect", path, "--json").out)["findings"]
    codes = {f["code"]: f["message"] for f in found}
    assert codes["NIR001"] == "dt is 0.0001 s: the file does not say (--dt)"
    assert "(--reset)" in codes["NIR002"]
    assert "(--if-gain)" in codes["NIR003"]
    settled = run_cli(
        *("inspect", path, "--json", "--dt", "1e-3", "--reset", "zero", "--if-gain", "unit")
    )
    left = {f["code"] for f in json.loads(settled.out)["findings"]}
    assert not left & {"NIR001", "NIR002", "NIR003"}


def test_preset_of_a_framework_settles_what_it_means() -> None:
    path = folder("models") / "nir" / "cnn_sinabs.nir"
    document = json.loads(run_cli("inspect", path, "--from", "sinabs", "--json").out)
    assert document["dt_s"] == 1.0
    assert {p["reset"] for p in document["populations"]} == {"subtract"}
    unknown = run_cli("inspect", path, "--from", "matlab")
    assert unknown.code == 2
    assert unknown.err.startswith("error[ND2601]: --from is 'matlab', allowed are ")
