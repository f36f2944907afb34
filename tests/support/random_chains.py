"""Random chains of operators that NIR can hold."""

import numpy as np

from neurodeploy.model import (
    Affine,
    AvgPool2d,
    Conv1d,
    Conv2d,
    Flatten,
    Operator,
    Scale,
    SumPool2d,
)

Shape = tuple[int, ...]
Chain = tuple[Operator, ...]


def random_chain(rng: np.random.Generator, shape: Shape) -> Chain:
    if rng.random() < 0.1:
        return (_scale(rng, shape),)
    if len(shape) == 2:
        chain = _series_chain(rng, shape)
    elif len(shape) == 3 and min(shape[1:]) >= 3 and rng.random() < 0.7:
        chain = _image_chain(rng, shape)
    else:
        return to_vector(rng, shape, int(rng.integers(2, 7)))
    try:
        after(chain, shape)
    except ValueError:
        return to_vector(rng, shape, 4)
    return chain


def to_vector(rng: np.random.Generator, shape: Shape, n_out: int) -> Chain:
    n_in = int(np.prod(shape))
    affine = Affine(weight=rng.normal(size=(n_out, n_in)) / np.sqrt(n_in), bias=_bias(rng, n_out))
    return (affine,) if len(shape) == 1 else (Flatten(), affine)


def after(chain: Chain, shape: Shape) -> Shape:
    for operator in chain:
        shape = operator.output_shape(shape)
    return shape


def _scale(rng: np.random.Generator, shape: Shape) -> Scale:
    wanted = (shape, (), (shape[0], *[1] * (len(shape) - 1)))[rng.integers(3)]
    return Scale(scale=rng.normal(size=wanted))


def _bias(rng: np.random.Generator, *shape: int) -> np.ndarray | None:
    return rng.normal(size=shape) if rng.random() < 0.5 else None


def _groups(rng: np.random.Generator, channels: int) -> int:
    return int(rng.choice([g for g in range(1, channels + 1) if channels % g == 0]))


def _series_chain(rng: np.random.Generator, shape: Shape) -> Chain:
    channels, length = shape
    groups = _groups(rng, channels)
    n_out = groups * int(rng.integers(1, 3))
    conv = Conv1d(
        weight=rng.normal(size=(n_out, channels // groups, int(rng.integers(1, 4)))),
        bias=_bias(rng, n_out),
        stride=int(rng.integers(1, 3)),
        padding=int(rng.integers(0, 2)),
        dilation=int(rng.integers(1, 3)),
        groups=groups,
    )
    rows = Affine(weight=rng.normal(size=(channels, 3, length)), bias=_bias(rng, channels, 3))
    chains = ((conv,), (rows,), (_scale(rng, shape), conv), (conv, Flatten()))
    return chains[rng.integers(4)]


def _image_chain(rng: np.random.Generator, shape: Shape) -> Chain:
    groups = _groups(rng, shape[0])
    kernel = ((3, 3), (1, 3), (3, 1), (2, 2))[rng.integers(4)]
    n_out = groups * int(rng.integers(1, 3))
    conv = Conv2d(
        weight=rng.normal(size=(n_out, shape[0] // groups, *kernel)),
        bias=_bias(rng, n_out),
        stride=(int(rng.integers(1, 3)), 1),
        padding=(int(rng.integers(0, 2)), 1),
        dilation=(1, int(rng.integers(1, 3)) if shape[2] > 4 else 1),
        groups=groups,
    )
    pool_type = SumPool2d if rng.random() < 0.5 else AvgPool2d
    pool = pool_type(kernel=(2, 1), stride=(1, 2), padding=(0, 0))
    rows = Flatten(start_dim=1) if rng.random() < 0.5 else Flatten(start_dim=0, end_dim=1)
    chains = (
        (conv,),
        (pool, conv),
        (pool,),
        (conv, pool),
        (conv, rows),
        (_scale(rng, shape), conv),
    )
    return chains[rng.integers(6)]
