import warnings
from dataclasses import replace
from pathlib import Path

import h5py
import nir
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.models import dense_if_model
from support.random_models import random_model

from neurodeploy.errors import InputError
from neurodeploy.model import (
    Affine,
    BatchNorm,
    Conv2d,
    If,
    Input,
    Linear,
    Max,
    Model,
    Output,
    Population,
    Projection,
    Relu,
    Shift,
)
from neurodeploy.model.nir_file import Conventions, read_nir, write_nir
from neurodeploy.terms import Reset


def assert_comes_back(model: Model, path: Path) -> None:
    write_nir(model, path)
    graph = nir.read(path)
    assert set(graph.metadata) == {"neurodeploy"}
    again, assumed = read_nir(path, Conventions())
    assert assumed == ()
    assert again.digest == model.digest


@given(seed=st.integers(0, 2**32 - 1))
@settings(max_examples=40, deadline=None)
def test_a_written_model_is_read_by_nir_and_comes_back_equal(
    tmp_path_factory: pytest.TempPathFactory, seed: int
) -> None:
    path = tmp_path_factory.mktemp("nir") / "model.nir"
    assert_comes_back(random_model(np.random.default_rng(seed)), path)


@pytest.mark.slow
def test_500_written_models_are_read_by_nir_and_come_back_equal(tmp_path: Path) -> None:
    for seed in range(500):
        assert_comes_back(random_model(np.random.default_rng(seed)), tmp_path / "model.nir")


@pytest.mark.parametrize("seed", range(25))
def test_the_graph_alone_is_the_network(tmp_path: Path, seed: int) -> None:
    """Without our metadata, but for dt, and what NIR cannot say: other resets, a first state."""
    model = random_model(np.random.default_rng(seed))
    plain = {"reset": Reset.ZERO, "v0": np.zeros(()), "i0": np.zeros(())}
    model = replace(model, populations=tuple(replace(p, **plain) for p in model.populations))
    path = tmp_path / "model.nir"
    write_nir(model, path)
    with h5py.File(path, "a") as file:
        del file["node/metadata"]
    again, _ = read_nir(path, Conventions(dt_s=model.dt_s))
    x = np.random.default_rng(seed).integers(0, 2, (2, 15, *model.inputs[0].shape)) * 1.0
    names = [p.name for p in model.populations if p.name in {q.name for q in again.populations}]
    assert len(names) >= len([p for p in model.populations if not isinstance(p.neuron, Linear)])
    wanted, found = (m.simulate(x, record=names).rasters for m in (model, again))
    for name in names:
        # Sums of several projections are added in another order.
        np.testing.assert_allclose(found[name], wanted[name], rtol=1e-9, atol=1e-9)


def test_equal_models_give_equal_bytes(tmp_path: Path) -> None:
    model = random_model(np.random.default_rng(5))
    write_nir(model, tmp_path / "a.nir")
    write_nir(random_model(np.random.default_rng(5)), tmp_path / "b.nir")
    assert (tmp_path / "a.nir").read_bytes() == (tmp_path / "b.nir").read_bytes()


def test_nir_writes_our_graph_again_and_the_notes_stay(tmp_path: Path) -> None:
    model = random_model(np.random.default_rng(11))
    write_nir(model, tmp_path / "ours.nir")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # nir sets an array's shape
        nir.write(tmp_path / "theirs.nir", nir.read(tmp_path / "ours.nir"))
    assert read_nir(tmp_path / "theirs.nir", Conventions())[0].digest == model.digest


def test_options_override_what_the_file_says(tmp_path: Path) -> None:
    model = dense_if_model(np.random.default_rng(0), (3, 2), reset=Reset.SUBTRACT)
    write_nir(model, tmp_path / "m.nir")
    given = Conventions(dt_s=1e-3, reset=Reset.NONE, if_gain="unit")
    again, assumed = read_nir(tmp_path / "m.nir", given)
    settled = "leaks and gains are those of a step already: neurodeploy wrote the file"
    assert assumed == (settled,)
    assert again.dt_s == 1e-3
    assert again.populations[0].reset is Reset.NONE
    neuron = again.populations[0].neuron
    assert isinstance(neuron, If)
    assert neuron.r == 1e4
    assert again.history == (
        settled,
        "dt is 0.001 s instead of the file's 0.0001 s (--dt)",
        "reset is none (--reset)",
    )


def test_what_other_readers_miss_is_told(tmp_path: Path) -> None:
    model = dense_if_model(np.random.default_rng(0), (3, 2), reset=Reset.SUBTRACT)
    population = replace(model.populations[0], v0=np.ones(2))
    conv = Conv2d(weight=np.ones((2, 1, 1, 3)), groups=2)
    first = Projection(name="c", sources=("x",), target="y", chain=(conv,))
    image = Population(name="y", shape=(2, 5, 3), neuron=If(r=np.ones(()), v_threshold=np.ones(())))
    model = replace(
        model,
        inputs=(*model.inputs, Input(name="x", shape=(2, 5, 5))),
        populations=(population, image),
        projections=(replace(model.projections[0], delay_steps=3), first),
    )
    assert write_nir(model, tmp_path / "m.nir") == (
        "convolution 'c' (2 groups, kernel (1, 3)) is written with one group and a square kernel, "
        "as nir reads no other",
        "reset subtract of p0 is no part of NIR, only we read it",
        "the initial state of p0 is no part of NIR, only we read it",
    )
    assert nir.read(tmp_path / "m.nir").nodes["w0.delay"].delay.tolist() == [3 * 1e-4] * 3
    assert read_nir(tmp_path / "m.nir", Conventions())[0].digest == model.digest


def test_a_block_dense_square_convolution_is_the_same_convolution(tmp_path: Path) -> None:
    rng = np.random.default_rng(3)
    conv = Conv2d(
        weight=rng.normal(size=(6, 2, 3, 5)),
        stride=(2, 1),
        padding=(0, 1),
        dilation=(2, 1),
        groups=3,
    )
    shape = (6, 9, 8)
    target = Population(name="y", shape=conv.output_shape(shape), neuron=Linear())
    model = Model(
        inputs=(Input(name="x", shape=shape),),
        populations=(target,),
        projections=(Projection(name="c", sources=("x",), target="y", chain=(conv,)),),
        outputs=(Output(population="y"),),
        dt_s=1e-4,
    )
    write_nir(model, tmp_path / "m.nir")
    node = nir.read(tmp_path / "m.nir").nodes["c"]
    plain = Conv2d(
        weight=node.weight,
        stride=(int(node.stride[0]), int(node.stride[1])),
        padding=(int(node.padding[0]), int(node.padding[1])),
        dilation=(int(node.dilation[0]), int(node.dilation[1])),
    )
    assert plain.weight.shape == (6, 6, 5, 5)
    x = rng.normal(size=(2, *shape))
    np.testing.assert_allclose(plain.apply(x), conv.apply(x), rtol=0, atol=1e-12)  # sums reordered
    assert read_nir(tmp_path / "m.nir", Conventions())[0].digest == model.digest


def test_everything_without_a_nir_node_is_refused_at_once(tmp_path: Path) -> None:
    def to(target: str, *chain: object, name: str, source: str = "x") -> Projection:
        return Projection(name=name, sources=(source,), target=target, chain=chain)  # type: ignore[arg-type]

    norm = BatchNorm(mean=np.zeros(1), var=np.ones(1), gamma=np.ones(1), beta=np.zeros(1), eps=0.1)
    spiking = If(r=np.ones(()), v_threshold=np.ones(()))
    pool = Max(input_shape=(1, 4, 4), kernel=(2, 2), stride=(2, 2))
    model = Model(
        inputs=(Input(name="x", shape=(1, 4, 4)),),
        populations=(
            Population(name="a", shape=(1, 4, 4), neuron=Relu()),
            Population(name="b", shape=(1, 2, 2), neuron=pool),
            Population(name="join", shape=(1, 4, 4), neuron=Linear()),
            Population(name="s/1", shape=(1, 4, 4), neuron=spiking),
            Population(name="odd", shape=(1, 3, 2), neuron=spiking),
        ),
        projections=(
            to("a", norm, name="n"),
            to("b", name="max"),
            to("join", Shift(shift=np.ones(())), name="s"),
            Projection(name="twice", sources=("join", "join"), target="s/1", chain=()),
            to("odd", Conv2d(weight=np.ones((1, 1, 2, 3))), name="c"),
        ),
        outputs=(Output(population="s/1"),),
        dt_s=1e-4,
    )
    with pytest.raises(InputError) as caught:
        write_nir(model, tmp_path / "m.nir")
    assert caught.value.code == "ND2105"
    instead = "write a folder with model.json (-o without .nir)"
    assert caught.value.problems == (
        f"population 'a' is Relu: NIR holds no artificial network; convert it, or {instead}",
        f"population 'b' is Max: NIR has no maximum pooling; {instead}",
        "the name 's/1' is taken or no HDF5 name; rename it",
        "'n' is BatchNorm, which NIR lacks; fold it first",
        f"'s' is Shift, which NIR lacks; {instead}",
        "'c': a kernel of (2, 3) cannot be centred in a square one, and nir reads no other",
        "'twice' and 'twice' are both the edge 'join' -> 's/1', which NIR holds once",
    )
    assert list(tmp_path.iterdir()) == []


def test_an_edited_graph_is_read_without_the_names_of_its_notes(tmp_path: Path) -> None:
    model = dense_if_model(np.random.default_rng(0), (3, 2))
    write_nir(model, tmp_path / "m.nir")
    graph = nir.read(tmp_path / "m.nir")
    graph.nodes["loop"] = nir.Linear(weight=np.eye(2))
    graph.edges += [("p0", "loop"), ("loop", "p0")]
    nir.write(tmp_path / "edited.nir", graph)
    again, assumed = read_nir(tmp_path / "edited.nir", Conventions())
    assert assumed == (
        "projection 'loop' closes a loop: delayed by one step",
        "the graph was edited: the names and delays in its metadata are not used",
    )
    assert [(p.name, p.delay_steps) for p in again.projections] == [("w0", 0), ("loop", 1)]
    assert isinstance(again.projections[1].chain[0], Affine)
