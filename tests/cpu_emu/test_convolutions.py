"""Convolutions of any size, laid out in vectors of sixteen, equal the reference."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.random_programs import random_slices

from neurodeploy.geometry.conv import ConvGeometry
from neurodeploy.program import Conv, Input, Population, Program, Projection
from neurodeploy.program.reference import simulate
from neurodeploy_cpu_emu.engine import Engine
from neurodeploy_cpu_emu.synapses import ConvSynapses, prepared

WEIGHTS = {"int8": (-128, 127, 1), "halved": (-256, 254, 2), "uint8": (0, 255, 1)}
WEIGHTS |= {"negative": (-255, 0, 1), "int16": (-3000, 3000, 1), "int32": (-70_000, 70_000, 1)}
"""Least, largest and unit, for every form that `narrowed` gives a kernel."""


@st.composite
def geometries(draw: st.DrawFn) -> ConvGeometry:
    def pair(low: int, high: int) -> tuple[int, int]:
        return draw(st.integers(low, high)), draw(st.integers(low, high))

    groups, kernel, dilation = draw(st.integers(1, 3)), pair(1, 3), pair(1, 2)
    spans = [(k - 1) * d + 1 for k, d in zip(kernel, dilation, strict=True)]
    size = tuple(s + draw(st.integers(0, 6)) for s in spans)
    return ConvGeometry(
        input_shape=(groups * draw(st.integers(1, 3)), size[0], size[1]),
        out_channels=groups * draw(st.integers(1, 18)),
        kernel=kernel,
        stride=pair(1, 2),
        padding=pair(0, 2),
        dilation=dilation,
        groups=groups,
    )


def convolved(geometry: ConvGeometry, mantissa: np.ndarray, *, graded: bool) -> Program:
    shape = geometry.output_shape
    return Program(
        inputs=(Input(name="x", shape=geometry.input_shape, low=-9 if graded else 0, high=9),),
        populations=(Population(name="n", shape=shape, du=77, dv=3, vth=900),),
        projections=(
            Projection(
                name="c",
                sources=("x",),
                target="n",
                operator=Conv(mantissa=mantissa, geometry=geometry),
                graded=graded,
            ),
        ),
        outputs=(),
    )


@settings(max_examples=60, deadline=None)
@given(
    geometry=geometries(),
    form=st.sampled_from(sorted(WEIGHTS)),
    graded=st.booleans(),
    rate=st.sampled_from([0.05, 0.9]),
    seed=st.integers(0, 999),
)
def test_convolutions_equal_reference(
    geometry: ConvGeometry, form: str, graded: bool, rate: float, seed: int
) -> None:
    rng = np.random.default_rng(seed)
    low, high, unit = WEIGHTS[form]
    mantissa = rng.integers(low // unit, high // unit + 1, geometry.weight_shape) * unit
    program = convolved(geometry, mantissa, graded=graded)
    values = rng.integers(-9 if graded else 1, 10, (2, 4, *geometry.input_shape))
    x = values * (rng.random(values.shape) < rate)
    trace = Engine(program, random_slices(rng, program)).run_block({"x": x}, 4, frozenset({"n"}))
    for k in range(2):
        expected = simulate(program, {"x": x[k]}, 4)
        np.testing.assert_array_equal(trace.u["n"][k], expected.u["n"].reshape(4, -1))
        np.testing.assert_array_equal(trace.outputs["n"][k], expected.outputs["n"].reshape(4, -1))


@pytest.mark.parametrize("form", sorted(WEIGHTS))
def test_kernels_are_kept_as_narrow_as_they_fit(form: str) -> None:
    low, high, _ = WEIGHTS[form]
    geometry = ConvGeometry(input_shape=(1, 3, 3), out_channels=2, kernel=(1, 1))
    mantissa = np.array([low, high], np.int32).reshape(2, 1, 1, 1)
    (projection,) = convolved(geometry, mantissa, graded=False).projections
    synapses = prepared(projection.operator, projection)
    assert isinstance(synapses, ConvSynapses)
    names = {"halved": "int8", "negative": "uint8"}
    assert synapses.kernel.dtype == names.get(form, form)
    scales = {"halved": 2, "negative": -1}
    assert synapses.scale == scales.get(form, 1)
    np.testing.assert_array_equal(synapses.kernel[:2] * np.int32(synapses.scale), [low, high])
