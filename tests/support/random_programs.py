"""Seeded random Programs with their stimuli, small enough for the reference, one builder a kind."""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from neurodeploy.geometry.conv import ConvGeometry
from neurodeploy.program import Conv, Dense, Direct, Input, Output, Population, Program, Projection
from neurodeploy.program.operator import Sparse
from neurodeploy.terms import Readout, Reset

Rng = np.random.Generator
Weighted = Dense | Sparse | Conv


@dataclass(frozen=True, kw_only=True)
class Case:
    """A program and one sample; `stimulus` may be shorter or longer than `n_steps`."""

    kind: str
    seed: int
    program: Program
    stimulus: dict[str, np.ndarray]
    n_steps: int


def random_case(kind: str, seed: int) -> Case:
    """Return case `seed` of `kind`; equal arguments give equal cases."""
    rng = np.random.default_rng([KINDS.index(kind), seed])
    program = _BUILDERS[kind](rng)
    longest = max(p.max_delay_steps for p in program.projections)
    n_steps = int(rng.integers(12, 20)) + (longest if longest > 8 else 0)
    stimulus = {node.name: _stimulus(rng, node, n_steps) for node in program.inputs}
    return Case(kind=kind, seed=seed, program=program, stimulus=stimulus, n_steps=n_steps)


def random_slices(rng: Rng, program: Program) -> dict[str, tuple[tuple[int, int], ...]]:
    """Return a random cut of every population into 1 to 4 ranges."""

    def cut(size: int) -> tuple[tuple[int, int], ...]:
        inner = rng.integers(1, size, rng.integers(0, 4)) if size > 1 else []
        bounds = [0, *sorted({int(i) for i in inner}), size]
        return tuple(pairwise(bounds))

    return {p.name: cut(p.size) for p in program.populations}


def _stimulus(rng: Rng, node: Input, n_steps: int) -> np.ndarray:
    shape = (n_steps + int(rng.integers(-4, 3)), *node.shape)
    values = rng.integers(node.low, node.high + 1, shape) if node.graded else 1
    return np.where(rng.random(shape) < rng.uniform(0.2, 0.6), values, 0).astype(np.int32)


def _program(inputs: list[Input], layers: list[tuple[Population, list[Projection]]]) -> Program:
    populations = tuple(population for population, _ in layers)
    last = populations[-1]
    return Program(
        inputs=tuple(inputs),
        populations=populations,
        projections=tuple(p for _, projections in layers for p in projections),
        outputs=(
            Output(population=last.name, readout=Readout.COUNT if last.spiking else Readout.LAST),
        ),
    )


def _mantissa(rng: Rng, shape: tuple[int, ...], style: str = "") -> np.ndarray:
    """Return weights that lean to the positive, in one of the widths that a target may narrow."""
    ranges = {
        "int8": (-80, 128),
        "even": (-160, 256),
        "uint8": (0, 256),
        "int16": (-9000, 20000),
        "int32": (-50000, 100000),
    }
    style = style or str(rng.choice(list(ranges), p=[0.3, 0.3, 0.2, 0.1, 0.1]))
    values = rng.integers(*ranges[style], shape, np.int32)
    return values // 2 * 2 if style == "even" else values


def _one(rng: Rng, *rules: Reset) -> Reset:
    return rules[int(rng.integers(len(rules)))]


def _size(rng: Rng) -> int:
    return int(rng.integers(3, 40))


def _sparse(rng: Rng, n_in: int, n_out: int) -> Sparse:
    mantissa = _mantissa(rng, (n_out, n_in))
    mantissa[rng.random(mantissa.shape) < 0.1] = 0
    stored = rng.random(mantissa.shape) < rng.uniform(0.2, 0.8)
    stored[0, 0] = True
    return Sparse.from_dense(mantissa, stored)


def _dense(rng: Rng, n_in: int, n_out: int) -> Dense:
    return Dense(mantissa=_mantissa(rng, (n_out, n_in)))


def _conv(rng: Rng, shape: tuple[int, int, int], groups: int = 1, style: str = "") -> Conv:
    def pair(low: int, high: int) -> tuple[int, int]:
        first, second = rng.integers(low, high, 2)
        return int(first), int(second)

    geometry = ConvGeometry(
        input_shape=shape,
        out_channels=groups * int(rng.integers(1, 4)),
        kernel=pair(1, 4),
        stride=pair(1, 4),
        padding=pair(0, 4),
        dilation=pair(1, 3),
        groups=groups,
    )
    return Conv(mantissa=_mantissa(rng, geometry.weight_shape, style), geometry=geometry)


def _image(rng: Rng, channels: int) -> tuple[int, int, int]:
    height, width = rng.integers(5, 10, 2)
    return channels, int(height), int(width)


def _drive(operator: Weighted, weight_exp: int) -> float:
    """Return a typical sum that reaches a target neuron."""
    fan_in = operator.mantissa.size / (
        operator.mantissa.shape[0] if isinstance(operator, Conv) else operator.n_out
    )
    return float(np.abs(operator.mantissa).mean() * fan_in * 0.3 * 2.0**weight_exp)


def _lif(rng: Rng, name: str, shape: tuple[int, ...], drive: float, **changes: Any) -> Population:
    """Return neurons that an input sum of about `drive` makes fire now and then."""
    threshold = int(np.clip(drive * rng.uniform(0.1, 1.2), 1, 120_000))
    values: dict[str, Any] = {
        "du": rng.choice([4095, 2048, int(rng.integers(0, 4096))]),
        "dv": rng.choice([0, 128, int(rng.integers(0, 4096)), 4096]),
        "vth": threshold,
        "reset": _one(rng, *Reset),
        "bias_mant": rng.choice([0, int(rng.integers(-50, 200))]),
        "bias_exp": int(rng.integers(0, 6)),
    }
    return Population(name=name, shape=shape, **{**values, **changes})


def _layer(
    rng: Rng,
    name: str,
    sources: tuple[str, ...],
    operator: Weighted,
    *,
    weight_exp: int = 0,
    delay_steps: int | np.ndarray = 1,
    graded: bool = False,
    **changes: Any,
) -> tuple[Population, list[Projection]]:
    shape = operator.geometry.output_shape if isinstance(operator, Conv) else (operator.n_out,)
    projection = Projection(
        name=f"to_{name}",
        sources=sources,
        target=name,
        operator=operator,
        weight_exp=weight_exp,
        delay_steps=delay_steps,
        graded=graded,
    )
    return _lif(rng, name, shape, _drive(operator, weight_exp), **changes), [projection]


def _direct(name: str, sources: tuple[str, ...], target: str) -> Projection:
    return Projection(name=name, sources=sources, target=target, operator=Direct(), delay_steps=0)


def _delays(rng: Rng, operator: Dense | Sparse, longest: int) -> np.ndarray:
    return rng.integers(1, longest + 1, operator.mantissa.shape, np.int32)


def _build_dense(rng: Rng) -> Program:
    n, a, b = _size(rng), _size(rng), _size(rng)
    exps = rng.integers(0, 4, 2)
    return _program(
        [Input(name="x", shape=(n,))],
        [
            _layer(rng, "a", ("x",), _dense(rng, n, a), weight_exp=int(exps[0])),
            _layer(rng, "b", ("a",), _dense(rng, a, b), weight_exp=int(exps[1])),
        ],
    )


def _build_sparse(rng: Rng) -> Program:
    n, a, b = _size(rng), _size(rng), _size(rng)
    return _program(
        [Input(name="x", shape=(n,))],
        [
            _layer(rng, "a", ("x",), _sparse(rng, n, a), weight_exp=int(rng.integers(0, 4))),
            _layer(rng, "b", ("a",), _sparse(rng, a, b), delay_steps=int(rng.integers(1, 4))),
        ],
    )


def _build_conv_geometry(rng: Rng) -> Program:
    shape = _image(rng, int(rng.integers(1, 4)))
    first = _conv(rng, shape)
    second = _dense(rng, first.n_out, _size(rng))
    return _program(
        [Input(name="x", shape=shape)],
        [
            _layer(rng, "a", ("x",), first, weight_exp=int(rng.integers(0, 3))),
            _layer(rng, "b", ("a",), second, delay_steps=int(rng.integers(1, 3))),
        ],
    )


def _build_groups(rng: Rng) -> Program:
    groups = int(rng.integers(2, 4))
    shape = _image(rng, groups * int(rng.integers(1, 3)))
    first = _conv(rng, shape, groups)
    middle = first.geometry.output_shape
    second = _conv(rng, middle, middle[0]) if min(middle[1:]) >= 5 else _sparse(rng, first.n_out, 9)
    return _program(
        [Input(name="x", shape=shape)],
        [_layer(rng, "a", ("x",), first), _layer(rng, "b", ("a",), second)],
    )


def _build_long_delays(rng: Rng) -> Program:
    n, a, b = _size(rng), _size(rng), _size(rng)
    first, second = _dense(rng, n, a), _sparse(rng, a, b)
    longest = int(rng.choice([3, 20, 64]))
    return _program(
        [Input(name="x", shape=(n,))],
        [
            _layer(rng, "a", ("x",), first, delay_steps=_delays(rng, first, longest)),
            _layer(rng, "b", ("a",), second, delay_steps=_delays(rng, second, 5)),
        ],
    )


def _build_loops(rng: Rng) -> Program:
    """Return a self loop on a, a loop a -> b -> a, and sometimes a Direct edge within it."""
    n, a = _size(rng), _size(rng)
    own, back = _dense(rng, a, a), _sparse(rng, a, a)
    first, recurrent = _layer(rng, "a", ("x",), _dense(rng, n, a))
    recurrent.append(
        Projection(
            name="own",
            sources=("a",),
            target="a",
            operator=own,
            delay_steps=_delays(rng, own, 4) if rng.random() < 0.5 else int(rng.integers(1, 4)),
        )
    )
    recurrent.append(
        Projection(
            name="back",
            sources=("a", "b") if rng.random() < 0.5 else ("b",),
            target="a",
            operator=back,
            delay_steps=int(rng.integers(1, 4)),
            graded=bool(rng.random() < 0.5),
        )
    )
    second, forward = _layer(rng, "b", ("a",), _dense(rng, a, a), delay_steps=2)
    if rng.random() < 0.4:
        forward.append(_direct("shortcut", ("a",), "b"))
    third = _layer(rng, "c", ("b",), _dense(rng, a, 4))
    return _program([Input(name="x", shape=(n,))], [(first, recurrent), (second, forward), third])


def _build_graded(rng: Rng) -> Program:
    n, a, b = _size(rng), _size(rng), _size(rng)
    high = int(rng.choice([3, 127, 3000]))
    return _program(
        [Input(name="x", shape=(n,), low=-high // 3, high=high)],
        [
            _layer(rng, "a", ("x",), _any_operator(rng, n, a), graded=True, vth_low=-10),
            _layer(rng, "b", ("a",), _any_operator(rng, a, b), graded=bool(rng.random() < 0.5)),
            _layer(rng, "c", ("x",), _any_operator(rng, n, b)),
        ],
    )


def _any_operator(rng: Rng, n_in: int, n_out: int) -> Dense | Sparse:
    return _dense(rng, n_in, n_out) if rng.random() < 0.5 else _sparse(rng, n_in, n_out)


def _build_wraps(rng: Rng) -> Program:
    """Return currents beyond 24 bits, sums beyond 32, and convolutions beyond 24."""
    shape = _image(rng, 2)
    conv = _conv(rng, shape, style="int32")
    n = int(np.prod(shape))
    dense = Dense(mantissa=_mantissa(rng, (_size(rng), n), str(rng.choice(["uint8", "int16"]))))
    loud = {"bias_mant": 100, "bias_exp": 3, "v0": 100_000}
    second = _dense(rng, conv.n_out, _size(rng))
    return _program(
        [Input(name="x", shape=shape)],
        [
            _layer(rng, "a", ("x",), conv, weight_exp=int(rng.integers(4, 9)), **loud),
            _layer(rng, "b", ("x",), dense, weight_exp=int(rng.integers(10, 26)), **loud),
            _layer(rng, "c", ("a",), second, weight_exp=int(rng.integers(0, 20)), **loud),
        ],
    )


def _build_saturation(rng: Rng) -> Program:
    n, a, b = _size(rng), _size(rng), _size(rng)
    climbing = {
        "du": 4095,
        "dv": int(rng.integers(0, 20)),
        "reset": _one(rng, Reset.NONE, Reset.SUBTRACT, Reset.SUBTRACT_LATCHED),
        "vth": int(rng.integers(1, 50)),
    }
    sign = int(rng.choice([-1, 1]))
    first = Dense(mantissa=sign * _mantissa(rng, (a, n), "uint8") - sign * 20)
    second = _dense(rng, a, b)
    return _program(
        [Input(name="x", shape=(n,))],
        [
            _layer(rng, "a", ("x",), first, weight_exp=8, v0=sign * 8_000_000, **climbing),
            _layer(
                rng,
                "b",
                ("a",),
                second,
                bias_mant=sign * 30_000,
                bias_exp=7,
                vth_low=-5,
                **climbing,
            ),
        ],
    )


def _build_direct(rng: Rng) -> Program:
    n = _size(rng)
    relay = _lif(rng, "a", (n,), 100.0, spiking=bool(rng.random() < 0.5))
    echo = _lif(rng, "b", (n,), 60.0, vth=1)
    end, projections = _layer(rng, "c", ("b", "a"), _dense(rng, n, _size(rng)))
    return _program(
        [Input(name="x", shape=(n,), low=-40, high=200), Input(name="y", shape=(n,))],
        [
            (end, projections),
            (echo, [_direct("a_b", ("a", "y"), "b")]),
            (relay, [_direct("x_a", ("x",), "a"), _direct("y_a", ("y",), "a")]),
        ],
    )


def _build_summed_sources(rng: Rng) -> Program:
    n = _size(rng)
    both = ("x", "y")
    first = _layer(rng, "a", both, _dense(rng, n, n), graded=bool(rng.random() < 0.5), vth_low=-20)
    second, to_b = _layer(rng, "b", ("x", "a"), _sparse(rng, n, n), graded=bool(rng.random() < 0.5))
    operator = _dense(rng, n, second.size)
    to_b.append(
        Projection(
            name="also_b",
            sources=("y", "a", "x"),
            target="b",
            operator=operator,
            delay_steps=_delays(rng, operator, 3),
            graded=bool(rng.random() < 0.5),
        )
    )
    return _program(
        [Input(name="x", shape=(n,), low=-1), Input(name="y", shape=(n,), low=-1)],
        [first, (second, to_b)],
    )


def _build_resets(rng: Rng) -> Program:
    n, size = _size(rng), int(rng.integers(3, 8))
    layers = []
    for rule in Reset:
        ternary = rng.random() < 0.5
        layers.append(
            _layer(
                rng,
                rule.value,
                ("x",),
                _any_operator(rng, n, size),
                reset=rule,
                v_reset=int(rng.integers(-20_000, 20_000)),
                t_start=int(rng.choice([0, 0, 1, 5])),
                vth_low=int(rng.integers(-3000, 1)) if ternary else None,
                clear_interval=int(rng.choice([0, 0, 1 + rng.integers(1, 9)])),
                clear_offset=int(rng.integers(0, 20)),
                u0=int(rng.integers(-5000, 5000)),
                v0=int(rng.integers(-90_000, 90_000)),
            )
        )
    return _program([Input(name="x", shape=(n,))], layers)


def _build_readout(rng: Rng) -> Program:
    n, a = _size(rng), _size(rng)
    onward = _dense(rng, a, a)
    slot = int(rng.integers(0, 2))
    return _program(
        [Input(name="x", shape=(n,))],
        [
            _layer(rng, "r", ("x",), _any_operator(rng, n, a), spiking=False, t_start=slot),
            _layer(rng, "b", ("r",), onward, graded=True, weight_exp=-8),
            _layer(rng, "c", ("r", "b"), _sparse(rng, a, a), graded=bool(rng.random() < 0.5)),
            _layer(rng, "d", ("c",), _dense(rng, a, 5), spiking=False, dv=10, du=4095),
        ],
    )


def _build_per_neuron(rng: Rng) -> Program:
    n, a = _size(rng), _size(rng)
    population, projections = _layer(rng, "a", ("x",), _dense(rng, n, a))

    def each(low: int, high: int) -> np.ndarray:
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
    return _program(
        [Input(name="x", shape=(n,))],
        [(changed, projections), _layer(rng, "b", ("a",), _any_operator(rng, a, a))],
    )


def _build_negative_exponents(rng: Rng) -> Program:
    n, a = _size(rng), _size(rng)
    first, second = _dense(rng, n, a), _any_operator(rng, a, a)
    exps = -rng.integers(1, 9, 2)
    each = _delays(rng, second, 6)
    return _program(
        [Input(name="x", shape=(n,), low=-5, high=40)],
        [
            _layer(rng, "a", ("x",), first, weight_exp=int(exps[0]), graded=True, vth_low=-1),
            _layer(rng, "b", ("a",), second, weight_exp=int(exps[1]), delay_steps=each),
        ],
    )


_BUILDERS: dict[str, Callable[[Rng], Program]] = {
    "dense": _build_dense,
    "sparse": _build_sparse,
    "conv_geometry": _build_conv_geometry,
    "groups": _build_groups,
    "long_delays": _build_long_delays,
    "loops": _build_loops,
    "graded": _build_graded,
    "wraps": _build_wraps,
    "saturation": _build_saturation,
    "direct": _build_direct,
    "summed_sources": _build_summed_sources,
    "resets": _build_resets,
    "readout": _build_readout,
    "per_neuron": _build_per_neuron,
    "negative_exponents": _build_negative_exponents,
}

KINDS = tuple(_BUILDERS)
