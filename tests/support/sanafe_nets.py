"""Placed integer networks that SANA-FE can compute, of 3 to 80 cores of the fitted Loihi."""

from collections.abc import Callable, Mapping
from dataclasses import replace

import numpy as np

from neurodeploy.deployment.deployment import Deployment
from neurodeploy.geometry.conv import ConvGeometry
from neurodeploy.hardware import Evidence, Hardware, Quantity
from neurodeploy.hardware.toml_file import load_chip
from neurodeploy.placement.place import place
from neurodeploy.program import Conv, Dense, Direct, Input, Output, Population, Program, Projection
from neurodeploy.program.operator import Operator, Sparse
from neurodeploy.target import Stimulus
from neurodeploy.terms import Readout, Reset

Rng = np.random.Generator
N_STEPS = 100


def population(
    name: str,
    shape: tuple[int, ...],
    vth: int,
    *,
    dv: int = 0,
    bias: int = 0,
    reset: Reset = Reset.ZERO,
    du: int = 4095,
) -> Population:
    du_, dv_, vth_, bias_ = (np.asarray(value, np.int32) for value in (du, dv, vth, bias))
    return Population(
        name=name, shape=shape, du=du_, dv=dv_, vth=vth_, bias_mant=bias_, reset=reset
    )


def joined(source: str, target: str, operator: Operator) -> Projection:
    delay = 0 if isinstance(operator, Direct) else 1
    name = f"{source}_{target}"
    return Projection(
        name=name, sources=(source,), target=target, operator=operator, delay_steps=delay
    )


def program(
    populations: tuple[Population, ...], operators: Mapping[tuple[str, str], Operator]
) -> Program:
    """Return a network whose first population sends what the host writes into it."""
    first = populations[0]
    projections = (
        joined("in", first.name, Direct()),
        *(joined(source, target, operator) for (source, target), operator in operators.items()),
    )
    return Program(
        inputs=(Input(name="in", shape=first.shape, high=1),),
        populations=populations,
        projections=projections,
        outputs=(Output(population=populations[-1].name, readout=Readout.COUNT),),
    )


def dense(rng: Rng, n_in: int, n_out: int, low: int, high: int) -> Dense:
    return Dense(mantissa=2 * rng.integers(low, high, (n_out, n_in), dtype=np.int32))


def mlp(rng: Rng) -> Program:
    """64-128-10, dense, leaky with a bias."""
    layers = (
        population("p0", (64,), 0),
        population("p1", (128,), 300, dv=200, bias=3),
        population("p2", (10,), 400),
    )
    operators = {
        ("p0", "p1"): dense(rng, 64, 128, -30, 50),
        ("p1", "p2"): dense(rng, 128, 10, -20, 50),
    }
    return program(layers, operators)


def sparse(rng: Rng) -> Program:
    """128-256-64, a tenth of the synapses, reset by subtraction."""

    def operator(n_in: int, n_out: int) -> Sparse:
        mantissa = rng.integers(-30, 100, (n_out, n_in), dtype=np.int32) * 2 + 1
        return Sparse.from_dense(mantissa, rng.random((n_out, n_in)) < 0.1)

    layers = (
        population("p0", (128,), 0),
        population("p1", (256,), 250, dv=128, bias=1, reset=Reset.SUBTRACT),
        population("p2", (64,), 500, dv=64, bias=1, reset=Reset.SUBTRACT),
    )
    operators = {("p0", "p1"): operator(128, 256), ("p1", "p2"): operator(256, 64)}
    return program(layers, operators)


def conv(rng: Rng) -> Program:
    """Two convolutions, padded, the first strided, the second in two groups; then dense."""
    first = ConvGeometry(
        input_shape=(2, 16, 16), out_channels=8, kernel=(3, 3), stride=(2, 2), padding=(1, 1)
    )
    second = ConvGeometry(
        input_shape=(8, 8, 8), out_channels=8, kernel=(3, 3), padding=(1, 1), groups=2
    )
    kernels = [
        Conv(mantissa=rng.integers(-20, 60, g.weight_shape, dtype=np.int32), geometry=g)
        for g in (first, second)
    ]
    layers = (
        population("p0", (2, 16, 16), 0),
        population("p1", first.output_shape, 300, bias=2),
        population("p2", second.output_shape, 400, bias=2),
        population("p3", (10,), 900),
    )
    operators = {
        ("p0", "p1"): kernels[0],
        ("p1", "p2"): kernels[1],
        ("p2", "p3"): dense(rng, 512, 10, -20, 40),
    }
    return program(layers, operators)


def recurrent(rng: Rng) -> Program:
    """64 onto 256 that inhibit each other, densely."""
    layers = (
        population("p0", (64,), 0),
        population("p1", (256,), 700, dv=400, bias=20),
        population("p2", (10,), 900, bias=1),
    )
    operators = {
        ("p0", "p1"): dense(rng, 64, 256, -10, 60),
        ("p1", "p1"): dense(rng, 256, 256, -20, 5),
        ("p1", "p2"): dense(rng, 256, 10, -10, 40),
    }
    return program(layers, operators)


def wide(rng: Rng) -> Program:
    """256-480-256-8, dense, a core for every 13 neurons."""
    layers = (
        population("p0", (256,), 0),
        population("p1", (480,), 1500, dv=100, bias=1),
        population("p2", (256,), 2500, dv=100, bias=1),
        population("p3", (8,), 1500, bias=1),
    )
    operators = {
        ("p0", "p1"): dense(rng, 256, 480, -30, 50),
        ("p1", "p2"): dense(rng, 480, 256, -30, 50),
        ("p2", "p3"): dense(rng, 256, 8, -30, 50),
    }
    return program(layers, operators)


NETWORKS: dict[str, tuple[Callable[[Rng], Program], int, float]] = {
    "mlp": (mlp, 128, 0.3),
    "sparse": (sparse, 40, 0.2),
    "conv": (conv, 64, 0.15),
    "recurrent": (recurrent, 7, 0.3),
    "wide": (wide, 13, 0.1),
}
"""By name: what makes the program, how many neurons a core holds, how often an input fires."""


def fitted(neurons_per_core: int) -> Hardware:
    """Return the fitted Loihi with smaller cores."""
    chip = load_chip("loihi1-fitted")
    few = Quantity(
        value=neurons_per_core,
        low=neurons_per_core,
        high=neurons_per_core,
        unit="count",
        evidence=Evidence.EXACT,  # an assumed limit binds nothing
        source="a test",
    )
    return replace(chip, limits={**chip.limits, "neurons_per_core": few})


def placed(given: Program, neurons_per_core: int) -> Deployment:
    hardware = fitted(neurons_per_core)
    return Deployment(
        target="cpu-emu", program=given, hardware=hardware, placement=place(given, hardware)
    )


def network(name: str) -> tuple[Deployment, Stimulus]:
    """Return one of `NETWORKS`, placed, and a sample of 100 steps for it."""
    make, neurons_per_core, rate = NETWORKS[name]
    rng = np.random.default_rng(sum(map(ord, name)))
    deployment = placed(make(rng), neurons_per_core)
    shape = deployment.program.inputs[0].shape
    x = (rng.random((1, N_STEPS, *shape)) < rate).astype(np.int64)
    return deployment, Stimulus(x={"in": x})
