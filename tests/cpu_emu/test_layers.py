"""Layers that are moved whole do what the reference does, bit for bit."""

import numpy as np
import pytest
from support.random_programs import random_slices

from neurodeploy.program import Dense, Input, Output, Population, Program, Projection
from neurodeploy.program.reference import simulate
from neurodeploy.terms import Readout, Reset
from neurodeploy_cpu_emu.empty import empty
from neurodeploy_cpu_emu.engine import Engine

N_STEPS = 12


def layered(seed: int, **changes: object) -> Program:
    """Return two dense layers with everything drawn that a layer's kernel has a case for."""
    rng = np.random.default_rng(seed)
    sizes = [int(rng.choice([3, 16, 20, 50, 70, 128, 150, 300])) for _ in range(3)]
    largest = int(rng.choice([20, 127, 255]))
    reset = Reset.ZERO if seed % 2 else Reset.SUBTRACT_DELAYED

    def population(name: str, size: int, k: int) -> Population:
        zero = reset is Reset.ZERO
        settings: dict[str, object] = {
            "du": 4095,
            "dv": rng.integers(0, 4097, size).astype(np.int32),
            "vth": rng.integers(0, 2000, size).astype(np.int32),
            "bias_mant": rng.integers(-40, 40, size).astype(np.int32) * (rng.random(size) < 0.3),
            "bias_exp": int(rng.integers(0, 14)),
            "reset": reset,
            "v_reset": rng.integers(-500, 500, size).astype(np.int32) if zero else 0,
            "v0": rng.integers(-(1 << 20), 1 << 20, size).astype(np.int32),
            "t_start": k,
            "clear_interval": int(rng.choice([0, 5])),
        }
        return Population(name=name, shape=(size,), **{**settings, **changes})  # type: ignore[arg-type]

    def projection(source: str, target: str, k: int) -> Projection:
        shape = (sizes[k + 1], sizes[k])
        low, high = ((-largest, largest), (0, largest), (-largest, 0))[int(rng.integers(3))]
        mantissa = rng.integers(low, high + 1, shape, dtype=np.int32)
        mantissa = mantissa & ~1 if low < 0 < high == 255 else mantissa
        return Projection(
            name=f"{source}_{target}",
            sources=(source,),
            target=target,
            operator=Dense(mantissa=mantissa),
            weight_exp=int(rng.integers(0, 4)),
            delay_steps=int(rng.integers(1, 4)),
        )

    return Program(
        inputs=(Input(name="x", shape=(sizes[0],), high=1),),
        populations=(population("a", sizes[1], 1), population("b", sizes[2], 2)),
        projections=(projection("x", "a", 0), projection("a", "b", 1)),
        outputs=(Output(population="b", readout=Readout.COUNT),),
    )


def assert_as_reference(program: Program, seed: int) -> Engine:
    rng = np.random.default_rng(seed)
    slices = random_slices(rng, program)
    shape = (N_STEPS, *program.inputs[0].shape)
    x = {"x": (rng.random(shape) < rng.choice([0.0, 0.05, 0.5, 1.0])).astype(np.int32)}
    engine = Engine(program, slices)
    trace, expected = engine.run_sample(x, N_STEPS), simulate(program, x, N_STEPS)
    for name, cuts in slices.items():
        np.testing.assert_array_equal(trace.outputs[name], expected.outputs[name])
        active = [expected.active[name][:, low:high].sum(axis=1) for low, high in cuts]
        np.testing.assert_array_equal(trace.active[name], np.stack(active, axis=1))
        np.testing.assert_array_equal(trace.wraps[name].sum(axis=1), expected.wraps[name])
        clipped = trace.saturations[name].sum(axis=1)
        np.testing.assert_array_equal(clipped, expected.saturations[name])
    return engine


@pytest.mark.parametrize("seed", range(60))
def test_layers_equal_reference(seed: int) -> None:
    assert_as_reference(layered(seed), seed)


@pytest.mark.parametrize("seed", range(8))
def test_a_layer_goes_on_where_it_stopped(seed: int) -> None:
    """A threshold that is owed, and a voltage, outlive the call of the kernel."""
    program = layered(seed)
    engine = Engine(program, {p.name: ((0, p.size),) for p in program.populations})
    rng = np.random.default_rng(seed)
    x = {"x": (rng.random((2, N_STEPS, *program.inputs[0].shape)) < 0.3).astype(np.int32)}
    whole = engine.run_block(x, N_STEPS)
    parts = empty(program, engine._plan, x, N_STEPS, frozenset(), False, whole=True)
    states = engine._initial(parts, whole=False)
    for start, stop in ((0, 4), (4, 5), (5, N_STEPS)):
        engine._run(parts, states, start, stop)
    assert whole.outputs["a"].any()
    for name in ("a", "b"):
        np.testing.assert_array_equal(parts.outputs[name], whole.outputs[name])
    np.testing.assert_array_equal(parts.counts, whole.counts)


def test_every_case_of_the_kernel_is_among_them() -> None:
    layers = [
        neurons.layer for seed in range(60) for neurons in _neurons(layered(seed)) if neurons.layer
    ]
    assert {layer.narrow for layer in layers} == {True, False}
    assert {layer.synapses.weights.shape[2] for layer in layers} == {16, 32, 64, 128}
    assert {layer.synapses.scale for layer in layers} == {-1, 1, 2}
    assert any(
        simulate(program, _ones(program), N_STEPS).saturations["a"].any()
        for program in map(layered, range(10))
    )


@pytest.mark.parametrize(
    "change",
    [
        {"du": 4094},
        {"dv": 4097},
        {"vth_low": -5},
        {"reset": Reset.NONE},
        {"reset": Reset.SUBTRACT},
    ],
    ids=str,
)
def test_other_populations_take_the_general_way(change: dict[str, object]) -> None:
    program = layered(4, v_reset=0, **change)
    engine = assert_as_reference(program, 4)
    assert all(neurons.layer is None for neurons in _plan(engine))


def test_a_sum_that_could_wrap_takes_the_general_way() -> None:
    """256 weights of 127 times 2**3 reach 260,096: half as much again as a current holds."""
    population = Population(name="p", shape=(1,), du=4095, dv=0, vth=1)

    def program(exponent: int) -> Program:
        operator = Dense(mantissa=np.full((1, 256), 127, np.int32))
        return Program(
            inputs=(Input(name="x", shape=(256,), high=1),),
            populations=(population,),
            projections=(
                Projection(
                    name="x_p",
                    sources=("x",),
                    target="p",
                    operator=operator,
                    weight_exp=exponent,
                ),
            ),
            outputs=(Output(population="p", readout=Readout.COUNT),),
        )

    assert assert_as_reference(program(2), 0) is not None
    assert [n.layer is None for n in _neurons(program(2))] == [False]
    assert [n.layer is None for n in _neurons(program(3))] == [True]


def _plan(engine: Engine):  # type: ignore[no-untyped-def]
    return engine._plan.neurons


def _neurons(program: Program):  # type: ignore[no-untyped-def]
    return _plan(Engine(program, {p.name: ((0, p.size),) for p in program.populations}))


def _ones(program: Program) -> dict[str, np.ndarray]:
    return {"x": np.ones((N_STEPS, *program.inputs[0].shape), np.int32)}
