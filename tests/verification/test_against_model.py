"""A program that is its model's passes; a fault in the program itself is named by reading it."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from support.deploy import deployed
from support.random_models import random_model
from support.verifying import with_population, with_projection

from neurodeploy.errors import DoesNotCompile
from neurodeploy.model import (
    Affine,
    Conv2d,
    CubaLif,
    Flatten,
    Input,
    Model,
    Output,
    Population,
    Projection,
)
from neurodeploy.program import Conv, Dense, Program
from neurodeploy.terms import Reset
from neurodeploy.verification import Rule
from neurodeploy.verification.against_model import discrepancies

DT_S = 1e-4


@pytest.fixture(scope="module")
def model() -> Model:
    rng = np.random.default_rng(2)
    neuron = CubaLif(
        tau_syn_s=np.full((), 4 * DT_S),
        tau_mem_s=np.full((), 9 * DT_S),
        r=np.full((), 9.0),
        w_in=np.full((), 4.0),
        v_threshold=np.full((), 1.0),
    )
    conv = Conv2d(weight=rng.normal(0.1, 0.3, (2, 1, 3, 3)))
    return Model(
        inputs=(Input(name="in", shape=(1, 6, 6)),),
        populations=(
            Population(name="a", shape=(2, 4, 4), neuron=neuron),
            Population(name="b", shape=(5,), neuron=neuron, reset=Reset.SUBTRACT),
        ),
        projections=(
            Projection(name="w1", sources=("in",), target="a", chain=(conv,)),
            Projection(
                name="w2",
                sources=("a",),
                target="b",
                chain=(Flatten(), Affine(weight=rng.normal(0.1, 0.3, (5, 32)))),
                delay_steps=2,
            ),
        ),
        outputs=(Output(population="b"),),
        dt_s=DT_S,
    )


def weights(name: str, change: Callable[[np.ndarray], np.ndarray]) -> Callable[[Program], Program]:
    def changed(program: Program) -> Program:
        projection = next(p for p in program.projections if p.name == name)
        operator = projection.operator
        assert isinstance(operator, Dense | Conv)
        mantissa = change(operator.mantissa.copy())
        return with_projection(
            program, replace(projection, operator=replace(operator, mantissa=mantissa))
        )

    return changed


def one(index: tuple[int, ...], value: int) -> Callable[[np.ndarray], np.ndarray]:
    def changed(mantissa: np.ndarray) -> np.ndarray:
        mantissa[index] = value
        return mantissa

    return changed


def later(program: Program) -> Program:
    return with_projection(program, replace(program.projections[1], delay_steps=4))


def slower(program: Program) -> Program:
    return with_population(program, replace(program.population("a"), dv=np.int32(2)))


def reset(program: Program) -> Program:
    return with_population(program, replace(program.population("b"), reset=Reset.ZERO))


FAULTS = {
    "reset": (reset, "b", Rule.RESET, "the program resets by 'zero', the model by 'subtract'"),
    "delay": (later, "b", Rule.DELAY, "projection 'w2' takes 4 steps, the model asks for 1"),
    "decay": (slower, "a", Rule.DECAY, "dv is not the model's leak"),
    "kernel": (
        weights("w1", lambda m: m[:, :, ::-1, ::-1]),
        "a",
        Rule.KERNEL,
        "projection 'w1' holds its kernel flipped",
    ),
    "odd": (weights("w2", one((1, 3), 87)), "b", Rule.ROUNDING, "[1, 3] is 87, the model asks"),
    "saturated": (
        weights("w2", one((1, 3), -256)),
        "b",
        Rule.SATURATION,
        "[1, 3] is -256, the model asks",
    ),
    "other": (weights("w2", one((1, 3), 44)), "b", Rule.GAIN, "[1, 3] is 44, the model asks"),
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_in_the_program_is_named(name: str, model: Model) -> None:
    fault, population, rule, says = FAULTS[name]
    deployment = deployed(model)
    faulty = replace(deployment, program=fault(deployment.program))
    (found,) = discrepancies(faulty)
    assert (found.population, found.rule) == (population, rule)
    assert says in found.says


def test_what_lowering_makes_is_its_model_s(model: Model) -> None:
    assert discrepancies(deployed(model)) == ()
    n_compiled = 0
    for seed in range(60):
        try:
            deployment = deployed(random_model(np.random.default_rng(seed)))
        except DoesNotCompile:
            continue
        assert discrepancies(deployment) == (), seed
        n_compiled += 1
    assert n_compiled > 20


def test_a_deployment_without_a_model_has_nothing_to_be_held_against(model: Model) -> None:
    assert discrepancies(replace(deployed(model), model=None)) == ()
