"""Recordings of other machines are read in every shape they may have, and refused with reasons."""

from pathlib import Path

import numpy as np
import pytest
from support.verifying import recorded

from neurodeploy.errors import InputError
from neurodeploy.program import Program
from neurodeploy.target.conformance import random_case
from neurodeploy.target.conformance.check import stimulus_of
from neurodeploy.verification import read_recording


@pytest.fixture
def program() -> Program:
    return random_case("conv_geometry", 1).program


def write(path: Path, **arrays: np.ndarray) -> Path:
    np.savez(path, **arrays)
    return path


def test_images_lines_and_single_samples_are_the_same_recording(
    tmp_path: Path, program: Program
) -> None:
    ours = recorded(program, stimulus_of(random_case("conv_geometry", 1)))
    lines, shape = ours.outputs["a"], program.population("a").shape
    images = lines.reshape(*lines.shape[:2], *shape)
    written = [
        write(tmp_path / "lines.npz", **{"spikes.a": lines}),
        write(tmp_path / "images.npz", **{"spikes.a": images.astype(bool)}),
        write(tmp_path / "bare.npz", a=images.astype(np.float32), predictions=np.zeros(3)),
        write(tmp_path / "single.npz", **{"spikes.a": images[0]}),
        write(tmp_path / "single_line.npz", **{"spikes.a": lines[0]}),
    ]
    for path in written:
        found = read_recording(path, program, n_samples=2)
        n_samples = 1 if path.name.startswith("single") else 2
        np.testing.assert_array_equal(found.outputs["a"], lines[:n_samples])
        assert found.name == path.name


def test_every_mistake_is_told(tmp_path: Path, program: Program) -> None:
    size = program.population("b").size
    shape = ", ".join(map(str, program.population("b").shape))
    path = write(
        tmp_path / "x.npz",
        **{
            "spikes.fc9": np.zeros((1, 5, 3)),
            "spikes.b": np.zeros((1, 5, size + 1)),
            "v.b": np.full((1, 5, size), 0.5),
        },
    )
    with pytest.raises(InputError) as caught:
        read_recording(path, program, 5)
    assert str(caught.value).splitlines() == [
        f"ND2321: {path}: holds 'spikes.fc9'; the layers are a, b",
        f"ND2321: {path}: spikes.b has shape (1, 5, {size + 1}), expected (sample, step, {shape})",
        f"ND2321: {path}: v.b has dtype float64 and values that are no integers",
    ]


def test_layers_of_different_length_are_refused(tmp_path: Path, program: Program) -> None:
    arrays = {
        f"spikes.{name}": np.zeros((1, n_steps, program.population(name).size), np.int8)
        for name, n_steps in (("a", 7), ("b", 9))
    }
    path = write(tmp_path / "x.npz", **arrays)
    with pytest.raises(InputError) as caught:
        read_recording(path, program, 5)
    assert str(caught.value) == (
        f"ND2321: {path}: its layers have 1 x 7 and 1 x 9 samples and steps; record all of them "
        "alike"
    )


def test_a_file_without_layers_is_refused(tmp_path: Path, program: Program) -> None:
    path = write(tmp_path / "x.npz", predictions=np.zeros(3))
    with pytest.raises(InputError) as caught:
        read_recording(path, program, 5)
    assert str(caught.value) == (
        f"ND2321: {path}: holds no layer; expected spikes.NAME (sample, step, neuron)"
    )


def test_a_run_that_was_stopped_early_is_refused(tmp_path: Path, program: Program) -> None:
    size = program.population("b").size
    path = write(tmp_path / "x.npz", b=np.zeros((1, 5, size)), steps_used=np.asarray([3]))
    with pytest.raises(InputError) as caught:
        read_recording(path, program, 5)
    assert str(caught.value) == (
        f"ND2321: {path}: comes from a run that an exit policy stopped, and every step is "
        "compared; take the policy out first: neurodeploy exit BUILD --remove"
    )
