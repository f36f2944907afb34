"""Random programs at the ends of the arithmetic: wraps, saturation, resets, single neurons."""

from typing import Any

import numpy as np

from neurodeploy.program import Dense, Input, Population, Program
from neurodeploy.target.conformance.case import Ints, Rng, program_of
from neurodeploy.target.conformance.parts import (
    any_operator,
    conv,
    dense,
    image_shape,
    layer,
    layer_size,
    mantissa,
    one_of,
    sparse,
)
from neurodeploy.terms import Reset


def wraps(rng: Rng) -> Program:
    """Return currents beyond 24 bits, sums beyond 32, and convolutions beyond 24."""
    shape = image_shape(rng, 2)
    first = conv(rng, shape, style="int32")
    n, n_out = int(np.prod(shape)), layer_size(rng)
    second = Dense(mantissa=mantissa(rng, (n_out, n), str(rng.choice(["uint8", "int16"]))))
    loud: dict[str, Any] = {"bias_mant": 100, "bias_exp": 3, "v0": 100_000}
    third = dense(rng, first.n_out, layer_size(rng))
    return program_of(
        [Input(name="x", shape=shape)],
        [
            layer(rng, "a", ("x",), first, weight_exp=int(rng.integers(4, 9)), **loud),
            layer(rng, "b", ("x",), second, weight_exp=int(rng.integers(10, 26)), **loud),
            layer(rng, "c", ("a",), third, weight_exp=int(rng.integers(0, 20)), **loud),
        ],
    )


def saturation(rng: Rng) -> Program:
    """Return voltages that climb or fall beyond 24 bits."""
    n, a, b = layer_size(rng), layer_size(rng), layer_size(rng)
    climbing: dict[str, Any] = {
        "du": 4095,
        "dv": int(rng.integers(0, 20)),
        "reset": one_of(rng, Reset.NONE, Reset.SUBTRACT, Reset.SUBTRACT_LATCHED),
        "vth": int(rng.integers(1, 50)),
    }
    sign = int(rng.choice([-1, 1]))
    first = Dense(mantissa=sign * mantissa(rng, (a, n), "uint8") - sign * 20)
    second = dense(rng, a, b)
    biased: dict[str, Any] = {"bias_mant": sign * 30_000, "bias_exp": 7, "vth_low": -5}
    return program_of(
        [Input(name="x", shape=(n,))],
        [
            layer(rng, "a", ("x",), first, weight_exp=8, v0=sign * 8_000_000, **climbing),
            layer(rng, "b", ("a",), second, **biased, **climbing),
        ],
    )


def resets(rng: Rng) -> Program:
    """Return a layer of every reset rule, some ternary, some cleared, some that start late."""
    n, size = layer_size(rng), int(rng.integers(3, 8))
    layers = []
    for rule in Reset:
        ternary = rng.random() < 0.5
        layers.append(
            layer(
                rng,
                rule.value,
                ("x",),
                any_operator(rng, n, size),
                reset=rule,
                v_reset=int(rng.integers(-20_000, 20_000)),
                t_start=int(rng.choice([0, 0, 1, 5])),
                vth_low=int(rng.integers(-3000, 1)) if ternary else None,
                clear_interval=int(rng.choice([0, 0, 1 + int(rng.integers(1, 9))])),
                clear_offset=int(rng.integers(0, 20)),
                u0=int(rng.integers(-5000, 5000)),
                v0=int(rng.integers(-90_000, 90_000)),
            )
        )
    return program_of([Input(name="x", shape=(n,))], layers)


def readout(rng: Rng) -> Program:
    """Return populations whose output is their voltage, read by others and at the end."""
    n, a = layer_size(rng), layer_size(rng)
    onward = dense(rng, a, a)
    start = int(rng.integers(0, 2))
    return program_of(
        [Input(name="x", shape=(n,))],
        [
            layer(rng, "r", ("x",), any_operator(rng, n, a), spiking=False, t_start=start),
            layer(rng, "b", ("r",), onward, graded=True, weight_exp=-8),
            layer(rng, "c", ("r", "b"), sparse(rng, a, a), graded=bool(rng.random() < 0.5)),
            layer(rng, "d", ("c",), dense(rng, a, 5), spiking=False, dv=10, du=4095),
        ],
    )


def per_neuron(rng: Rng) -> Program:
    """Return neurons that share nothing but their reset rule."""
    n, a = layer_size(rng), layer_size(rng)
    population, projections = layer(rng, "a", ("x",), dense(rng, n, a))

    def each(low: int, high: int) -> Ints:
        return rng.integers(low, high, a, np.int32)

    changed = Population(
        name="a",
        shape=(a,),
        reset=population.reset,
        du=each(-1, 4096),
        dv=each(0, 4097),
        vth=np.maximum(population.vth + each(-50, 50), 0),
        bias_mant=each(-300, 900),
        bias_exp=each(-2, 6),
        v_reset=each(-900, 900),
        u0=each(-9000, 9000),
        v0=each(-9000, 9000),
        vth_low=each(-900, 0) if rng.random() < 0.3 else None,
    )
    return program_of(
        [Input(name="x", shape=(n,))],
        [(changed, projections), layer(rng, "b", ("a",), any_operator(rng, a, a))],
    )
