"""Turn a Program into a `Layout`."""

import keyword
import re
from collections.abc import Iterable, Iterator

import numpy as np
from numpy.typing import NDArray

from neurodeploy.program import Conv, Direct, Population, Program, Projection
from neurodeploy_loihi_sim.layout import Cells, Layout, Lif, Neurons, Source, Wire, heads_of
from neurodeploy_loihi_sim.order import (
    between,
    flattened,
    in_lava_order,
    lava_shape,
    unflattened,
)
from neurodeploy_loihi_sim.stock import stock_lif
from neurodeploy_loihi_sim.synapses import fits_conv, synapses_of


def layout_of(program: Program) -> Layout:
    """Return the Lava processes that compute `program`, and their wires."""
    weighted = [p for p in program.projections if not isinstance(p.operator, Direct)]
    direct = [p for p in program.projections if isinstance(p.operator, Direct)]
    names = [("layer", n.name) for n in program.nodes] + [("synapses", p.name) for p in weighted]
    keys = list(_identifiers(names))
    node_keys = {n.name: key for n, key in zip(program.nodes, keys, strict=False)}
    joined = list(zip(weighted, keys[len(program.nodes) :], strict=True))
    stock = stock_lif(program)
    wires = (
        *(wire for p, key in joined for wire in _wires(program, p, node_keys, key)),
        *(wire for p in direct for wire in _wires(program, p, node_keys, None)),
    )
    return Layout(
        sources=tuple(
            Source(key=node_keys[n.name], name=n.name, shape=lava_shape(n.shape))
            for n in program.inputs
        ),
        neurons=tuple(_cells(p, node_keys[p.name], p.name in stock) for p in program.populations),
        synapses=tuple(synapses_of(program, p, key) for p, key in joined),
        wires=wires,
        heads=heads_of(keys, wires),
    )


def _identifiers(names: Iterable[tuple[str, str]]) -> Iterator[str]:
    """Yield each (kind, name) as a Python identifier of its own."""
    taken: set[str] = set()
    for kind, name in names:
        plain = re.sub(r"\W", "_", name, flags=re.ASCII).strip("_") or kind
        if plain[0].isdigit() or keyword.iskeyword(plain):
            plain = f"{kind}_{plain}"
        key, count = plain, 1
        while key in taken:
            count += 1
            key = f"{plain}_{count}"
        taken.add(key)
        yield key


def _cells(population: Population, key: str, stock: bool) -> Cells:
    def full(name: str) -> NDArray[np.int32]:
        return in_lava_order(getattr(population, name))

    def one(name: str) -> int:
        return int(getattr(population, name).flat[0])

    shape = lava_shape(population.shape)
    if stock:
        return Lif(
            key=key,
            name=population.name,
            shape=shape,
            du=one("du"),
            dv=one("dv"),
            vth=one("vth"),
            bias_mant=full("bias_mant"),
            bias_exp=full("bias_exp"),
            u0=full("u0"),
            v0=full("v0"),
        )
    return Neurons(
        key=key,
        name=population.name,
        shape=shape,
        du=full("du"),
        dv=full("dv"),
        vth=full("vth"),
        vth_low=None if population.vth_low is None else full("vth_low"),
        v_reset=full("v_reset"),
        bias_mant=full("bias_mant"),
        bias_exp=full("bias_exp"),
        u0=full("u0"),
        v0=full("v0"),
        reset=population.reset,
        t_start=population.t_start,
        spiking=population.spiking,
        clear_interval=population.clear_interval,
        clear_offset=population.clear_offset,
    )


def _wires(
    program: Program, projection: Projection, nodes: dict[str, str], synapses: str | None
) -> Iterator[Wire]:
    """Yield a wire from each source, and one from the synapses to the target."""
    operator = projection.operator
    shape, target = program.shape_of(projection.sources[0]), program.shape_of(projection.target)
    arriving, last, leaving = shape, flattened(shape), unflattened(target)
    if synapses is None:
        arriving, last = target, ()
    elif isinstance(operator, Conv) and fits_conv(operator):
        arriving, last = operator.geometry.input_shape, ()
        leaving = between(operator.geometry.output_shape, target)
    for source in projection.sources:
        yield Wire(
            source=nodes[source],
            out_port="s_out",
            target=nodes[projection.target] if synapses is None else synapses,
            in_port="a_in" if synapses is None else "s_in",
            steps=(*between(program.shape_of(source), arriving), *last),
        )
    if synapses is not None:
        yield Wire(
            source=synapses,
            out_port="a_out",
            target=nodes[projection.target],
            in_port="a_in",
            steps=leaving,
        )
