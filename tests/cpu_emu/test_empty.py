"""A stimulus means the same in whatever integers it comes, and what an input forbids is refused."""

import numpy as np
import pytest
from numpy.typing import DTypeLike

from neurodeploy.program import Dense, Input, Output, Population, Program, Projection
from neurodeploy.terms import Readout
from neurodeploy_cpu_emu.engine import Engine

N_STEPS = 7


def engine(n_neurons: int, high: int = 1) -> Engine:
    program = Program(
        inputs=(Input(name="x", shape=(n_neurons,), high=high),),
        populations=(
            Population(name="a", shape=(3,), du=np.int32(4095), dv=np.int32(0), vth=np.int32(1)),
        ),
        projections=(
            Projection(
                name="x_a",
                sources=("x",),
                target="a",
                operator=Dense(mantissa=np.full((3, n_neurons), 2, np.int32)),
            ),
        ),
        outputs=(Output(population="a", readout=Readout.COUNT),),
    )
    return Engine(program, {"a": ((0, 3),)})


@pytest.mark.parametrize("dtype", [np.bool_, np.int8, np.uint8, np.int16, np.int32, np.int64])
@pytest.mark.parametrize("n_neurons", [5, 64, 100])
def test_integers_of_any_width_are_the_same_spikes(dtype: DTypeLike, n_neurons: int) -> None:
    x = np.random.default_rng(n_neurons).random((3, N_STEPS - 2, n_neurons)) < 0.4
    expected = np.zeros((3, N_STEPS, n_neurons), np.int8)
    expected[:, : N_STEPS - 2] = x
    for values in (x.astype(dtype), np.asfortranarray(x.astype(dtype)), x.astype(dtype)[::1]):
        trace = engine(n_neurons).run_block({"x": values}, N_STEPS)
        np.testing.assert_array_equal(trace.outputs["x"], expected)
        assert trace.outputs["a"].any()


def test_steps_beyond_the_last_are_left_out() -> None:
    x = np.ones((2, N_STEPS + 3, 70), np.uint8)
    assert engine(70).run_block({"x": x}, N_STEPS).outputs["x"].shape == (2, N_STEPS, 70)


@pytest.mark.parametrize("dtype", [np.int8, np.int32])
@pytest.mark.parametrize("wrong", [-1, 2])
def test_what_an_input_does_not_declare_is_refused(dtype: DTypeLike, wrong: int) -> None:
    x = np.zeros((2, N_STEPS, 70), dtype)
    x[1, 4, 66] = wrong
    low, high = min(wrong, 0), max(wrong, 1)
    with pytest.raises(ValueError, match=f"declares 0..1, its stimulus has {low}..{high}"):
        engine(70).run_block({"x": x}, N_STEPS)


def test_no_samples_and_no_steps_are_taken() -> None:
    nothing = np.zeros((2, 0, 70), np.uint8)
    assert not engine(70).run_block({"x": nothing}, N_STEPS).outputs["x"].any()
