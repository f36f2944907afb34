"""Random parts of programs: weights in every width, operators, neurons that now and then fire."""

from typing import Any

import numpy as np

from neurodeploy.geometry.conv import ConvGeometry
from neurodeploy.program import Conv, Dense, Direct, Population, Projection, Sparse
from neurodeploy.target.conformance.case import Ints, Layer, Rng
from neurodeploy.terms import Reset

Weighted = Dense | Sparse | Conv

_WIDTHS = {
    "int8": (-80, 128),
    "even": (-160, 256),
    "uint8": (0, 256),
    "int16": (-9000, 20000),
    "int32": (-50000, 100000),
}


def mantissa(rng: Rng, shape: tuple[int, ...], style: str = "") -> Ints:
    """Return weights that lean to the positive, in one of the widths that a target may narrow."""
    style = style or str(rng.choice(list(_WIDTHS), p=[0.3, 0.3, 0.2, 0.1, 0.1]))
    values = rng.integers(*_WIDTHS[style], shape, np.int32)
    return values // 2 * 2 if style == "even" else values


def one_of(rng: Rng, *rules: Reset) -> Reset:
    """Return one of `rules`."""
    return rules[int(rng.integers(len(rules)))]


def layer_size(rng: Rng) -> int:
    """Return a number of neurons."""
    return int(rng.integers(3, 40))


def sparse(rng: Rng, n_in: int, n_out: int) -> Sparse:
    """Return listed synapses, some of them stored with weight 0."""
    values = mantissa(rng, (n_out, n_in))
    values[rng.random(values.shape) < 0.1] = 0
    stored = rng.random(values.shape) < rng.uniform(0.2, 0.8)
    stored[0, 0] = True
    return Sparse.from_dense(values, stored)


def dense(rng: Rng, n_in: int, n_out: int) -> Dense:
    """Return all-to-all weights."""
    return Dense(mantissa=mantissa(rng, (n_out, n_in)))


def any_operator(rng: Rng, n_in: int, n_out: int) -> Dense | Sparse:
    """Return dense or sparse weights."""
    return dense(rng, n_in, n_out) if rng.random() < 0.5 else sparse(rng, n_in, n_out)


def conv(rng: Rng, shape: tuple[int, int, int], groups: int = 1, style: str = "") -> Conv:
    """Return a convolution of random kernel, stride, padding and dilation."""

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
    return Conv(mantissa=mantissa(rng, geometry.weight_shape, style), geometry=geometry)


def image_shape(rng: Rng, channels: int) -> tuple[int, int, int]:
    """Return (channels, height, width)."""
    height, width = rng.integers(5, 10, 2)
    return channels, int(height), int(width)


def lif(rng: Rng, name: str, shape: tuple[int, ...], drive: float, **changes: Any) -> Population:
    """Return neurons that an input sum of about `drive` makes fire now and then."""
    threshold = int(np.clip(drive * rng.uniform(0.1, 1.2), 1, 120_000))
    values: dict[str, Any] = {
        "du": rng.choice([4095, 2048, int(rng.integers(0, 4096))]),
        "dv": rng.choice([0, 128, int(rng.integers(0, 4096)), 4096]),
        "vth": threshold,
        "reset": one_of(rng, *Reset),
        "bias_mant": rng.choice([0, int(rng.integers(-50, 200))]),
        "bias_exp": int(rng.integers(0, 6)),
    }
    return Population(name=name, shape=shape, **{**values, **changes})


def layer(
    rng: Rng,
    name: str,
    sources: tuple[str, ...],
    operator: Weighted,
    *,
    weight_exp: int = 0,
    delay_steps: int | Ints = 1,
    graded: bool = False,
    **changes: Any,
) -> Layer:
    """Return a population with its projection, its threshold in reach of the weights."""
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
    return lif(rng, name, shape, _drive(operator, weight_exp), **changes), [projection]


def direct(name: str, sources: tuple[str, ...], target: str) -> Projection:
    """Return a projection without weights or latency."""
    return Projection(name=name, sources=sources, target=target, operator=Direct(), delay_steps=0)


def delays(rng: Rng, operator: Dense | Sparse, longest: int) -> Ints:
    """Return a delay for each synapse."""
    return rng.integers(1, longest + 1, operator.mantissa.shape, np.int32)


def _drive(operator: Weighted, weight_exp: int) -> float:
    """Return a typical sum that reaches a target neuron."""
    fan_in = operator.mantissa.size / (
        operator.mantissa.shape[0] if isinstance(operator, Conv) else operator.n_out
    )
    return float(np.abs(operator.mantissa).mean() * fan_in * 0.3 * 2.0**weight_exp)
