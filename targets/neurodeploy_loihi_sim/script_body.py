"""The part of the stand-alone script that makes and connects the processes, line by line."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from neurodeploy.deployment.deployment import Deployment
from neurodeploy.deployment.quantisation import LayerQuantisation
from neurodeploy.program import Direct, Input, Population, Program, Projection
from neurodeploy_loihi_sim.layout import (
    Cells,
    ConvSynapses,
    DenseSynapses,
    Layout,
    Lif,
    Neurons,
    SparseSynapses,
    Synapses,
    Transpose,
    Wire,
)
from neurodeploy_loihi_sim.stock import first_arrivals, reasons_against

Arrays = dict[str, NDArray[np.integer]]

_STATE = ("u0", "v0", "bias_mant", "bias_exp")
_OWN = ("du", "dv", "vth", "v_reset", *_STATE)
_LAVA_NAME = {"u0": "u", "v0": "v"}


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Body:
    """Indented lines of code, and the arrays that they name."""

    lines: tuple[str, ...]
    arrays: Arrays


def body_of(layout: Layout, deployment: Deployment) -> Body:
    """Return the code that builds `layout`, with what the deployment knows of its scales."""
    program, arrays = deployment.program, Arrays()
    rounding = {q.population: q for q in deployment.quantisation}
    arrival = first_arrivals(program)
    lines: list[str] = []
    for node in program.inputs:
        lines += [*_source(layout, node, only=len(program.inputs) == 1), ""]
    for cells in layout.neurons:
        population = program.population(cells.name)
        lines += _remarks(population, rounding.get(cells.name), program)
        lines += _why_own(population, cells, arrival[cells.name])
        lines += [*_cells(cells, arrays), ""]
    weighted = [p for p in program.projections if not isinstance(p.operator, Direct)]
    for projection, synapses in zip(weighted, layout.synapses, strict=True):
        lines += [f"# {_of_projection(projection, program)}"]
        lines += [f"# {_adds(projection, synapses)}"]
        lines += [*_synapses(synapses, arrays), ""]
    lines += [_wire(layout, wire) for wire in layout.wires]
    return Body(lines=tuple(f"    {line}" if line else "" for line in lines), arrays=arrays)


def _source(layout: Layout, node: Input, *, only: bool) -> Iterator[str]:
    key, place = layout.key_of(node.name), "x" if only else node.name
    bits = max(abs(node.low), node.high).bit_length() + 1 if node.graded else 0
    kind = f"payloads {node.low} to {node.high}" if node.graded else "spikes"
    yield f"# input {node.name!r}: {_by(node.shape)} {kind}"
    yield f'net["{key}"] = Source(data=to_lava(stimulus[{place!r}]))'
    yield f'sent["{key}"] = enter(net["{key}"], {bits}, hardware)'


def _remarks(
    population: Population, rounding: LayerQuantisation | None, program: Program
) -> Iterator[str]:
    """Yield what the layer is, and what its integers stand for."""
    does = "fires when v > 64 * vth" if population.spiking else "sends v, and never fires"
    yield f"# layer {population.name!r}: {_by(population.shape)} neurons, {does}"
    if rounding is not None and population.spiking:
        yield (
            f"# the model's threshold is vth {rounding.vth}; rounding moved the weights by "
            f"{100 * rounding.weight_error:.2f} %"
        )
    if population.name in program.output_scale:
        scale = program.output_scale[population.name]
        yield f"# 1 of its v is {scale:.6g} in the model's units"


def _why_own(population: Population, cells: Cells, arrival: int) -> Iterator[str]:
    if isinstance(cells, Neurons):
        reasons = "; ".join(reasons_against(population, arrival))
        yield f"# a process of our own, on a chip with microcode for Loihi 2: {reasons}"


def _cells(cells: Cells, arrays: Arrays) -> Iterator[str]:
    own = isinstance(cells, Neurons)
    yield f'net["{cells.key}"] = {"Neurons" if own else "LIF"}('
    yield f"    shape={cells.shape},"
    if isinstance(cells, Lif):
        yield f"    du={cells.du},"
        yield f"    dv={cells.dv},"
        yield f"    vth={cells.vth},"
    else:
        yield f'    reset="{cells.reset.value}",'
        yield from _rare(cells, arrays)
    for name in _OWN if own else _STATE:
        yield from _per_neuron(cells.key, name, getattr(cells, name), arrays)
    yield ")"


def _rare(cells: Neurons, arrays: Arrays) -> Iterator[str]:
    """Yield what most neurons leave at its default."""
    if cells.t_start:
        yield f"    t_start={cells.t_start},"
    if not cells.spiking:
        yield "    spiking=False,"
    if cells.clear_interval:
        yield f"    clear_interval={cells.clear_interval},"
        yield f"    clear_offset={cells.clear_offset},"
    if cells.vth_low is not None:
        yield "    ternary=True,"
        yield from _per_neuron(cells.key, "vth_low", cells.vth_low, arrays)


def _per_neuron(key: str, name: str, values: NDArray[np.int32], arrays: Arrays) -> Iterator[str]:
    """Yield a parameter: nothing where it is 0, a number where all are equal, else an array."""
    argument = _LAVA_NAME.get(name, name)
    if not values.any():
        return
    if (values == values.flat[0]).all():
        yield f"    {argument}={int(values.flat[0])},"
        return
    yield f"    {argument}={_array(f'{key}.{name}', values, arrays)},"


def _of_projection(projection: Projection, program: Program) -> str:
    sources = " + ".join(map(repr, projection.sources))
    size = int(np.prod(program.shape_of(projection.sources[0])))
    return f"projection {projection.name!r}: {sources} ({size:,}) -> {projection.target!r}"


def _adds(projection: Projection, synapses: Synapses) -> str:
    """Return what a spike adds; Lava ignores a convolution's exponent, so it is in the weights."""
    each = "a payload of 1" if projection.graded else "a spike"
    if isinstance(synapses, ConvSynapses):
        return f"{each} adds 64 * weight to u; weight is mantissa * 2**{projection.weight_exp}"
    return f"{each} adds 64 * weight * 2**weight_exp to u"


def _synapses(synapses: Synapses, arrays: Arrays) -> Iterator[str]:
    match synapses:
        case DenseSynapses():
            return _call(synapses.key, *_dense(synapses, arrays))
        case SparseSynapses():
            return _call(synapses.key, *_sparse(synapses, arrays))
        case ConvSynapses():
            return _call(synapses.key, *_conv(synapses, arrays))


def _call(key: str, process: str, arguments: Mapping[str, object]) -> Iterator[str]:
    yield f'net["{key}"] = {process}('
    yield from (f"    {name}={value}," for name, value in arguments.items())
    yield ")"


def _dense(s: DenseSynapses, arrays: Arrays) -> tuple[str, Mapping[str, object]]:
    arguments: dict[str, object] = {"weights": _array(f"{s.key}.weights", s.weights, arrays)}
    if s.delays is not None:
        arguments["delays"] = _array(f"{s.key}.delays", s.delays, arrays) + ".astype(int)"
    return ("Dense" if s.delays is None else "DelayDense"), {**arguments, **_common(s)}


def _sparse(s: SparseSynapses, arrays: Arrays) -> tuple[str, Mapping[str, object]]:
    def matrix(name: str, values: NDArray[np.int32], cast: str = "") -> str:
        data = _array(f"{s.key}.{name}", values, arrays) + cast
        return f"csr_matrix(({data}, {indices}, {indptr}), shape={s.shape})"

    indices = _array(f"{s.key}.indices", s.indices, arrays)
    indptr = _array(f"{s.key}.indptr", s.indptr, arrays)
    arguments: dict[str, object] = {"weights": matrix("weights", s.weights)}
    if s.delays is not None:
        arguments["delays"] = matrix("delays", s.delays, ".astype(int)")
    return ("Sparse" if s.delays is None else "DelaySparse"), {**arguments, **_common(s)}


def _common(s: DenseSynapses | SparseSynapses) -> Mapping[str, object]:
    return {
        "weight_exp": s.weight_exp,
        "sign_mode": f"SignMode.{s.sign_mode.name}",
        "num_message_bits": s.message_bits,
    }


def _conv(s: ConvSynapses, arrays: Arrays) -> tuple[str, Mapping[str, object]]:
    delayed = {} if s.delay_steps == 1 else {"delay_steps": s.delay_steps}
    return ("DelayedConv" if delayed else "Conv"), {
        **delayed,
        "weight": _array(f"{s.key}.weight", s.weight, arrays),
        "input_shape": s.input_shape,
        "stride": s.stride,
        "padding": s.padding,
        "dilation": s.dilation,
        "groups": s.groups,
        "num_message_bits": s.message_bits,
    }


def _array(name: str, values: NDArray[np.int32], arrays: Arrays) -> str:
    arrays[name] = values
    return f'ARRAYS["{name}"]'


def _wire(layout: Layout, wire: Wire) -> str:
    source = wire.source in {node.key for node in layout.sources}
    port = f'sent["{wire.source}"]' if source else f'net["{wire.source}"].{wire.out_port}'
    for step in wire.steps:
        verb = "transpose" if isinstance(step, Transpose) else "reshape"
        port += f".{verb}({step.to})"
    return f'{port}.connect(net["{wire.target}"].{wire.in_port})'


def _by(shape: tuple[int, ...]) -> str:
    return " x ".join(map(str, shape))
