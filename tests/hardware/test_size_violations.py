"""Counts of a network against the limits of a chip, each from both sides."""

import itertools

import numpy as np
import pytest

from neurodeploy.hardware.size_violations import size_violations
from neurodeploy.hardware.toml_file import load_chip
from neurodeploy.program import Dense, Input, Output, Population, Program, Projection
from neurodeploy.terms import Readout

XYLO, SPECK, LOIHI2 = load_chip("xylo-a2"), load_chip("speck2"), load_chip("loihi2")


def chain(sizes: tuple[int, ...], weights: int | None = None) -> Program:
    """Return dense layers; of each matrix only the first `weights` rows are not 0."""
    populations = tuple(
        Population(name=f"p{k}", shape=(n,), du=4095, dv=0, vth=100)
        for k, n in enumerate(sizes[1:])
    )
    names = ("in", *(population.name for population in populations))
    projections = []
    for k, (before, after) in enumerate(itertools.pairwise(sizes)):
        mantissa = np.zeros((after, before), np.int32)
        mantissa[:weights] = 2
        projections.append(
            Projection(
                name=f"w{k}",
                sources=(names[k],),
                target=names[k + 1],
                operator=Dense(mantissa=mantissa),
            )
        )
    return Program(
        inputs=(Input(name="in", shape=(sizes[0],)),),
        populations=populations,
        projections=tuple(projections),
        outputs=(Output(population=names[-1], readout=Readout.COUNT),),
    )


def fan(n_targets: int) -> Program:
    """Return one population that sends to `n_targets` others."""
    names = [f"q{k}" for k in range(n_targets)]
    one = Dense(mantissa=np.array([[2]]))
    return Program(
        inputs=(Input(name="in", shape=(1,)),),
        populations=tuple(
            Population(name=name, shape=(1,), du=4095, dv=0, vth=1) for name in ("p", *names)
        ),
        projections=(
            Projection(name="in", sources=("in",), target="p", operator=one),
            *(Projection(name=n, sources=("p",), target=n, operator=one) for n in names),
        ),
        outputs=tuple(Output(population=name, readout=Readout.COUNT) for name in names),
    )


@pytest.mark.parametrize(
    "program",
    [chain((16, 64, 64, 8)), chain((16, 936, 64, 8), weights=64), chain((16, 500, 500, 8), 64)],
    ids=["small", "1000 hidden", "sparse"],
)
def test_network_at_every_limit_of_xylo_is_taken(program: Program) -> None:
    assert size_violations(program, XYLO) == ()


def test_network_above_every_limit_of_xylo_is_refused_with_all_reasons() -> None:
    program = chain((17, 936, 65, 9))
    assert [str(violation) for violation in size_violations(program, XYLO)] == [
        "xylo-a2: network: 17 input lines; allowed at most 16; "
        "pool or bin the input to fewer lines, or choose a larger chip",
        "xylo-a2: network: 9 neurons that are read out; allowed at most 8; "
        "read out fewer neurons, or choose a larger chip",
        "xylo-a2: network: 1001 neurons that are not read out; allowed at most 1000; "
        "make the layers smaller, or choose a larger chip",
        "xylo-a2: population 'p0': a neuron drives 65 synapses onto neurons that are not read "
        "out; allowed at most 64; prune its weights, or make the next layer smaller",
    ]


def test_layer_of_speck_sends_to_two_layers_and_no_more() -> None:
    assert size_violations(fan(2), SPECK) == ()
    assert [str(violation) for violation in size_violations(fan(3), SPECK)] == [
        "speck2: population 'p': it sends to 3 populations: q0, q1, q2; allowed at most 2; "
        "let it send to fewer, or join them"
    ]


def test_chip_without_such_limits_takes_anything() -> None:
    assert size_violations(chain((17, 936, 65, 9)), LOIHI2) == ()
