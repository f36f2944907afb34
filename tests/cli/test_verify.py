"""What `neurodeploy verify` prints and returns, on the demo network and on mistakes."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from support.cli import Result, run_cli
from support.golden_text import assert_golden

from neurodeploy import toolchain
from neurodeploy.frontends.demo import CODING_SEED, DEMO_NETWORK, N_STEPS
from neurodeploy.frontends.digits import load_digits
from neurodeploy.frontends.encoders import rate
from neurodeploy.target import RunOptions
from neurodeploy.target.run_arrays import write_run
from neurodeploy.terms import Reset

EQUAL = ("verify", "build", "--data", "test.npz", "--against", "cpu-emu")
DIFFERS = (*EQUAL, "--trace", "foreign.npz")


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "model.nir").write_bytes(DEMO_NETWORK.read_bytes())
    test = load_digits().test
    x = rate(test.x[:10], N_STEPS, CODING_SEED)
    np.savez(tmp_path / "test.npz", x=x, y=test.y[:10])
    assert run_cli("compile", "model.nir", "-o", "build").code == 0
    return tmp_path


@pytest.fixture
def foreign(here: Path) -> Path:
    """The run of a machine whose first layer resets by subtraction."""
    deployment = toolchain.load_deployment(here / "build")
    first, *others = deployment.program.populations
    changed = (replace(first, reset=Reset.SUBTRACT), *others)
    other = replace(deployment, program=replace(deployment.program, populations=changed))
    stimulus = toolchain.stimulus_of(other, toolchain.read_samples(here / "test.npz"))
    names = frozenset(p.name for p in changed)
    write_run(toolchain.run(other, stimulus, RunOptions(record=names)), here / "foreign.npz")
    return here / "foreign.npz"


def stripped(text: str) -> str:
    return "\n".join(line.rstrip() for line in text.splitlines()) + "\n"


def test_equal_integers_return_0(request: pytest.FixtureRequest, here: Path) -> None:
    result = run_cli(*EQUAL)
    assert (result.code, result.err) == (0, "")
    assert_golden(request, "verify.txt", stripped(result.out))


def test_other_integers_return_1_and_the_rule(
    request: pytest.FixtureRequest, here: Path, foreign: Path
) -> None:
    result = run_cli(*DIFFERS)
    assert result.code == 1
    assert_golden(request, "verify_differs.txt", stripped(result.out))
    assert result.err.splitlines() == [
        "error[ND1101]: foreign.npz: integers part from the reference in layer 'hidden', step 1, "
        "neuron 50, sample 1; rule reset: there the layer resets by 'subtract', not by 'zero'",
        "  what this means: neurodeploy explain ND1101",
    ]


def test_tables_fit_80_columns(here: Path, foreign: Path) -> None:
    lines = run_cli(*DIFFERS).out.splitlines()
    assert max(len(line) for line in lines if "  " in line.strip()) <= 80


def test_json_is_one_document_and_names_place_and_rule(here: Path, foreign: Path) -> None:
    result = run_cli(*DIFFERS, "--json")
    assert result.code == 1
    found = json.loads(result.out)
    assert found["equal"] is False
    ours, theirs = found["comparisons"]
    assert (ours["name"], ours["equal"], ours["rule"]) == ("cpu-emu", True, None)
    assert (theirs["name"], theirs["equal"], theirs["rule"]) == ("foreign.npz", False, "reset")
    place = theirs["difference"]
    assert (place["population"], place["sample"], place["step"]) == ("hidden", 1, 1)
    assert {"float_spikes", "mismatch", "causes", "overflows"} <= set(found["drift"][0])


def test_samples_layer_and_page(here: Path, foreign: Path) -> None:
    result = run_cli(*DIFFERS, "--samples", "2", "--html", "page.html", "--layer", "classes")
    assert result.code == 1
    assert "2 of 10 samples" in result.out
    assert "Wrote page.html" in result.out
    assert "Spikes of layer classes" in (here / "page.html").read_text()


def test_a_network_file_is_compiled_first(here: Path) -> None:
    result = run_cli("verify", "model.nir", "--data", "test.npz", "--against", "cpu-emu")
    assert result.code == 0
    assert "assumed: input range 0..1, that of test.npz" in result.out


def test_without_against_every_healthy_target_is_compared(here: Path) -> None:
    found = json.loads(
        run_cli("verify", "build", "--data", "test.npz", "--samples", "1", "--json").out
    )
    assert "cpu-emu" in [c["name"] for c in found["comparisons"]]


def refused(result: Result, code: int, line: str) -> None:
    assert (result.code, result.out) == (code, "")
    assert result.err.splitlines()[0] == line


def test_mistakes_are_told(here: Path, foreign: Path) -> None:
    np.savez(here / "bad.npz", wrong=np.zeros((2, 3)))
    refused(
        run_cli(*EQUAL, "--trace", "bad.npz"),
        2,
        "error[ND2321]: bad.npz: holds 'wrong'; the layers are hidden, classes",
    )
    refused(
        run_cli(*EQUAL, "--html", "page.html", "--layer", "hiden"),
        2,
        "error[ND2607]: --layer names 'hiden'; the layers are hidden, classes",
    )
    assert not (here / "page.html").exists()
    unknown = run_cli("verify", "build", "--data", "test.npz", "--against", "loihi9")
    assert unknown.code == 4
    assert unknown.err.startswith("error[ND4001]: target 'loihi9' is not installed; installed are")


def test_layer_needs_a_page(here: Path) -> None:
    refused(
        run_cli(*EQUAL, "--layer", "hidden"),
        2,
        "error[ND2601]: --layer chooses what --html shows; give --html FILE",
    )
