"""What becomes of maximum pools before anything spikes."""

from dataclasses import replace
from typing import assert_never

from neurodeploy.errors import InputError
from neurodeploy.methods.conversion.options import MaxPool
from neurodeploy.model import AvgPool2d, Linear, Max, Model, Population, Projection, Relu


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
        case MaxPool.OR:
            problems = [line for p in pools for line in _not_one_layer(ann, p)]
            if problems:
                raise InputError("ND2831", *problems)
            line = f"maximum pools {names} spike where any input of the window does"
            return replace(ann, history=(*ann.history, line))
        case _:
            assert_never(rule)


def _refusal(pool: Population) -> str:
    return (
        f"population {pool.name!r} takes the maximum of its window, for which rates have no exact "
        "form: choose --maxpool or (spikes where any input does), --maxpool average (another "
        "function; finetune it), or train the network with average pools"
    )


def _not_one_layer(ann: Model, pool: Population) -> list[str]:
    into = ann.projections_to(pool.name)
    if len(into) == 1 and len(into[0].sources) == 1 and _is_spiking(ann, into[0].sources[0]):
        return []
    return [
        f"population {pool.name!r} takes the maximum of values that are not the spikes of one "
        "layer: put the ReLU before the pool, which gives the same, or choose --maxpool average"
    ]


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
