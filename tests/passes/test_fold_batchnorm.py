import numpy as np
import pytest

from neurodeploy.model import (
    Affine,
    AvgPool2d,
    BatchNorm,
    Conv2d,
    Flatten,
    Input,
    Linear,
    Model,
    Operator,
    Output,
    Population,
    Projection,
)
from neurodeploy.passes import FoldBatchNorm

RNG = np.random.default_rng(4)


def norm(n: int) -> BatchNorm:
    return BatchNorm(
        mean=RNG.normal(size=n),
        var=RNG.uniform(0.1, 2, n),
        gamma=RNG.normal(size=n),
        beta=RNG.normal(size=n),
        eps=1e-5,
    )


def model_of(*chain: Operator, shape: tuple[int, ...]) -> Model:
    end = shape
    for operator in chain:
        end = operator.output_shape(end)
    return Model(
        inputs=(Input(name="x", shape=shape),),
        populations=(Population(name="y", shape=end, neuron=Linear()),),
        projections=(Projection(name="p", sources=("x",), target="y", chain=chain),),
        outputs=(Output(population="y"),),
        dt_s=1e-3,
        history=("made",),
    )


@pytest.mark.parametrize(
    ("chain", "shape"),
    [
        ((Affine(weight=RNG.normal(size=(3, 4))), norm(3)), (4,)),
        ((Affine(weight=RNG.normal(size=(3, 4)), bias=np.ones(3)), norm(3), norm(3)), (4,)),
        (
            (Conv2d(weight=RNG.normal(size=(4, 1, 3, 3)), padding=(1, 1), groups=2), norm(4)),
            (2, 5, 5),
        ),
        (
            (
                AvgPool2d(kernel=(2, 2), stride=(2, 2)),
                Conv2d(weight=RNG.normal(size=(2, 3, 1, 1)), bias=np.ones(2)),
                norm(2),
                Flatten(),
                Affine(weight=RNG.normal(size=(5, 8))),
                norm(5),
            ),
            (3, 4, 4),
        ),
    ],
)
def test_the_folded_network_computes_the_same(
    chain: tuple[Operator, ...], shape: tuple[int, ...]
) -> None:
    model = model_of(*chain, shape=shape)
    folded = FoldBatchNorm()(model)
    assert not any(isinstance(operator, BatchNorm) for operator in folded.projections[0].chain)
    assert folded.history == ("made", "BatchNorm folded into the weights of 'p'")
    x = RNG.normal(size=(2, 3, *shape))
    expected, found = model.simulate(x).readouts["y"], folded.simulate(x).readouts["y"]
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-12)  # products reordered


def test_a_model_without_batchnorm_is_itself() -> None:
    model = model_of(Flatten(), shape=(1, 2, 2))
    assert FoldBatchNorm().apply(model) is model


@pytest.mark.parametrize(
    ("chain", "shape"),
    [
        ((norm(3),), (3,)),
        ((norm(3), Affine(weight=RNG.normal(size=(2, 3)))), (3,)),
        ((norm(3), norm(3), Flatten()), (3, 5)),
        ((norm(3), Conv2d(weight=RNG.normal(size=(2, 3, 3, 3)), padding=(1, 1))), (3, 4, 4)),
        ((AvgPool2d(kernel=(2, 2), stride=(2, 2)), norm(3)), (3, 4, 4)),
        ((norm(3),), (3, 2, 2, 2)),
    ],
)
def test_without_weights_before_it_it_stands_alone(
    chain: tuple[Operator, ...], shape: tuple[int, ...]
) -> None:
    model = model_of(*chain, shape=shape)
    folded = FoldBatchNorm()(model)
    assert not any(isinstance(operator, BatchNorm) for operator in folded.projections[0].chain)
    assert folded.history == (
        "made",
        "BatchNorm of 'p', without weights before it, became operators of its own",
    )
    x = RNG.normal(size=(2, 3, *shape))
    expected, found = model.simulate(x).readouts["y"], folded.simulate(x).readouts["y"]
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-12)  # products reordered
