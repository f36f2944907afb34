"""The health check: small networks through the worker, held against the reference bit for bit."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from neurodeploy.errors import TargetUnavailable
from neurodeploy.geometry.conv import ConvGeometry
from neurodeploy.program import Conv, Dense, Input, Population, Program, Projection, Sparse
from neurodeploy.program.reference import simulate
from neurodeploy.terms import Reset
from neurodeploy_loihi_sim.client import Limits, compute
from neurodeploy_loihi_sim.job import Network, Recording
from neurodeploy_loihi_sim.mapping import layout_of

N_STEPS = 20
N_SAMPLES = 2
SEED = 4

Rng = np.random.Generator
Stimuli = dict[str, NDArray[np.int64]]


def replay(python: Path) -> str:
    """Run the networks with the interpreter `python` and return what was checked.

    Raises
    ------
    TargetUnavailable
        If a spike, current or voltage differs (ND4104).
    """
    rng = np.random.default_rng(SEED)
    programs = {"a recurrent one": _recurrent(rng), "an image": _image(rng)}
    stimuli = [_stimulus(rng, program) for program in programs.values()]
    networks = [_network(p, x) for p, x in zip(programs.values(), stimuli, strict=True)]
    recordings = compute(python, networks, Limits(total_s=300))
    for (name, program), x, found in zip(programs.items(), stimuli, recordings, strict=True):
        _compare(name, program, x, found)
    return f"{len(programs)} networks, {N_SAMPLES} samples of {N_STEPS} steps, bit for bit"


def _recurrent(rng: Rng) -> Program:
    """Return Lava's LIF with a delayed loop, then neurons of our own with a soft reset."""
    delays = rng.integers(1, 4, (20, 20), np.int32)
    loop = Dense(mantissa=2 * rng.integers(-60, 60, (20, 20), np.int32))
    onward = 2 * rng.integers(-60, 128, (9, 20), np.int32)
    return Program(
        inputs=(Input(name="in", shape=(12,)),),
        populations=(
            _lif("a", (20,), du=2000, dv=300, vth=400),
            _lif("b", (9,), du=4095, dv=100, vth=300, reset=Reset.SUBTRACT_DELAYED),
        ),
        projections=(
            _projection("in", "a", Dense(mantissa=rng.integers(0, 256, (20, 12), np.int32))),
            _projection("a", "a", loop, delays),
            _projection("a", "b", Sparse.from_dense(onward, rng.random(onward.shape) < 0.5)),
        ),
        outputs=(),
    )


def _image(rng: Rng) -> Program:
    """Return a graded convolution, padded and strided, and a dense layer."""
    geometry = ConvGeometry(
        input_shape=(2, 9, 7), out_channels=3, kernel=(3, 2), stride=(2, 1), padding=(1, 0)
    )
    conv = Conv(mantissa=rng.integers(-90, 128, geometry.weight_shape, np.int32), geometry=geometry)
    weights = 2 * rng.integers(-60, 100, (5, conv.n_out), np.int32)
    return Program(
        inputs=(Input(name="in", shape=geometry.input_shape, high=3),),
        populations=(
            _lif("a", geometry.output_shape, du=4095, dv=50, vth=500),
            _lif("b", (5,), du=1000, dv=0, vth=2000),
        ),
        projections=(
            _projection("in", "a", conv, graded=True),
            _projection("a", "b", Dense(mantissa=weights)),
        ),
        outputs=(),
    )


def _lif(
    name: str, shape: tuple[int, ...], *, du: int, dv: int, vth: int, reset: Reset = Reset.ZERO
) -> Population:
    du_, dv_, vth_, bias = (np.asarray(value, np.int32) for value in (du, dv, vth, 50))
    return Population(name=name, shape=shape, du=du_, dv=dv_, vth=vth_, bias_mant=bias, reset=reset)


def _projection(
    source: str,
    target: str,
    operator: Dense | Sparse | Conv,
    delay_steps: int | NDArray[np.int32] = 1,
    *,
    graded: bool = False,
) -> Projection:
    return Projection(
        name=f"{source}_{target}",
        sources=(source,),
        target=target,
        operator=operator,
        weight_exp=1,
        delay_steps=delay_steps,
        graded=graded,
    )


def _stimulus(rng: Rng, program: Program) -> Stimuli:
    return {
        node.name: rng.integers(0, node.high + 1, (N_SAMPLES, N_STEPS, *node.shape))
        for node in program.inputs
    }


def _network(program: Program, x: Stimuli) -> Network:
    layout = layout_of(program)
    keys = [layout.key_of(p.name) for p in program.populations]
    return Network(
        layout=layout,
        stimulus={layout.key_of(name): values for name, values in x.items()},
        n_samples=N_SAMPLES,
        n_steps=N_STEPS,
        record=tuple(keys),
        starts={key: np.zeros(1, np.int64) for key in keys},
    )


def _compare(name: str, program: Program, x: Stimuli, found: Recording) -> None:
    for i in range(N_SAMPLES):
        trace = simulate(program, {key: values[i] for key, values in x.items()}, N_STEPS)
        pairs = ((found.spikes, trace.outputs), (found.u, trace.u), (found.v, trace.v))
        for p in program.populations:
            for got, wanted in pairs:
                if not np.array_equal(got[p.name][i], wanted[p.name].reshape(N_STEPS, -1)):
                    raise _other_numbers(f"{name}, population {p.name!r}, sample {i}")


def _other_numbers(where: str) -> TargetUnavailable:
    return TargetUnavailable(
        "ND4104",
        f"loihi-sim: this Lava computes other integers than Lava 0.10.0 ({where}); try another "
        "Python: neurodeploy env create loihi-sim --python PATH",
    )
