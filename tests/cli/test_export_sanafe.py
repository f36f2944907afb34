"""`neurodeploy export --to sana-fe`, from a compiled folder."""

import json
from pathlib import Path

import numpy as np
import pytest
from support.cli import run_cli
from support.tiny_placed import on_chip, tiny_program, with_population

from neurodeploy import toolchain


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    toolchain.save(on_chip(tiny_program()), Path("build"))
    np.savez("x.npz", x=np.array([[[1, 0, 1], [0, 0, 1]], [[0, 1, 0], [1, 1, 1]]]))
    return tmp_path


def test_deployment_is_written_with_the_chosen_sample(here: Path) -> None:
    arguments = ("export", "build", "--to", "sana-fe", "--data", "x.npz", "--sample", 1)
    result = run_cli(*arguments, "-o", "out")
    assert (result.code, result.err) == (0, "")
    assert result.out.splitlines()[:2] == [
        "Wrote out/: arch.yaml, snn.yaml and export.json",
        "the inputs' spikes are sample 1's: 2 steps",
    ]
    assert "- 1: [soma: {spikes: [1, 1]}]" in (here / "out" / "snn.yaml").read_text()
    again = run_cli(*arguments, "--json", "-o", "out")
    assert json.loads(again.out)["n_steps"] == 2


def test_populations_that_cannot_be_computed_are_replayed_when_asked(here: Path) -> None:
    decaying = with_population(tiny_program(), "a b", du=np.asarray(100))
    toolchain.save(on_chip(decaying), Path("slow"))
    refused = run_cli("export", "slow", "--to", "sana-fe", "--data", "x.npz", "-o", "out")
    assert refused.code == 3
    assert refused.err.startswith("error[ND3301]: sana-fe: population 'a b' keeps a current")
    arguments = ("export", "slow", "--to", "sana-fe", "--data", "x.npz", "--replay", "-o", "out")
    assert "replayed: a b, c" in run_cli(*arguments).out


def test_sample_that_does_not_exist_is_refused(here: Path) -> None:
    arguments = ("export", "build", "--to", "sana-fe", "--data", "x.npz", "--sample", 7)
    result = run_cli(*arguments, "-o", "out")
    assert (result.code, result.err.splitlines()[0]) == (
        2,
        "error[ND2902]: sample 7 does not exist; the stimulus has 2",
    )


def test_module_without_input_shape_is_refused(here: Path) -> None:
    result = run_cli("export", "my_net:network", "-o", "model.nir")
    assert (result.code, result.err.splitlines()[0]) == (
        2,
        "error[ND2601]: --to nir needs --input-shape, e.g. --input-shape 1,28,28",
    )
