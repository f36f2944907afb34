"""`compare` and `sweep` as a user sees them."""

import json
from pathlib import Path

import numpy as np
import pytest
from support.cli import run_cli
from support.gate import lower_threshold, network, stimulus
from support.golden_text import assert_golden

from neurodeploy.model.nir_file import write_nir


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    write_nir(network(), Path("model.nir"))
    write_nir(lower_threshold(network(), "fc1"), Path("low.nir"))
    x, y = stimulus()
    np.savez("test.npz", x=x, y=y)
    for name in ("model", "low"):
        assert run_cli("compile", f"{name}.nir", "-o", name).code == 0
    return tmp_path


def text_of(*arguments: str) -> str:
    result = run_cli(*arguments)
    assert (result.code, result.err) == (0, "")
    return "\n".join(line.rstrip() for line in result.out.splitlines()) + "\n"


def test_text_of_compare(request: pytest.FixtureRequest, here: Path) -> None:
    assert_golden(request, "compare.txt", text_of("compare", "model", "low", "--data", "test.npz"))


def test_text_of_a_sweep(request: pytest.FixtureRequest, here: Path) -> None:
    text = text_of(
        *("sweep", "model.nir", "--data", "test.npz", "--chips", "loihi2,xylo-a2"),
        *("--placements", "layer-order,balanced", "--steps", "5,15", "-o", "sweep"),
    )
    assert_golden(request, "sweep.txt", text)
    assert sorted(p.name for p in Path("sweep").iterdir()) == [
        "pareto.html",
        "sweep.csv",
        "sweep.json",
    ]
    assert "<script src=" not in Path("sweep/pareto.html").read_text()


def test_reports_are_compared_as_their_deployments_are(here: Path) -> None:
    for name in ("model", "low"):
        assert run_cli("profile", name, "--data", "test.npz", "-o", f"{name}.report").code == 0
    one = json.loads(text_of("compare", "model", "low", "--data", "test.npz", "--json"))
    two = json.loads(text_of("compare", "model.report", "low.report/report.json", "--json"))
    assert one["differences"] == ["populations[fc1].neuron.v_threshold: 1 against 0.5"]
    assert two["differences"] == []
    assert (one["layers"], one["metrics"]) == (two["layers"], two["metrics"])


def test_deployments_need_a_stimulus(here: Path) -> None:
    result = run_cli("compare", "model", "low")
    assert (result.code, result.out) == (2, "")
    assert result.err.splitlines()[0] == (
        "error[ND2601]: model: a deployment is profiled first, give --data STIMULUS.npz"
    )


@pytest.mark.parametrize(
    ("option", "value", "message"),
    [
        ("--placements", "random", "allowed are layer-order, balanced, traffic-aware, with commas"),
        ("--steps", "4,x", "expected positive numbers such as 8,16,32"),
        (
            "--objectives",
            "accuracy,speed",
            "expected at least two metrics such as accuracy,energy_total_j; neurodeploy "
            "budget schema names them",
        ),
    ],
)
def test_mistaken_option_is_refused(here: Path, option: str, value: str, message: str) -> None:
    result = run_cli("sweep", "model.nir", "--data", "test.npz", option, value)
    assert (result.code, result.out) == (2, "")
    assert result.err.splitlines()[0] == f"error[ND2601]: {option} is {value!r}, {message}"


def test_text_of_advice(request: pytest.FixtureRequest, here: Path) -> None:
    text = text_of("advise", "model.nir", "--data", "test.npz", "--max-drop", "10")
    assert_golden(request, "advise.txt", text)


def test_advice_is_applied(here: Path) -> None:
    arguments = ("advise", "model.nir", "--data", "test.npz", "--goal", "spikes")
    found = json.loads(text_of(*arguments, "--max-drop", "50", "--top", "9", "--json"))
    changes = [proposal["change"] for proposal in found["proposals"]]
    number = 1 + next(k for k, change in enumerate(changes) if "threshold" in change)
    text_of(*arguments, "--max-drop", "50", "--top", "9", "--apply", str(number), "-o", "new.nir")
    again = json.loads(text_of("profile", "new.nir", "--data", "test.npz", "--json"))
    promised = found["proposals"][number - 1]["metrics"]["spikes"]["value"]
    assert again["metrics"]["spikes"]["value"] == promised


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--apply", "1"), "--apply NUMBER and -o FILE.nir belong together; give both"),
        (("--goal", "speed"), "--goal is 'speed'; neurodeploy budget schema names them"),
    ],
)
def test_mistaken_advice_is_refused(here: Path, arguments: tuple[str, ...], message: str) -> None:
    result = run_cli("advise", "model.nir", "--data", "test.npz", *arguments)
    assert (result.code, result.out) == (2, "")
    assert result.err.splitlines()[0] == f"error[ND2601]: {message}"
