"""Maximum pools as layers of rectifiers: ``max(a, b) = b + relu(a - b)``, pair by pair."""

from dataclasses import dataclass, replace

import numpy as np

from neurodeploy.model import (
    Max,
    Model,
    Operator,
    Population,
    Projection,
    Relu,
    Scale,
    Select,
)


@dataclass(frozen=True, slots=True)
class _Part:
    """One term of a sum: what some sources send, through a chain."""

    sources: tuple[str, ...]
    chain: tuple[Operator, ...]


def with_differences(ann: Model, pools: list[Population]) -> Model:
    """Return `ann` whose maximum pools of non-negative values are rectifiers, to be converted.

    A window of n values takes n - 1 rectifiers of differences, in rounds that halve their number,
    and the rectifier that the pool becomes, which adds their results up.
    """
    n_added = len(ann.populations)
    for pool in pools:
        ann = _without(ann, pool)
    n_added = len(ann.populations) - n_added
    line = (
        f"maximum pools {', '.join(p.name for p in pools)} became sums of differences: "
        f"{n_added} layers more"
    )
    return replace(ann, history=(*ann.history, line))


def _without(ann: Model, pool: Population) -> Model:
    assert isinstance(pool.neuron, Max)
    values = _taps(ann, pool, pool.neuron)
    populations: list[Population] = []
    projections: list[Projection] = []
    while len(values) > 1:
        pairs = [values[k : k + 2] for k in range(0, len(values), 2)]
        values = []
        for pair in pairs:
            if len(pair) == 1:
                values += pair
                continue
            name = f"{pool.name}.difference{len(populations) + 1}"
            populations.append(replace(pool, name=name, neuron=Relu()))
            projections += _into(name, [*pair[0], *map(_negative, pair[1])])
            values.append([*pair[1], _Part((name,), ())])
    at = ann.populations.index(pool)
    rest = tuple(p for p in ann.projections if p.target != pool.name)
    return replace(
        ann,
        populations=(
            *ann.populations[:at],
            *populations,
            replace(pool, neuron=Relu()),
            *ann.populations[at + 1 :],
        ),
        projections=(*rest, *projections, *_into(pool.name, values[0])),
    )


def _taps(ann: Model, pool: Population, window: Max) -> list[list[_Part]]:
    """Return for each place in the window what all windows hold there."""
    (kh, kw), (sh, sw) = window.kernel, window.stride
    channels, height, width = window.input_shape
    none = (0, 0, 0)
    selects = [
        Select(
            start=(0, i, j),
            stop=(channels, height - kh + i + 1, width - kw + j + 1),
            step=(1, sh, sw),
            before=none,
            after=none,
        )
        for i in range(kh)
        for j in range(kw)
    ]
    into = ann.projections_to(pool.name)
    return [[_Part(p.sources, (*p.chain, select)) for p in into] for select in selects]


def _negative(part: _Part) -> _Part:
    return _Part(part.sources, (*part.chain, Scale(scale=np.array(-1.0))))


def _into(name: str, parts: list[_Part]) -> list[Projection]:
    return [
        Projection(name=f"to_{name}.{k}", sources=part.sources, target=name, chain=part.chain)
        for k, part in enumerate(parts)
    ]
