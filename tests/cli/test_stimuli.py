"""Every stimulus and every encoder goes through `run`, and its settings are recorded."""

import json
from pathlib import Path

import nir
import numpy as np
import pytest
from support import shared
from support.cli import run_cli
from support.models import dense_if_model

from neurodeploy import toolchain
from neurodeploy.frontends.encoders import delta
from neurodeploy.model import Affine, Flatten, If, Input, Model, Output, Population, Projection


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    toolchain.write_nir(dense_if_model(np.random.default_rng(0), sizes=(6, 5, 4)), Path("m.nir"))
    return tmp_path


def ran(*arguments: object) -> dict[str, object]:
    result = run_cli("run", *arguments, "--json")
    assert result.code == 0, result.err
    found: dict[str, object] = json.loads(result.out)
    return found


def refused(*arguments: object) -> list[str]:
    result = run_cli("run", *arguments)
    assert (result.code, result.out) == (2, "")
    return result.err.splitlines()[:-1]


def test_npy_and_npz_and_nir_data_are_one_stimulus(here: Path) -> None:
    x = (np.random.default_rng(1).random((3, 20, 6)) < 0.4).astype(np.uint8)
    np.savez("x.npz", x=x, y=np.array([0, 1, 2]))
    np.save("x.npy", x)
    np.save("y.npy", np.array([0, 1, 2]))
    spikes = nir.TimeGriddedData(x.astype(bool), 1e-3)
    nodes = {
        "grid": nir.NIRNodeData({"spikes": spikes}),
        "events": nir.NIRNodeData({"spikes": spikes.to_event(200)}),
    }
    nir.write_data("d.h5", nir.NIRGraphData(nodes))
    first = ran("m.nir", "--data", "x.npz")
    labels = ("--labels", "y.npy")
    several = [
        ran("m.nir", "--data", "x.npy", *labels),
        ran("m.nir", "--data", "d.h5", *labels, "--observable", "grid/spikes"),
        ran(
            *("m.nir", "--data", "d.h5", *labels, "--observable", "events/spikes"),
            *("--step-us", 1000),
        ),
    ]
    for other in several:
        assert {k: v for k, v in other.items() if k != "assumptions"} == {
            k: v for k, v in first.items() if k != "assumptions"
        }


def polarity_model() -> Model:
    """Falls and rises of two values, each of which is a neuron that fires for it."""
    return Model(
        inputs=(Input(name="x", shape=(2, 2)),),
        outputs=(Output(population="n"),),
        populations=(
            Population(
                name="n", shape=(4,), neuron=If(r=np.full(4, 1e3), v_threshold=np.full(4, 0.5))
            ),
        ),
        projections=(
            Projection(
                name="w",
                sources=("x",),
                target="n",
                chain=(Flatten(), Affine(weight=np.eye(4), bias=np.zeros(4))),
            ),
        ),
        dt_s=1e-3,
    )


def test_delta_makes_spikes_of_a_series_and_is_recorded(here: Path) -> None:
    toolchain.write_nir(polarity_model(), Path("p.nir"))
    series = np.cumsum(np.random.default_rng(0).normal(size=(3, 40, 2)), axis=1)
    np.savez("x.npz", x=series)
    arguments = ("--data", "x.npz", "--encode", "delta", "--delta-threshold", 0.8)
    found = ran("p.nir", *arguments)
    assert found["spikes"] == {"n": int(delta(series, 0.8).sum())}
    result = run_cli("profile", "p.nir", *arguments, "-o", "report")
    assert result.code == 0, result.err
    assert json.loads(Path("report/report.json").read_text())["stimulus"] == (
        "delta, threshold 0.8, 40 steps"
    )


def test_event_frames_of_nmnist_are_those_of_its_loader(here: Path) -> None:
    data, net = shared.data_module(), shared.folder("models") / "nir" / "cnn_sinabs.nir"
    events, labels, is_test, _ = data.nmnist()
    chosen = np.flatnonzero(is_test)[:3]
    parts = [events[k] for k in chosen]
    np.savez(
        "e.npz",
        **{name: np.concatenate([part[k] for part in parts]) for k, name in enumerate("xypt")},
        offsets=np.cumsum([0, *(len(part[0]) for part in parts)]),
        labels=labels[chosen],
    )
    np.savez(
        "x.npz",
        x=np.stack([data.nmnist_frames(part, steps=320) for part in parts]),
        y=labels[chosen],
    )
    encode = ("--encode", "event-frames", "--step-us", 1000, "--steps", 320)
    one = ran(net, "--from", "sinabs", "--data", "e.npz", *encode)
    other = ran(net, "--from", "sinabs", "--data", "x.npz")
    assert one["right"] is not None
    assert {**one, "assumptions": []} == {**other, "assumptions": []}


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        (
            ("--encode", "phase"),
            "--encode is 'phase', allowed are rate, latency, direct, delta, event-frames",
        ),
        (
            ("--encode", "delta"),
            "--encode delta needs --delta-threshold, e.g. --delta-threshold 0.1",
        ),
        (
            ("--encode", "delta", "--delta-threshold", 1, "--steps", 5),
            "--encode delta keeps the steps of the series; leave out --steps",
        ),
        (
            ("--encode", "event-frames", "--steps", 5),
            "--encode event-frames needs --step-us, e.g. --step-us 1000",
        ),
        (
            ("--encode", "rate", "--steps", 5, "--step-us", 10),
            "--step-us is for events; --encode rate has no use for it",
        ),
        (("--delta-threshold", 1), "--delta-threshold is for --encode delta alone"),
    ],
)
def test_settings_and_encoders_belong_together(
    here: Path, options: tuple[object, ...], problem: str
) -> None:
    np.savez("x.npz", x=np.zeros((2, 6)))
    assert refused("m.nir", "--data", "x.npz", *options) == [f"error[ND2601]: {problem}"]


def test_what_cannot_be_encoded_names_the_file(here: Path) -> None:
    toolchain.write_nir(polarity_model(), Path("p.nir"))
    np.savez("x.npz", x=np.zeros((2, 9, 2)))
    assert refused("p.nir", "--data", "x.npz", "--encode", "delta", "--delta-threshold", -1) == [
        "error[ND2304]: x.npz: delta coding: threshold is -1, a positive number is needed"
    ]
    assert refused("m.nir", "--data", "x.npz", "--encode", "delta", "--delta-threshold", 1) == [
        "error[ND2306]: x.npz: x has shape (2, 9, 2), of which delta makes steps of (2, 2), falls "
        "and rises; the network takes (6,)"
    ]


def test_values_that_are_no_integers_enter_through_the_host(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What `compile` and `profile` suggest as the next command has to run as it stands."""
    monkeypatch.chdir(tmp_path)
    assert run_cli("new", "mlp", "--input", "6", "--classes", "3", "-o", "m.nir").code == 0
    x = np.random.default_rng(0).random((4, 6))
    np.savez("x.npz", x=x, y=np.zeros(4, int))
    coded = ("--data", "x.npz", "--encode", "direct", "--steps", "5")
    compiled = run_cli("compile", "m.nir", *coded, "-o", "b")
    assert (compiled.code, compiled.err) == (0, "")
    assert "input coding: injected" in compiled.out
    profiled = run_cli("profile", "m.nir", *coded)
    assert (profiled.code, profiled.err) == (0, "")
    assert (
        "assumed: input coding injected: x of x.npz holds values that are not integers"
        in profiled.out
    )
    assert run_cli("profile", "b", *coded).code == 0
