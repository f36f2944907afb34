import numpy as np
import pytest

from neurodeploy.errors import InputError
from neurodeploy.model import (
    Affine,
    Conv2d,
    If,
    Input,
    Lif,
    Linear,
    Model,
    Output,
    Population,
    Projection,
)

SPIKING = If(r=np.ones(()), v_threshold=np.ones(()))


def problems(
    *,
    populations: tuple[Population, ...] = (Population(name="n", shape=(2,), neuron=SPIKING),),
    projections: tuple[Projection, ...] = (),
    outputs: tuple[Output, ...] = (Output(population="n"),),
    dt_s: float = 1e-4,
) -> tuple[str, ...]:
    with pytest.raises(InputError) as caught:
        Model(
            inputs=(Input(name="x", shape=(2,)),),
            populations=populations,
            projections=projections,
            outputs=outputs,
            dt_s=dt_s,
        )
    assert caught.value.code == "ND2110"
    return caught.value.problems


def test_names_and_ends_are_checked_together() -> None:
    none = Projection(name="p", sources=(), target="x", chain=(), delay_steps=-1)
    ghost = Projection(name="p", sources=("ghost",), target="n", chain=())
    assert problems(
        populations=(
            Population(name="n", shape=(2,), neuron=SPIKING),
            Population(name="x", shape=(2,), neuron=Linear()),
        ),
        projections=(none, ghost),
        outputs=(Output(population="y"),),
        dt_s=float("nan"),
    ) == (
        "the name 'x' is used twice",
        "the name 'p' is used by two projections",
        "dt_s is nan, expected a positive number of seconds",
        "projection 'p' has no source",
        "projection 'p' has a delay of -1 steps, at least 0 is needed",
        "projection 'p' comes from 'ghost', which is no node",
        "output 'y' is no population",
    )


def test_a_projection_into_an_input_is_refused() -> None:
    back = Projection(name="p", sources=("n",), target="x", chain=())
    assert problems(projections=(back,)) == ("projection 'p' goes to 'x', which is no population",)


def test_a_bias_of_another_length_is_refused() -> None:
    affine = Affine(weight=np.ones((2, 2)), bias=np.ones(1))
    assert problems(
        projections=(Projection(name="p", sources=("x",), target="n", chain=(affine,)),)
    ) == ("projection 'p': Affine: a bias of shape (1,) does not fit weights (2, 2)",)


def test_a_kernel_without_four_axes_is_refused() -> None:
    conv = Conv2d(weight=np.ones((2, 2)))
    assert problems(
        projections=(Projection(name="p", sources=("x",), target="n", chain=(conv,)),)
    ) == ("projection 'p': Conv2d: weights (2, 2), expected (out, in, height, width)",)


def test_an_infinite_gain_needs_an_infinite_time_constant() -> None:
    neuron = Lif(tau_s=np.ones(()), r=np.full((), np.inf), v_threshold=np.ones(()))
    assert problems(populations=(Population(name="n", shape=(2,), neuron=neuron),)) == (
        "population 'n': r or w_in is infinite without an infinite tau",
    )


def test_parameters_that_do_not_fit_the_shape_are_refused() -> None:
    neuron = If(r=np.ones(3), v_threshold=np.full((), np.inf))
    assert problems(
        populations=(Population(name="n", shape=(2,), neuron=neuron, v0=np.ones((2, 2))),)
    ) == (
        "population 'n': v_threshold holds 1 infinite values",
        "population 'n': v0 has shape (2, 2), which does not fit (2,)",
        "population 'n': r has shape (3,), which does not fit (2,)",
    )


def test_a_loop_without_delay_is_refused() -> None:
    loop = Projection(name="p", sources=("n",), target="n", chain=())
    assert problems(projections=(loop,)) == (
        "the loop n -> n has no delay; a loop needs at least one step",
    )
