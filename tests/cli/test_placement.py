"""`compile --placement` and `--compare-placements`."""

import json
from pathlib import Path

import numpy as np
import pytest
from support.cli import run_cli
from support.golden_text import assert_golden

from neurodeploy import toolchain
from neurodeploy.frontends import encoding
from neurodeploy.frontends.demo import DEMO_NETWORK
from neurodeploy.frontends.digits import load_digits
from neurodeploy.placement import Strategy

CODED = ("--data", "plain.npz", "--encode", "rate", "--steps", "10")


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "model.nir").write_bytes(DEMO_NETWORK.read_bytes())
    test = load_digits().test
    np.savez(tmp_path / "plain.npz", x=test.x[:20], y=test.y[:20])
    return tmp_path


def test_table_of_placements(request: pytest.FixtureRequest, here: Path) -> None:
    result = run_cli(
        *("compile", "model.nir", *CODED),
        *("--placement", "traffic-aware", "--compare-placements"),
    )
    assert (result.code, result.err) == (0, "")
    text = "\n".join(line.rstrip() for line in result.out.splitlines()) + "\n"
    tables = [line for line in text.splitlines() if "  " in line.strip()]
    assert max(map(len, tables)) <= 80
    assert_golden(request, "compile_placements.txt", text)


def test_json_says_which_placement_and_what_each_costs(here: Path) -> None:
    result = run_cli(
        *("compile", "model.nir", "--placement", "balanced", "--compare-placements", "--json")
    )
    document = json.loads(result.out)
    assert document["placement"] == "balanced"
    assert document["history"][-1] == (
        "placement: balanced, activity assumed for want of calibration data: "
        "a spike of all in every step"
    )
    assert [row["strategy"] for row in document["placements"]] == list(Strategy)
    cores = {row["strategy"]: row["n_cores"] for row in document["placements"]}
    assert cores["balanced"] == document["cores"] > cores["layer-order"] == 1


def test_unknown_placement_is_refused(here: Path) -> None:
    result = run_cli("compile", "model.nir", "--placement", "random")
    assert (result.code, result.out) == (2, "")
    assert result.err.splitlines()[0] == (
        "error[ND2601]: --placement is 'random', allowed are layer-order, balanced, traffic-aware"
    )


def test_samples_are_coded_once(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[int] = []
    rate = encoding.rate

    def counted(x: np.ndarray, n_steps: int, seed: int, *, indices: object) -> np.ndarray:
        calls.append(n_steps)
        return rate(x, n_steps, seed, indices=indices)

    monkeypatch.setattr(encoding, "rate", counted)
    assert run_cli("compile", "model.nir", *CODED, "--placement", "balanced").code == 0
    assert calls == [10]


@pytest.mark.parametrize("chip", ["loihi1", "loihi2", "ideal"])
def test_measured_activity_is_what_the_integers_do(here: Path, chip: str) -> None:
    network, _ = toolchain.load(Path("model.nir"))
    data = toolchain.read_samples(Path("plain.npz"))
    coder = toolchain.Encoding(coder="rate", n_steps=10)
    series = toolchain.encoded_for(network, data, coder)
    options = toolchain.CompileOptions(chip=chip, placement=Strategy.BALANCED)
    deployment = toolchain.compile_network(network, "cpu-emu", options, (data, coder))
    activity = toolchain.activity_on(deployment, series)
    run = toolchain.run(deployment, toolchain.stimulus_of(deployment, series))
    assert activity.n_steps == 20 * run.n_steps
    assert activity.spikes["input"].sum() == np.count_nonzero(series.x)
    for name, spikes in run.spikes_per_neuron.items():
        np.testing.assert_array_equal(activity.spikes[name], spikes)
    assert deployment.history[-1] == (
        "placement: balanced, activity measured on 20 samples of plain.npz"
    )
