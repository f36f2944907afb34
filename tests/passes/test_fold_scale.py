"""One factor of a layer moves into the weights behind it, and the function stays."""

import numpy as np
import pytest

from neurodeploy.lowering.fuse import fuse
from neurodeploy.model import (
    Affine,
    AvgPool2d,
    Conv2d,
    Flatten,
    If,
    Input,
    Model,
    Operator,
    Output,
    Population,
    Projection,
    Scale,
    Select,
    Shift,
)
from neurodeploy.passes import FoldScale

rng = np.random.default_rng(0)
SHAPE, NONE = (2, 4, 4), (0, 0, 0)
HALF = Scale(scale=np.array(0.5))
CONV = Conv2d(weight=rng.normal(size=(3, 2, 3, 3)), bias=rng.normal(size=3), padding=(1, 1))
POOL = AvgPool2d(kernel=(2, 2), stride=(2, 2))
AFFINE = Affine(weight=rng.normal(size=(5, 8)), bias=rng.normal(size=5))
SECOND = Select(start=(0, 0, 0), stop=SHAPE, step=(1, 2, 2), before=(1, 0, 0), after=(1, 0, 0))
SHIFT = Shift(shift=np.array(0.3))

CHAINS: dict[tuple[Operator, ...], list[str]] = {
    (HALF, CONV): ["Conv2d"],
    (HALF, POOL, Flatten(), AFFINE): ["AvgPool2d", "Flatten", "Affine"],
    (HALF, SECOND): ["Select", "Scale"],
    (HALF, SHIFT, CONV): ["Scale", "Shift", "Conv2d"],
    (CONV, HALF): ["Conv2d", "Scale"],
    (HALF, HALF, CONV): ["Conv2d"],
    (Scale(scale=np.full((2, 1, 1), 0.5)), CONV): ["Scale", "Conv2d"],
    (POOL,): ["AvgPool2d"],
}


def network(chain: tuple[Operator, ...]) -> Model:
    shape = SHAPE
    for operator in chain:
        shape = operator.output_shape(shape)  # type: ignore[assignment]
    neuron = If(r=np.array(1e3), v_threshold=np.array(1.0))
    return Model(
        inputs=(Input(name="in", shape=SHAPE),),
        populations=(Population(name="layer", shape=shape, neuron=neuron),),
        projections=(Projection(name="p", sources=("in",), target="layer", chain=chain),),
        outputs=(Output(population="layer"),),
        dt_s=1e-3,
    )


def applied(chain: tuple[Operator, ...], x: np.ndarray) -> np.ndarray:
    for operator in chain:
        x = operator.apply(x)
    return x


@pytest.mark.parametrize(("chain", "kinds"), CHAINS.items(), ids=lambda value: len(value))
def test_the_function_stays(chain: tuple[Operator, ...], kinds: list[str]) -> None:
    folded = FoldScale().apply(network(chain)).projections[0].chain
    assert [type(operator).__name__ for operator in folded] == kinds
    x = rng.normal(size=(3, *SHAPE))
    np.testing.assert_allclose(applied(folded, x), applied(chain, x), atol=1e-12)


def test_a_network_without_factors_is_given_back() -> None:
    model = network((CONV,))
    assert FoldScale().apply(model) is model


def test_a_selection_behind_a_factor_stays_a_convolution() -> None:
    every_second = Select(start=(0, 0, 0), stop=SHAPE, step=(1, 2, 2), before=NONE, after=NONE)
    folded = FoldScale().apply(network((HALF, every_second))).projections[0].chain
    assert fuse((HALF, every_second), SHAPE).geometry is None
    assert fuse(folded, SHAPE).geometry is not None
