"""Programs made for one edge each: no spike at all, ties at the threshold, ends of the state."""

import numpy as np

from neurodeploy.program import LOIHI, Dense, Input, Population, Program, Projection
from neurodeploy.target.conformance.case import Rng, program_of
from neurodeploy.target.conformance.parts import dense, layer_size
from neurodeploy.terms import Reset


def silent(rng: Rng) -> Program:
    """Return two layers of which none ever spikes, though inputs arrive and a bias pulls down."""
    n, a, b = layer_size(rng), layer_size(rng), layer_size(rng)
    held = Population(name="a", shape=(a,), du=_full(4095), dv=_full(100), vth=_full(131_071))
    pulled = Population(
        name="b", shape=(b,), du=_full(7), dv=_full(0), vth=_full(1), bias_mant=_full(-30_000)
    )
    first = Dense(mantissa=rng.integers(-50, 51, (a, n), np.int32))
    return program_of(
        [Input(name="x", shape=(n,))],
        [
            (held, [Projection(name="to_a", sources=("x",), target="a", operator=first)]),
            (pulled, [_projection("b", "a", dense(rng, a, b))]),
        ],
    )


def ties(rng: Rng) -> Program:
    """Return integrators, one of each reset, whose voltages meet both thresholds exactly."""
    n = layer_size(rng)
    layers = []
    for rule in Reset:
        vth = int(rng.integers(1, 4))
        population = Population(
            name=rule.value,
            shape=(n,),
            du=_full(4095),
            dv=_full(0),
            vth=_full(vth),
            vth_low=_full(-vth) if rng.random() < 0.5 else None,
            reset=rule,
        )
        steps = Dense(mantissa=np.diag(rng.choice([-1, 1, 1, 2], n)).astype(np.int32))
        layers.append((population, [_projection(rule.value, "x", steps)]))
    return program_of([Input(name="x", shape=(n,))], layers)


def extremes(rng: Rng) -> Program:
    """Return neurons that start at the ends of their state and at the decays' ends."""
    n = layer_size(rng)
    edge = rng.choice([LOIHI.voltage_limit, 4096, 4095, 1, 0], n)
    state = (edge * rng.choice([-1, 1], n)).astype(np.int32)
    population = Population(
        name="a",
        shape=(n,),
        du=rng.choice([0, 1, 4094, 4095], n).astype(np.int32),
        dv=rng.choice([0, 1, 4095], n).astype(np.int32),
        vth=_full(int(rng.choice([0, 131_071]))),
        u0=state,
        v0=state[::-1],
    )
    largest = Dense(mantissa=rng.choice([-256, 254], (n, n)).astype(np.int32))
    return program_of(
        [Input(name="x", shape=(n,))], [(population, [_projection("a", "x", largest, 7)])]
    )


def _full(value: int) -> np.ndarray[tuple[()], np.dtype[np.int32]]:
    return np.full((), value, np.int32)


def _projection(target: str, source: str, operator: Dense, weight_exp: int = 0) -> Projection:
    return Projection(
        name=f"to_{target}",
        sources=(source,),
        target=target,
        operator=operator,
        weight_exp=weight_exp,
    )
