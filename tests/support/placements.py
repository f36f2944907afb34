"""Chips with the limits of a test, and small networks to place on them."""

from dataclasses import replace
from itertools import product

import numpy as np
from hypothesis import strategies as st
from numpy.typing import NDArray

from neurodeploy.geometry.conv import ConvGeometry
from neurodeploy.hardware import Evidence, Hardware, Quantity, SynapseFormat, Topology
from neurodeploy.hardware.toml_file import load_chip
from neurodeploy.program import (
    Conv,
    Dense,
    Direct,
    Input,
    Operator,
    Output,
    Population,
    Program,
    Projection,
    Sparse,
)
from neurodeploy.terms import Readout

FORMATS = {
    "dense": SynapseFormat(bits_per_synapse=8, bits_per_axon=16, shared=False, source="a test"),
    "sparse": SynapseFormat(bits_per_synapse=12, bits_per_axon=16, shared=False, source="a test"),
    "conv": SynapseFormat(bits_per_synapse=8, bits_per_axon=0, shared=True, source="a test"),
}


def chip(evidence: Evidence = Evidence.VENDOR, **limits: int) -> Hardware:
    def quantity(value: int) -> Quantity:
        return Quantity(
            value=value, low=value, high=value, unit="count", evidence=evidence, source="a test"
        )

    return replace(
        load_chip("ideal"),
        name="chip",
        topology=Topology(mesh_width=2, mesh_height=2, cores_per_tile=2),
        limits={name: quantity(value) for name, value in limits.items()},
        synapse_formats=FORMATS,
    )


def neurons(name: str, shape: tuple[int, ...]) -> Population:
    return Population(name=name, shape=shape, du=4095, dv=0, vth=1)


def network(
    n_inputs: int, populations: dict[str, tuple[int, ...]], joins: dict[tuple[str, str], Operator]
) -> Program:
    return Program(
        inputs=(Input(name="in", shape=(n_inputs,)),),
        populations=tuple(neurons(name, shape) for name, shape in populations.items()),
        projections=tuple(
            Projection(
                name=f"{source}-{target}",
                sources=(source,),
                target=target,
                operator=operator,
                delay_steps=0 if isinstance(operator, Direct) else 1,
            )
            for (source, target), operator in joins.items()
        ),
        outputs=(Output(population=list(populations)[-1], readout=Readout.COUNT),),
    )


def ones(n_out: int, n_in: int) -> Dense:
    return Dense(mantissa=np.ones((n_out, n_in)))


def stored(operator: Operator, n_target: int) -> NDArray[np.bool_]:
    """Return which synapses are stored, (n_target, n_in), from the definition of each operator."""
    match operator:
        case Direct():
            return np.eye(n_target, dtype=np.bool_)
        case Dense():
            return np.ones(operator.mantissa.shape, np.bool_)
        case Sparse():
            found = np.zeros((operator.n_out, operator.n_in), np.bool_)
            sources = np.repeat(np.arange(operator.n_in), np.diff(operator.indptr))
            found[operator.targets, sources] = True
            return found
        case Conv():
            g = operator.geometry
            shape = (*g.output_shape, *g.input_shape)
            found = np.zeros(shape, np.bool_)
            n_in, n_out = g.weight_shape[1], g.out_channels // g.groups
            for o, c, i, j in np.ndindex(g.weight_shape):
                rows, columns = (
                    zip(*g.taps(axis, tap), strict=True) for axis, tap in ((0, i), (1, j))
                )
                for (y, row), (x, column) in product(list(rows), list(columns)):
                    found[o, y, x, o // n_out * n_in + c, row, column] = True
            return found.reshape(operator.n_out, operator.n_in)


@st.composite
def programs(draw: st.DrawFn) -> Program:
    """A conv layer, a dense one, a sparse one that loops back, and a direct join of both."""
    channels, size = draw(st.integers(1, 3)), draw(st.integers(2, 4))
    geometry = ConvGeometry(
        input_shape=(1, size, size),
        out_channels=channels,
        kernel=(2, 2),
        stride=(draw(st.integers(1, 2)), 1),
        padding=(draw(st.integers(0, 1)), 0),
    )
    n_conv = int(np.prod(geometry.output_shape))
    width = draw(st.integers(1, 9))
    kept = np.random.default_rng(draw(st.integers(0, 9))).integers(0, 2, (width, width)) > 0
    mantissa = np.ones((width, width), np.int32)
    return network(
        size * size,
        {"conv": geometry.output_shape, "fc": (width,), "rec": (width,)},
        {
            ("in", "conv"): Conv(mantissa=np.ones(geometry.weight_shape), geometry=geometry),
            ("conv", "fc"): ones(width, n_conv),
            ("fc", "rec"): Direct(),
            ("rec", "fc"): Sparse.from_dense(mantissa, kept),
        },
    )
