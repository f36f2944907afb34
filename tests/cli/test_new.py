from pathlib import Path

import pytest
from support.cli import run_cli
from support.golden_text import assert_golden

CONV = ["new", "conv", "--input", "1x28x28", "--classes", "10", "-o", "model.nir"]


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_text_of_new(request: pytest.FixtureRequest) -> None:
    result = run_cli(*CONV, "--reset", "subtract", "--tau", "4e-4")
    assert (result.code, result.err) == (0, "")
    text = "\n".join(line.rstrip() for line in result.out.splitlines()) + "\n"
    assert_golden(request, "new.txt", text)
    assert max(map(len, text.splitlines()[:8])) <= 80


def test_what_new_writes_compiles() -> None:
    for name in ("mlp", "recurrent"):
        made = run_cli("new", name, "--input", "64", "--classes", "10", "-o", f"{name}.nir")
        assert (made.code, made.err) == (0, "")
        assert run_cli("compile", f"{name}.nir").code == 0


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            ("--input", "1x28x0"),
            "--input is '1x28x0', expected whole numbers of at least 1, e.g. 1x28x28",
        ),
        (("--neuron", "alif"), "--neuron is 'alif', allowed are lif, if, cuba"),
        (("--readout", "max"), "--readout is 'max', allowed are integrator, spikes"),
        (
            ("--leak", "0.1", "--tau", "1e-3"),
            "--leak and --tau say the same thing; give one of the two",
        ),
        (
            ("--hidden", "16;32"),
            "--hidden is '16;32', expected whole numbers of at least 1, e.g. 256,128",
        ),
        (
            ("--neuron", "if", "--leak", "0.1"),
            "neurons of --neuron if have no leak; leave out --leak and --tau",
        ),
        (
            ("--current-leak", "0.1"),
            "--current-leak is for --neuron cuba, whose current is filtered",
        ),
        (("--tau", "0"), "--tau is 0, expected a positive number of seconds"),
    ],
)
def test_mistakes_are_named(change: tuple[str, ...], message: str) -> None:
    result = run_cli(*CONV, *change)
    assert result.code == 2
    assert result.err.splitlines()[0] == f"error[ND2601]: {message}"
