"""Every network of examples/models is what its card says."""

import json
import re
import shlex
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from onnx.reference import ReferenceEvaluator
from support.cli import run_cli
from support.shared import folder

import neurodeploy
from examples import fashion, mnist
from examples.fashion import Fashion
from examples.models import images
from examples.models.card import README, card, with_table
from examples.models.measure import (
    FILE,
    N_FIRST,
    deployed,
    digests,
    first_images,
    profiled,
    size_of,
)
from examples.models.recipes import ANN_STEPS, HERE, RECIPES
from neurodeploy import toolchain
from neurodeploy.methods.conversion.over_steps import ann_predictions

N_FLIPPED = 2
"""Right answers that another machine may have more or less: its sums end in another bit."""

MEASURED: dict[str, Any] = json.loads(FILE.read_text())
SPIKING = [name for name in RECIPES if RECIPES[name].n_steps != ANN_STEPS]


@pytest.fixture
def data(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fashion, "DATA", folder("data") / "fashion-mnist")
    monkeypatch.setattr(mnist, "DATA", folder("data") / "mnist")


def first(name: str) -> Fashion:
    return RECIPES[name].data()


@pytest.mark.parametrize("name", RECIPES)
def test_card_has_the_digest_of_the_file_and_the_measured_figures(name: str) -> None:
    written = (HERE / f"{name}.md").read_text()
    assert written == card(name, MEASURED[name])
    found = digests(RECIPES[name])
    assert found.items() <= MEASURED[name].items()
    assert all(f"`{digest}`" in written for digest in found.values())


def test_readme_lists_every_network() -> None:
    text = README.read_text()
    assert with_table(text, MEASURED) == text
    assert set(MEASURED) == set(RECIPES)


def test_files_are_small() -> None:
    sizes = {name: size_of(recipe.path) for name, recipe in RECIPES.items()}
    assert max(sizes.values()) < 1_000_000
    assert sum(sizes.values()) < 2_500_000


@pytest.mark.parametrize("name", SPIKING)
def test_compiled_without_any_option_it_is_as_accurate_as_its_card_says(
    name: str, data: None
) -> None:
    report = profiled(deployed(RECIPES[name]), first_images(first(name)), RECIPES[name])
    right = round(float(report.metrics["accuracy"].value or 0) * N_FIRST)
    assert abs(right - MEASURED[name]["first_right"]) <= N_FLIPPED
    assert (
        f"| right of the first 200 test images | {MEASURED[name]['first_right']} |"
        in (HERE / f"{name}.md").read_text()
    )


def test_artificial_network_is_as_accurate_as_its_card_says(data: None) -> None:
    images = first_images(first("fashion_ann"))
    right = (ann_predictions(neurodeploy.load(HERE / "fashion_ann.onnx"), images) == images.y).sum()
    assert abs(right - MEASURED["fashion_ann"]["first_right"]) <= N_FLIPPED


def test_onnx_file_means_to_onnx_what_it_means_here() -> None:
    path = HERE / "fashion_ann.onnx"
    x = np.random.default_rng(0).integers(0, 256, (3, 1, 28, 28)).astype(np.float32)
    (wanted,) = ReferenceEvaluator(str(path)).run(None, {"pixels": x})
    model = toolchain.load_model(path)[0]
    found = model.simulate(x[:, None]).readouts[model.outputs[0].population]
    np.testing.assert_allclose(found, wanted, rtol=1e-4, atol=1e-4)  # onnx computes in float32


@pytest.mark.parametrize(
    "name",
    [n if n == "fashion_exit" else pytest.param(n, marks=pytest.mark.slow) for n in RECIPES],
)
def test_commands_of_the_card_run(
    name: str, data: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "examples").symlink_to(HERE.parent)
    monkeypatch.chdir(tmp_path)
    (block,) = re.findall(r"```sh\n(.*?)```", (HERE / f"{name}.md").read_text(), re.DOTALL)
    for command in block.splitlines():
        program, *arguments = shlex.split(command)
        if program == "neurodeploy":
            result = run_cli(*arguments)
            assert result.code == 0, (command, result.err)
            continue
        assert [program, *arguments[:2]] == ["python", "-m", "examples.models.images"]
        monkeypatch.setattr(sys, "argv", arguments[1:])
        images.main()
    if name in SPIKING:
        right = MEASURED[name]["first_right"] / N_FIRST
        assert f"{100 * right:.2f} %" in result.out, result.out


def test_made_again_the_converted_network_is_the_same(data: None, tmp_path: Path) -> None:
    made_again("fashion_converted", tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize("name", [name for name in RECIPES if name != "fashion_converted"])
def test_made_again_it_is_the_same(name: str, data: None, tmp_path: Path) -> None:
    """On the machine that made it, and with the versions of constraints.txt."""
    made_again(name, tmp_path)


def made_again(name: str, folder: Path) -> None:
    path = folder / RECIPES[name].file
    RECIPES[name].make(path)
    load = toolchain.load_deployment if path.is_dir() else lambda p: toolchain.load_model(p)[0]
    assert load(path).digest == MEASURED[name]["digest"]
