"""What becomes of maximum pools before anything spikes."""

from dataclasses import replace
from typing import assert_never

from neurodeploy.errors import InputError
from neurodeploy.methods.conversion.options import MaxPool
from neurodeploy.methods.conversion.pool_differences import with_differences
from neurodeploy.model import AvgPool2d, Linear, Max, Model, Population, Projection, Relu
from neurodeploy.model.padding import padding_of


def with_pools(ann: Model, rule: MaxPool) -> Model:
    """Return `ann` with its maximum pools as `rule` has them.

    Raises
    ------
    InputError
        If it has one and `rule` is to refuse, or takes spikes of one layer only (ND2831).
    """
    pools = [p for p in ann.populations if isinstance(p.neuron, Max)]
    if not pools:
        return ann
    names = ", ".join(p.name for p in pools)
    match rule:
        case MaxPool.REFUSE:
            raise InputError("ND2831", *map(_refusal, pools))
        case MaxPool.AVERAGE:
            line = f"maximum pools {names} became averages, another function: finetune it"
            return _averaged(ann, {p.name: p for p in pools}, line)
        case MaxPool.DIFFERENCES:
            _refuse([line for p in pools for line in _may_be_negative(ann, p)])
            return with_differences(ann, pools)
        case MaxPool.OR:
            _refuse([line for p in pools for line in _not_one_layer(ann, p)])
            line = f"maximum pools {names} spike where any input of the window does"
            return replace(ann, history=(*ann.history, line))
        case MaxPool.RATE_GATED:
            _refuse([line for p in pools for line in _not_one_layer(ann, p)])
            line = f"maximum pools {names} pass on the input of the highest rate so far"
            return _by_rate(replace(ann, history=(*ann.history, line)))
        case _:
            assert_never(rule)


def _refuse(problems: list[str]) -> None:
    if problems:
        raise InputError("ND2831", *problems)


def _refusal(pool: Population) -> str:
    return (
        f"population {pool.name!r} takes the maximum of its window, for which rates have no exact "
        "form: choose --maxpool differences (layers that compute it pair by pair), or (spikes "
        "where any input does), rate-gated (in floats alone) or average (another function; "
        "finetune it), or train the network with average pools"
    )


def _not_one_layer(ann: Model, pool: Population) -> list[str]:
    into = ann.projections_to(pool.name)
    if len(into) == 1 and len(into[0].sources) == 1 and _is_spiking(ann, into[0].sources[0]):
        return []
    return [
        f"population {pool.name!r} takes the maximum of values that are not the spikes of one "
        "layer: put the ReLU before the pool, which gives the same, or choose --maxpool average"
    ]


def _may_be_negative(ann: Model, pool: Population) -> list[str]:
    into = ann.projections_to(pool.name)
    only_pads = all(padding_of(p.chain, ann.node(p.sources[0]).shape) is not None for p in into)
    if only_pads and all(_is_spiking(ann, source) for p in into for source in p.sources):
        return []
    return [
        f"population {pool.name!r} takes the maximum of values that may be negative, which a rate "
        "is not: put the ReLU before the pool, which gives the same, or choose --maxpool average"
    ]


def _by_rate(ann: Model) -> Model:
    populations = tuple(
        replace(p, neuron=replace(p.neuron, by_rate=True)) if isinstance(p.neuron, Max) else p
        for p in ann.populations
    )
    return replace(ann, populations=populations)


def _is_spiking(ann: Model, name: str) -> bool:
    node = ann.node(name)
    return isinstance(node, Population) and isinstance(node.neuron, Relu | Max)


def _averaged(ann: Model, pools: dict[str, Population], line: str) -> Model:
    populations = tuple(
        replace(p, neuron=Linear()) if p.name in pools else p for p in ann.populations
    )
    projections = tuple(
        _with_average(p, pools[p.target]) if p.target in pools else p for p in ann.projections
    )
    history = (*ann.history, line)
    return replace(ann, populations=populations, projections=projections, history=history)


def _with_average(projection: Projection, pool: Population) -> Projection:
    assert isinstance(pool.neuron, Max)
    average = AvgPool2d(kernel=pool.neuron.kernel, stride=pool.neuron.stride)
    return replace(projection, chain=(*projection.chain, average))
