"""The stand-alone script gives our spikes in Lava's environment, where neurodeploy is not."""

import subprocess
from pathlib import Path

import numpy as np
import pytest
from support import lava
from support.nmnist import load_frames
from support.shared import folder

from neurodeploy import toolchain
from neurodeploy.deployment.deployment import Deployment
from neurodeploy.frontends.samples import samples_of
from neurodeploy.hardware.toml_file import load_chip
from neurodeploy.model.nir_file import Conventions
from neurodeploy.program import Dense, Input, Output, Population, Program, Projection, Sparse
from neurodeploy.program.reference import simulate
from neurodeploy.target import RunOptions
from neurodeploy.target.conformance import on_one_core
from neurodeploy.terms import Readout, Reset
from neurodeploy_cpu_emu.target import TARGET
from neurodeploy_loihi_sim.script import write_script


def run_script(build: Path, *arguments: str, ok: bool = True) -> subprocess.CompletedProcess[str]:
    """Run the script in Lava's environment, in a folder of its own."""
    python = lava.lava_python()
    probe = [python, "-E", "-s", "-c", "import neurodeploy"]
    missing = subprocess.run(probe, cwd=build.parent, capture_output=True, check=False)
    assert missing.returncode == 1
    ended = subprocess.run(
        [python, "-E", "-s", build / "network.py", *arguments],
        cwd=build.parent,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (ended.returncode == 0) is ok, ended.stderr
    return ended


def written(program: Program, tmp_path: Path) -> Path:
    build = tmp_path / "build"
    build.mkdir()
    write_script(on_one_core("loihi-sim", program, load_chip("ideal")), build)
    return build


def scnn() -> Deployment:
    path = folder("models") / "nir" / "cnn_sinabs.nir"
    conventions = Conventions(dt_s=None, reset=Reset.ZERO, if_gain="unit")
    options = toolchain.CompileOptions(chip="loihi2", input_range=(0, 3))
    return toolchain.compile_network(
        toolchain.load_model(path, conventions)[0], "loihi-sim", options
    )


def test_golden_scnn_script_gives_the_spikes_of_cpu_emu(tmp_path: Path) -> None:
    lava.lava_python()
    deployment = scnn()
    toolchain.save(deployment, tmp_path / "build")
    assert not (tmp_path / "build" / "neurodeploy_lava").exists()
    frames, _ = load_frames(1)
    x = frames.astype(np.uint8)
    np.savez(tmp_path / "input.npz", x=x)
    run_script(tmp_path / "build", "input.npz")

    stimulus = toolchain.stimulus_of(deployment, samples_of(x, None, "N-MNIST"))
    (run,) = TARGET.run(deployment, [stimulus], RunOptions(record=frozenset({"12"})))
    with np.load(tmp_path / "output.npz") as output:
        assert list(output) == ["spikes.12"]
        np.testing.assert_array_equal(output["spikes.12"], run.rasters["12"])
        assert output["spikes.12"].any()


def recurrent() -> Program:
    """Lava's LIF with a delayed loop to itself, a soft reset, a readout; names that would bite."""
    rng = np.random.default_rng(7)

    def even(*shape: int) -> np.ndarray:
        return 2 * rng.integers(-60, 90, shape, np.int32)

    return Program(
        inputs=(Input(name="import", shape=(6,)), Input(name='"""; {{body}} \n 1', shape=(6,))),
        populations=(
            Population(name="a", shape=(9,), du=2000, dv=200, vth=300),
            Population(name="a\nb", shape=(5,), du=4095, dv=9, vth=200, reset=Reset.SUBTRACT),
            Population(name="out", shape=(3,), du=4095, dv=50, vth=1, spiking=False),
        ),
        projections=(
            Projection(
                name="w",
                sources=("import", '"""; {{body}} \n 1'),
                target="a",
                operator=Dense(mantissa=even(9, 6)),
            ),
            Projection(
                name="a",
                sources=("a",),
                target="a",
                operator=Dense(mantissa=even(9, 9)),
                delay_steps=rng.integers(1, 5, (9, 9), np.int32),
            ),
            Projection(
                name="x\ny",
                sources=("a",),
                target="a\nb",
                operator=Sparse.from_dense(even(5, 9), rng.random((5, 9)) < 0.6),
                weight_exp=1,
            ),
            Projection(
                name="z", sources=("a\nb",), target="out", operator=Dense(mantissa=even(3, 5))
            ),
        ),
        outputs=(Output(population="out", readout=Readout.LAST),),
        drain_steps=3,
    )


def test_script_of_a_recurrent_network_gives_every_spike(tmp_path: Path) -> None:
    program = recurrent()
    build = written(program, tmp_path)
    assert sorted(path.name for path in build.iterdir()) == [
        "network.py",
        "neurodeploy_lava",
        "weights.npz",
    ]
    rng = np.random.default_rng(0)
    x = {node.name: rng.integers(0, 2, (2, 25, 6)) for node in program.inputs}
    np.savez(tmp_path / "input.npz", **x)
    run_script(build, "input.npz", "-o", "spikes.npz", "--all")
    with np.load(tmp_path / "spikes.npz") as output:
        for i in range(2):
            trace = simulate(program, {name: values[i] for name, values in x.items()}, 28)
            for population in program.populations:
                found = output[f"spikes.{population.name}"][i]
                np.testing.assert_array_equal(found, trace.outputs[population.name])
                assert found.any()


def test_script_says_what_it_is_made_of(tmp_path: Path) -> None:
    text = (written(recurrent(), tmp_path) / "network.py").read_text()
    compile(text, "network.py", "exec")
    for line in (
        "# layer 'a': 9 neurons, fires when v > 64 * vth",
        "# a process of our own, on a chip with microcode for Loihi 2: reset subtract",
        "# projection 'a': 'a' (9) -> 'a'",
        "# a spike adds 64 * weight * 2**weight_exp to u",
        'net["a"] = LIF(',
        'net["a_b"] = Neurons(',
        'net["a_2"] = DelayDense(',
    ):
        assert f"    {line}\n" in text


def test_script_selects_hardware_by_one_flag(tmp_path: Path) -> None:
    """Without Intel's lava-loihi the flag ends in its missing module, not in a simulation."""
    program = recurrent()
    build = written(program, tmp_path)
    np.savez(tmp_path / "input.npz", **{n.name: np.ones((1, 4, 6), int) for n in program.inputs})
    ended = run_script(build, "input.npz", "--hardware", ok=False)
    assert "No module named 'lava.proc.embedded_io'" in ended.stderr


@pytest.mark.parametrize("x", [np.full((1, 4, 6), 2), np.ones((1, 4, 7)), np.full((1, 4, 6), 0.5)])
def test_script_refuses_other_integers(x: np.ndarray, tmp_path: Path) -> None:
    program = recurrent()
    build = written(program, tmp_path)
    first, second = (node.name for node in program.inputs)
    np.savez(tmp_path / "input.npz", **{first: x, second: np.ones((1, 4, 6), int)})
    ended = run_script(build, "input.npz", ok=False)
    assert ended.stderr.startswith(
        "input.npz: import must hold integers from 0 to 1 of shape (sample, step, 6), it has shape "
    )
