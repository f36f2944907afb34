import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from support.random_models import random_model

from neurodeploy.errors import InputError
from neurodeploy.model import (
    Affine,
    BatchNorm,
    Conv2d,
    Flatten,
    Input,
    Linear,
    Max,
    Model,
    Output,
    Population,
    Projection,
    Relu,
    Scale,
    Select,
    Shift,
)
from neurodeploy.model.model_file import read_model, write_model
from neurodeploy.terms import Readout

RNG = np.random.default_rng(8)


def artificial() -> Model:
    """An artificial network of everything that NIR lacks."""
    pad = Select(start=(0, 0, 0), stop=(2, 4, 4), step=(1, 1, 1), before=(1, 0, 0), after=(0, 2, 0))
    norm = BatchNorm(
        mean=RNG.normal(size=2),
        var=RNG.uniform(1, 2, 2),
        gamma=RNG.normal(size=2),
        beta=RNG.normal(size=2),
        eps=1e-5,
    )
    chains = {
        "relu": (Conv2d(weight=RNG.normal(size=(2, 1, 3, 3))), norm),
        "max": (pad, Shift(shift=RNG.normal(size=(3, 1, 1)))),
        "staircase": (Scale(scale=np.full((), 0.5)), Flatten()),
        "out": (Affine(weight=RNG.normal(size=(2, 9))),),
    }
    populations = (
        Population(name="relu", shape=(2, 4, 4), neuron=Relu(ceiling=6.0)),
        Population(
            name="max",
            shape=(3, 3, 1),
            neuron=Max(input_shape=(3, 6, 4), kernel=(2, 4), stride=(2, 2)),
        ),
        Population(name="staircase", shape=(9,), neuron=Relu(ceiling=2.0, levels=4)),
        Population(name="out", shape=(2,), neuron=Linear()),
    )
    sources = ["x", "relu", "max", "staircase"]
    return Model(
        inputs=(Input(name="x", shape=(1, 6, 6), low=-1.0),),
        populations=populations,
        projections=tuple(
            Projection(name=f"to {target}", sources=(source,), target=target, chain=chain)
            for source, (target, chain) in zip(sources, chains.items(), strict=True)
        ),
        outputs=(Output(population="out", readout=Readout.SUM),),
        dt_s=1e-4,
        history=("made",),
    )


def test_an_artificial_network_comes_back_equal(tmp_path: Path) -> None:
    model = artificial()
    write_model(model, tmp_path / "ann")
    found = read_model(tmp_path / "ann")
    assert found.digest == model.digest
    x = RNG.normal(size=(3, 1, 1, 6, 6))
    np.testing.assert_array_equal(
        found.simulate(x).readouts["out"], model.simulate(x).readouts["out"]
    )


@pytest.mark.parametrize("seed", range(8))
def test_a_spiking_network_comes_back_equal(tmp_path: Path, seed: int) -> None:
    model = random_model(np.random.default_rng(seed))
    write_model(model, tmp_path / "snn")
    assert read_model(tmp_path / "snn").digest == model.digest


def test_whole_numbers_as_a_range_come_back_equal(tmp_path: Path) -> None:
    model = artificial()
    whole = replace(model, inputs=(Input(name="x", shape=(1, 6, 6), low=0, high=255),))
    write_model(whole, tmp_path / "model")
    assert read_model(tmp_path / "model").digest == whole.digest


def test_equal_models_give_equal_files(tmp_path: Path) -> None:
    model = artificial()
    for name in ("a", "b"):
        write_model(model, tmp_path / name)
    for file in ("model.json", "arrays.npz"):
        assert (tmp_path / "a" / file).read_bytes() == (tmp_path / "b" / file).read_bytes()


def test_a_model_is_replaced_and_nothing_else(tmp_path: Path) -> None:
    write_model(artificial(), tmp_path / "ann")
    write_model(random_model(np.random.default_rng(0)), tmp_path / "ann")
    assert read_model(tmp_path / "ann").populations[0].name == "p0"
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "thesis.tex").write_text("")
    with pytest.raises(InputError) as caught:
        write_model(artificial(), tmp_path / "other")
    assert str(caught.value) == (
        f"ND2401: {tmp_path / 'other'}: exists and holds no model.json, so it is not ours to "
        "replace; choose another folder with -o"
    )


def refusal(folder: Path) -> str:
    with pytest.raises(InputError) as caught:
        read_model(folder)
    return str(caught.value)


def test_a_folder_without_a_model_is_refused(tmp_path: Path) -> None:
    assert refusal(tmp_path) == f"ND2106: {tmp_path}: holds no model.json"


def test_what_is_no_model_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "model.json"
    path.write_text("{")
    assert refusal(tmp_path) == (
        f"ND2106: {path}: not a model (Expecting property name enclosed in double quotes: "
        "line 1 column 2 (char 1))"
    )
    path.write_text("[" * 100_000)
    assert refusal(tmp_path).startswith(f"ND2106: {path}: not a model (maximum recursion depth")
    path.write_bytes(b"\xff\xfe")
    assert refusal(tmp_path) == (
        f"ND2106: {path}: not a model ('utf-8' codec can't decode byte 0xff in position 0: "
        "invalid start byte)"
    )


def rewritten(folder: Path, **changes: object) -> None:
    path = folder / "model.json"
    document = json.loads(path.read_text())
    path.write_text(json.dumps(document | changes))


def test_another_schema_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "ann"
    write_model(artificial(), folder)
    rewritten(folder, schema=99)
    assert refusal(folder) == f"ND2106: {folder / 'model.json'}: schema 99, this version reads 1"


def test_a_changed_model_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "ann"
    write_model(artificial(), folder)
    rewritten(folder, digest="sha256:0")
    assert refusal(folder) == f"ND2106: {folder}: its content does not match its digest"


def test_a_model_of_another_form_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "ann"
    write_model(artificial(), folder)
    rewritten(folder, model={"type": "Model", "weights": 1})
    assert refusal(folder) == (
        f"ND2106: {folder / 'model.json'}: not a valid Model (: unknown keys weights)"
    )
    (folder / "arrays.npz").unlink()
    assert refusal(folder) == f"ND2106: {folder / 'arrays.npz'}: no such file"
