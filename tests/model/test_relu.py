import math

import numpy as np
import pytest

from neurodeploy.errors import InputError
from neurodeploy.model import Input, Model, Output, Population, Projection, Relu
from neurodeploy.terms import Readout


def relu_model(neuron: Relu, n: int = 1) -> Model:
    return Model(
        inputs=(Input(name="x", shape=(n,)),),
        populations=(Population(name="n", shape=(n,), neuron=neuron),),
        projections=(Projection(name="p", sources=("x",), target="n", chain=()),),
        outputs=(Output(population="n", readout=Readout.SUM),),
        dt_s=1e-4,
    )


def values(neuron: Relu, x: list[float]) -> list[float]:
    model = relu_model(neuron, len(x))
    return model.simulate(np.array(x)[None, None]).readouts["n"][0].tolist()


def test_a_ceiling_cuts_off() -> None:
    assert values(Relu(ceiling=6.0), [-1.0, 0.5, 6.0, 7.0]) == [0.0, 0.5, 6.0, 6.0]


def test_levels_round_to_the_nearest_and_halves_up() -> None:
    x = [-1.0, 0.24, 0.25, 0.74, 0.75, 1.25, 1.9, 9.0]
    assert values(Relu(ceiling=2.0, levels=4), x) == [0.0, 0.0, 0.5, 0.5, 1.0, 1.5, 2.0, 2.0]


def test_levels_are_the_staircase_of_its_equation() -> None:
    x = np.random.default_rng(0).uniform(-1, 4, 200)
    ceiling, levels = 2.5, 5
    staircase = [
        ceiling * min(max(math.floor(v * levels / ceiling + 0.5) / levels, 0.0), 1.0) for v in x
    ]
    # a product is rounded in another order
    np.testing.assert_allclose(
        values(Relu(ceiling=ceiling, levels=levels), x.tolist()), staircase, rtol=0, atol=1e-15
    )


@pytest.mark.parametrize(
    ("neuron", "problem"),
    [
        (Relu(ceiling=0.0), "ceiling is 0, expected a positive number"),
        (Relu(ceiling=float("inf")), "ceiling is inf, expected a positive number"),
        (Relu(levels=4), "4 levels below a ceiling of None, expected at least 1 below a number"),
        (
            Relu(ceiling=1.0, levels=0),
            "0 levels below a ceiling of 1.0, expected at least 1 below a number",
        ),
    ],
)
def test_a_ceiling_or_levels_without_meaning_are_refused(neuron: Relu, problem: str) -> None:
    with pytest.raises(InputError) as caught:
        relu_model(neuron)
    assert str(caught.value) == f"ND2110: population 'n': {problem}"
