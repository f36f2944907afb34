"""A user's mistake ends in one clear message and its exit code, and leaves nothing behind."""

from pathlib import Path

import h5py
import numpy as np
import pytest
from support.cli import Result, run_cli
from support.models import dense_if_model

from neurodeploy import toolchain
from neurodeploy.model import Conv2d, If, Input, Model, Output, Population, Projection
from neurodeploy.target.registry import target_entries


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def model(here: Path) -> Path:
    path = here / "model.nir"
    toolchain.write_nir(dense_if_model(np.random.default_rng(0), sizes=(6, 5, 4)), path)
    return path


def compiled(path: str, *options: str) -> Result:
    before = set(Path.cwd().iterdir())
    result = run_cli("compile", path, "-o", "build", *options)
    assert set(Path.cwd().iterdir()) == before, "something was left behind"
    assert "Traceback" not in result.err
    return result


def assert_refused(result: Result, code: int, *lines: str) -> None:
    assert result.code == code
    assert result.out == ""
    *problems, hint = result.err.splitlines()
    assert problems == list(lines)
    error_code = lines[0].partition("[")[2].partition("]")[0]
    assert hint == f"  what this means: neurodeploy explain {error_code}"
    assert run_cli("explain", error_code).code == 0


def test_missing_file(here: Path) -> None:
    assert_refused(compiled("absent.nir"), 2, "error[ND2101]: absent.nir: no such file")


def test_text_named_nir(here: Path) -> None:
    (here / "text.nir").write_text("not a network")
    assert_refused(
        compiled("text.nir"),
        2,
        "error[ND2102]: text.nir: not an HDF5 file, which every .nir is",
    )


def test_truncated_file(here: Path, model: Path) -> None:
    (here / "cut.nir").write_bytes(model.read_bytes()[:2000])
    assert_refused(
        compiled("cut.nir"),
        2,
        "error[ND2102]: cut.nir: the HDF5 content is damaged or cut off; copy or export it again",
    )


def test_nan_weights_name_the_layer(here: Path, model: Path) -> None:
    with h5py.File(model, "r+") as file:
        nodes = file["node/nodes"]
        name = next(n for n in nodes if "weight" in nodes[n])
        weight = nodes[name]["weight"]
        weight[0, 0] = np.nan
        size = weight.size
    result = compiled("model.nir")
    assert result.code == 2
    assert result.err.splitlines()[0] == (
        f"error[ND2110]: model.nir: projection 'w0': weight holds 1 NaN of {size} values"
    )


def test_layer_too_large_for_one_core(here: Path) -> None:
    rng = np.random.default_rng(0)
    toolchain.write_nir(dense_if_model(rng, sizes=(140_000, 2)), here / "wide.nir")
    result = compiled("wide.nir")
    assert result.code == 3
    assert result.err.startswith("error[ND3201]: loihi2: population 'p0'")
    assert "131072" in result.err.replace(",", "")


def test_network_too_large_for_one_chip_says_how_many_are_needed(here: Path) -> None:
    weight = np.full((16, 1, 3, 3), 0.2)
    big = Model(
        inputs=(Input(name="in", shape=(1, 100, 100)),),
        populations=(
            Population(
                name="conv",
                shape=(16, 98, 98),
                neuron=If(r=np.full((), 1e4), v_threshold=np.ones(())),
            ),
        ),
        projections=(
            Projection(name="c", sources=("in",), target="conv", chain=(Conv2d(weight=weight),)),
        ),
        outputs=(Output(population="conv"),),
        dt_s=1e-4,
    )
    toolchain.write_nir(big, here / "big.nir")
    result = compiled("big.nir", "--chip", "loihi1")
    assert result.code == 3
    assert result.err.startswith("error[ND3201]: loihi1-davies2018: ")
    assert "2 chips" in result.err


def test_stimulus_of_another_shape(here: Path, model: Path) -> None:
    np.savez(here / "x.npz", x=np.zeros((2, 10, 7), np.uint8))
    assert_refused(
        run_cli("profile", "model.nir", "--data", "x.npz", "-o", "report"),
        2,
        "error[ND2306]: x.npz: x has shape (2, 10, 7); the network takes samples of shape (6,): "
        "give (sample, step, 6), or (sample, 6) with --encode",
    )
    assert not (here / "report").exists()


def test_stimulus_without_steps(here: Path, model: Path) -> None:
    np.savez(here / "x.npz", x=np.zeros((2, 6), np.uint8))
    assert_refused(
        run_cli("profile", "model.nir", "--data", "x.npz"),
        2,
        "error[ND2307]: x.npz: x has shape (2, 6), no steps; say how values become a series: "
        "--encode rate --steps 25 or --encode direct --steps 25",
    )


def test_stimulus_beyond_the_declared_range(here: Path, model: Path) -> None:
    assert run_cli("compile", "model.nir", "-o", "build").code == 0
    np.savez(here / "x.npz", x=np.full((2, 5, 6), 3, np.uint8))
    assert_refused(
        run_cli("run", "build", "--data", "x.npz"),
        2,
        "error[ND2305]: x.npz: values from 3 to 3; the deployment was compiled for inputs from 0 "
        "to 1: compile it with --input-range 0:3",
    )


def test_several_mistakes_in_the_data_are_told_together(here: Path, model: Path) -> None:
    np.savez(here / "x.npz", x=np.full((2, 5, 6), np.nan), y=np.zeros(3))
    assert_refused(
        run_cli("run", "model.nir", "--data", "x.npz"),
        2,
        "error[ND2303]: x.npz: x holds 60 values that are NaN or infinite",
        "error[ND2303]: x.npz: y has shape (3,) and dtype float64, expected one integer label for "
        "each of the 2 samples",
    )


@pytest.mark.parametrize(
    ("option", "value", "message"),
    [
        ("--dt", "-1", "--dt is -1, expected a positive number of seconds"),
        (
            "--reset",
            "soft",
            "--reset is 'soft', allowed are none, zero, zero-delayed, subtract, subtract-delayed, "
            "subtract-latched",
        ),
        ("--if-gain", "two", "--if-gain is 'two', allowed are spec, unit"),
        ("--input-range", "0-3", "--input-range is '0-3', expected LOW:HIGH"),
        ("--encode", "rate", "--encode rate needs --steps, e.g. --steps 25"),
        ("--input-coding", "x", "--input-coding is 'x', allowed are encoded, graded, injected"),
    ],
)
def test_wrong_option(here: Path, model: Path, option: str, value: str, message: str) -> None:
    assert_refused(compiled("model.nir", option, value), 2, f"error[ND2601]: {message}")


def test_unknown_layer_to_record(here: Path, model: Path) -> None:
    np.savez(here / "x.npz", x=np.zeros((2, 10, 6), np.uint8))
    assert_refused(
        run_cli("run", "model.nir", "--data", "x.npz", "--record", "p9"),
        2,
        "error[ND2604]: --record names 'p9'; the layers are p0, p1",
    )


def test_unknown_chip_and_target(here: Path, model: Path) -> None:
    unknown = compiled("model.nir", "--chip", "loihi3")
    assert (unknown.code, unknown.err[:14]) == (2, "error[ND2503]:")
    assert_refused(
        compiled("model.nir", "--target", "loihi9"),
        4,
        "error[ND4001]: target 'loihi9' is not installed; installed are: "
        f"{', '.join(target_entries())}",
    )


def test_usage_errors_exit_with_2(here: Path) -> None:
    assert run_cli("compile").code == 2
    assert run_cli("nonsense").code == 2


def test_weights_that_all_vanish_are_refused_with_the_remedy(here: Path, model: Path) -> None:
    result = compiled("model.nir", "--dt", "1e-12")
    assert result.code == 3
    assert "rounds to 0" in result.err
    assert "--if-gain unit" in result.err
