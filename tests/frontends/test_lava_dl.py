"""lava-dl's networks run here with their own integers. (Compared with Lava itself elsewhere.)"""

from itertools import product
from pathlib import Path

import h5py
import numpy as np
import pytest
from support import shared
from support.net_files import random_net

from neurodeploy.frontends.lava_dl import InputTransform, from_lava_dl, input_transform
from neurodeploy.program import Dense, Program
from neurodeploy.program.reference import simulate
from neurodeploy.terms import Readout
from neurodeploy_cpu_emu.engine import Engine

N_STEPS = 24


def net(name: str) -> Path:
    return shared.folder("models") / "lavadl_net" / f"{name}.net"


def stimulus(program: Program, seed: int) -> np.ndarray:
    rng = np.random.default_rng(seed)
    node = program.inputs[0]
    return rng.integers(node.low, node.high + 1, (N_STEPS, *node.shape)).astype(np.int32)


def assert_engine_equals_reference(program: Program, x: np.ndarray) -> None:
    whole = {p.name: ((0, p.size),) for p in program.populations}
    trace = Engine(program, whole).run_sample({"input": x}, N_STEPS, frozenset(whole))
    expected = simulate(program, {"input": x}, N_STEPS)
    for p in program.populations:
        flat = (N_STEPS, p.size)
        np.testing.assert_array_equal(trace.outputs[p.name], expected.outputs[p.name].reshape(flat))
        np.testing.assert_array_equal(trace.u[p.name], expected.u[p.name].reshape(flat))
        np.testing.assert_array_equal(trace.v[p.name], expected.v[p.name].reshape(flat))


def test_tiny_has_the_integers_of_its_file() -> None:
    program = from_lava_dl(net("tiny"))
    assert [(p.name, p.shape) for p in program.populations] == [
        ("input0", (3, 16, 16)),
        ("conv1", (24, 6, 6)),
        ("conv2", (36, 1, 1)),
    ]
    for population in program.populations:
        assert (population.du == 4095).all()
        assert (population.dv == 1024).all()
        assert (population.vth == 25).all()
        assert population.t_start == 0
    with h5py.File(net("tiny")) as file:
        for index in (1, 2):
            bias = file[f"layer/{index}/bias"][()].astype(int)
            population = program.population(f"conv{index}")
            everywhere = np.broadcast_to((bias << 6)[:, None, None], population.shape)
            np.testing.assert_array_equal(population.bias, everywhere)


def test_oxford_has_the_integers_of_its_file() -> None:
    program = from_lava_dl(net("oxford"))
    assert program.inputs[0].shape == (200,)
    assert not program.inputs[0].graded
    assert [(p.name, p.shape) for p in program.populations] == [
        ("dense0", (256,)),
        ("dense1", (200,)),
    ]
    assert [int(p.dv[0]) for p in program.populations] == [415, 409]
    assert all((p.vth == 6).all() and (p.du == 4095).all() for p in program.populations)
    with h5py.File(net("oxford")) as file:
        for index, projection in enumerate(program.projections):
            assert isinstance(projection.operator, Dense)
            assert projection.weight_exp == 0
            assert projection.delay_steps == 1
            np.testing.assert_array_equal(
                projection.operator.mantissa, file[f"layer/{index}/weight"][()]
            )


def test_the_last_layer_is_counted_once_the_input_can_reach_it() -> None:
    for name, last in (("tiny", "conv2"), ("oxford", "dense1")):
        program = from_lava_dl(net(name))
        (output,) = program.outputs
        assert (output.population, output.readout) == (last, Readout.COUNT)
        assert output.lag_steps == program.drain_steps == 2


def test_aligned_layers_start_when_the_input_reaches_them() -> None:
    starts = {
        name: [p.t_start for p in from_lava_dl(net(name), aligned=True).populations]
        for name in ("tiny", "oxford")
    }
    assert starts == {"tiny": [0, 1, 2], "oxford": [1, 2]}


@pytest.mark.parametrize("aligned", [False, True])
@pytest.mark.parametrize("name", ["tiny", "oxford"])
def test_files_run_alike_on_reference_and_cpu_emu(name: str, aligned: bool) -> None:
    program = from_lava_dl(net(name), aligned=aligned)
    assert_engine_equals_reference(program, stimulus(program, seed=1))


@pytest.mark.parametrize("seed", range(6))
def test_random_files_run_alike_on_reference_and_cpu_emu(seed: int, tmp_path: Path) -> None:
    program = from_lava_dl(random_net(tmp_path / "random.net", seed), aligned=bool(seed % 2))
    assert_engine_equals_reference(program, stimulus(program, seed))


@pytest.mark.parametrize("name", ["tiny", "oxford"])
def test_files_are_neither_silent_nor_always_on(name: str) -> None:
    program = from_lava_dl(net(name))
    x = np.random.default_rng(0).random((100, *program.inputs[0].shape))
    if name == "tiny":
        x = np.broadcast_to(InputTransform(weight=36, bias=34).apply(x[0]), x.shape)
    else:
        x = (x < 0.002).astype(int)
    trace = simulate(program, {"input": x}, len(x))
    for population in program.populations:
        assert 0.005 < trace.outputs[population.name].mean() < 0.8


def naive_convolution(spikes: np.ndarray, layer: h5py.Group) -> np.ndarray:
    """Convolve as Lava does, from the file's numbers: (W, H, C), a kernel that is flipped twice.

    netx flips the file's kernel and orders it (out, W, H, in); Lava's Conv, a true convolution,
    reads it backwards: output (x, y) sums over what lies ``kernel - 1 - i`` to its right and below.
    """
    lava_kernel = layer["weight"][()][:, :, ::-1, ::-1, 0].transpose(0, 3, 2, 1)
    stride = layer["stride"][()][::-1]
    width, height, channels = layer["shape"][()][::-1]
    n_out, kernel_width, kernel_height, n_in = lava_kernel.shape
    image = spikes.transpose(2, 1, 0)
    result = np.zeros((channels, height, width), int)
    for o, x, y in product(range(n_out), range(width), range(height)):
        for i, j in product(range(kernel_width), range(kernel_height)):
            pixel = image[
                x * stride[0] + kernel_width - 1 - i, y * stride[1] + kernel_height - 1 - j
            ]
            for c in range(n_in):
                result[o, y, x] += int(lava_kernel[o, i, j, c]) * int(pixel[c])
    return result


def test_convolutions_are_oriented_as_in_lava() -> None:
    program = from_lava_dl(net("tiny"))
    image = np.random.default_rng(3).random((3, 16, 16))
    x = np.broadcast_to(InputTransform(weight=36, bias=34).apply(image), (6, 3, 16, 16))
    trace = simulate(program, {"input": x}, 6)
    with h5py.File(net("tiny")) as file:
        for k in (2, 5):  # the current has no memory: u is what the spikes of the step before give
            spikes = trace.outputs["input0"][k - 1]
            assert 0 < spikes.sum() < spikes.size
            expected = naive_convolution(spikes, file["layer/1"]) << 6
            np.testing.assert_array_equal(trace.u["conv1"][k], expected)


def test_an_image_becomes_the_input_layer_s_currents() -> None:
    transform = input_transform(net("tiny"))
    assert transform == InputTransform(weight=36, bias=34)
    program = from_lava_dl(net("tiny"))
    assert (program.inputs[0].low, program.inputs[0].high) == (transform.low, transform.high)
    assert (transform.low, transform.high) == (-2, 70)
    np.testing.assert_array_equal(
        transform.apply(np.array([0.0, 0.005, 0.02, 0.51, 1.0])), [-2, -1, 0, 34, 70]
    )


def test_spikes_enter_a_file_that_begins_with_a_dense_layer() -> None:
    assert input_transform(net("oxford")) is None


def test_axonal_delays_stand_in_the_projection_to_the_next_layer(tmp_path: Path) -> None:
    path = random_net(tmp_path / "random.net", seed=0)
    program = from_lava_dl(path)
    with h5py.File(path) as file:
        of_conv, of_dense = (file[f"layer/{index}/delay"][()] for index in (2, 4))
    by_name = {p.target: p.delay_steps for p in program.projections}
    per_pixel = np.repeat(of_conv, program.population("conv2").size // 3)
    np.testing.assert_array_equal(by_name["dense4"], np.tile(1 + per_pixel, (7, 1)))
    np.testing.assert_array_equal(by_name["dense5"], np.tile(1 + of_dense, (5, 1)))
    assert by_name["conv1"] == by_name["conv2"] == 1
