"""A residual network on images goes Model to Program to Run and equals the float network."""

import numpy as np
from support.deploy import assert_equals_reference, deployed, run, stimulus_of
from support.models import input_spikes

from neurodeploy.model import (
    Conv2d,
    If,
    Input,
    Model,
    Operator,
    Output,
    Population,
    Projection,
    Select,
)
from neurodeploy.terms import Reset

DT_S = 1e-4
SHAPES = {"in": (1, 6, 6), "a": (2, 6, 6), "b": (2, 6, 6), "c": (4, 3, 3)}
SHORTCUT = Select(
    start=(0, 0, 0), stop=(2, 6, 6), step=(1, 2, 2), before=(1, 0, 0), after=(1, 0, 0)
)


def conv(rng: np.random.Generator, n_in: int, n_out: int, stride: int = 1) -> Conv2d:
    weight = rng.integers(-12, 20, (n_out, n_in, 3, 3)) / 32
    return Conv2d(weight=weight, padding=(1, 1), stride=(stride, stride))


def network(rng: np.random.Generator) -> Model:
    """in -> a -> b -> c with the skips a -> b (as it is) and a -> c (a smaller image)."""
    chains: list[tuple[str, str, str, tuple[Operator, ...]]] = [
        ("first", "in", "a", (conv(rng, 1, 2),)),
        ("second", "a", "b", (conv(rng, 2, 2),)),
        ("skip", "a", "b", ()),
        ("third", "b", "c", (conv(rng, 2, 4, stride=2),)),
        ("shortcut", "a", "c", (SHORTCUT,)),
    ]
    neuron = If(r=np.full((), 1 / DT_S), v_threshold=np.ones(()))
    return Model(
        inputs=(Input(name="in", shape=SHAPES["in"]),),
        populations=tuple(
            Population(name=name, shape=SHAPES[name], neuron=neuron, reset=Reset.SUBTRACT)
            for name in ("a", "b", "c")
        ),
        projections=tuple(
            Projection(name=name, sources=(source,), target=target, chain=chain)
            for name, source, target, chain in chains
        ),
        outputs=(Output(population="c"),),
        dt_s=DT_S,
    )


def test_a_residual_network_on_images_equals_float() -> None:
    rng = np.random.default_rng(9)
    model, x = network(rng), input_spikes(rng, 2, 20, SHAPES["in"])
    deployment = deployed(model)
    stimulus = stimulus_of(deployment, x)
    found = run(deployment, stimulus)
    assert_equals_reference(deployment.program, stimulus, found)
    wanted = model.simulate(x, record=["c"]).rasters["c"].reshape(2, 20, -1)
    lag = deployment.program.population("c").t_start
    np.testing.assert_array_equal(found.rasters["c"][:, lag : lag + 20], wanted)
    assert wanted.sum() > 100


def test_skips_have_one_weight_a_pixel() -> None:
    program = deployed(network(np.random.default_rng(9))).program
    skips = {p.name: p.operator for p in program.projections if p.name in ("skip", "shortcut")}
    kinds = {name: type(operator).__name__ for name, operator in skips.items()}
    assert kinds == {"skip": "Conv", "shortcut": "Sparse"}
