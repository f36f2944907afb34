"""A network of three layers, seeded regressions of it, and reports of each."""

import re
from dataclasses import replace
from pathlib import Path

import numpy as np

from neurodeploy import toolchain
from neurodeploy.frontends.samples import samples_of
from neurodeploy.hardware import toml_file
from neurodeploy.model import Affine, If, Input, Model, Output, Population, Projection
from neurodeploy.report.report import Report
from neurodeploy.target import RunOptions

SIZES = (24, 32, 16, 5)
N_SAMPLES, N_STEPS = 12, 15


def network() -> Model:
    """Layers `fc1`, `fc2`, `fc3`; half of the weights are 0, the others on a grid of 1/64."""
    rng = np.random.default_rng(11)
    populations, projections = [], []
    for k in (1, 2, 3):
        weight = rng.normal(0.3, 1.0, (SIZES[k], SIZES[k - 1])) / np.sqrt(SIZES[k - 1])
        weight = np.rint(weight * (rng.random(weight.shape) < 0.5) * 64) / 64
        neuron = If(r=np.full((), 1e4), v_threshold=np.full((), 1.0))
        populations.append(Population(name=f"fc{k}", shape=(SIZES[k],), neuron=neuron))
        projections.append(
            Projection(
                name=f"w{k}",
                sources=("input" if k == 1 else f"fc{k - 1}",),
                target=f"fc{k}",
                chain=(Affine(weight=weight, bias=np.zeros(SIZES[k])),),
            )
        )
    return Model(
        inputs=(Input(name="input", shape=(SIZES[0],)),),
        populations=tuple(populations),
        projections=tuple(projections),
        outputs=(Output(population="fc3"),),
        dt_s=1e-4,
    )


def stimulus(n_steps: int = N_STEPS) -> tuple[np.ndarray, np.ndarray]:
    """Spikes (sample, step, neuron) and labels; steps above `N_STEPS` repeat the first ones."""
    rng = np.random.default_rng(12)
    x = (rng.random((N_SAMPLES, N_STEPS, SIZES[0])) < 0.3).astype(np.uint8)
    labels = rng.integers(0, SIZES[-1], N_SAMPLES)
    return np.concatenate([x, x[:, : n_steps - N_STEPS]], axis=1), labels


def report_of(
    model: Model, chip: str = "loihi2", workers: int | None = 1, n_steps: int = N_STEPS
) -> Report:
    samples = samples_of(*stimulus(n_steps), "the test's array")
    options = toolchain.CompileOptions(chip=chip)
    deployment = toolchain.compile_network(model, "cpu-emu", options)
    given = toolchain.stimulus_of(deployment, samples)
    return toolchain.profile(deployment, given, RunOptions(workers=workers))


def denser(model: Model, projection: str) -> Model:
    """Every fourth weight that was 0 becomes a small one."""

    def filled(weight: np.ndarray) -> np.ndarray:
        new = weight.copy()
        new.flat[np.flatnonzero(new == 0)[::4]] = 1 / 64
        return new

    return _weights(model, projection, filled)


def bit_less(model: Model, projection: str) -> Model:
    """Weights lose the last bit of their grid."""
    return _weights(model, projection, lambda weight: np.rint(weight * 8) / 8)


def lower_threshold(model: Model, population: str) -> Model:
    populations = tuple(
        replace(p, neuron=replace(p.neuron, v_threshold=np.full((), 0.5)))
        if p.name == population and isinstance(p.neuron, If)
        else p
        for p in model.populations
    )
    return replace(model, populations=populations)


def dearer_chip(folder: Path) -> str:
    """A chip's file in which a synaptic operation costs twice as much."""
    page = (toml_file.CHIPS / "loihi2.toml").read_text()
    start = page.index("[energy")
    end = page.index("[power")

    def doubled(found: re.Match[str]) -> str:
        return f"{found[1]}{2 * float(found[2])}"

    lines = page[start:end].splitlines(keepends=True)
    changed = [
        re.sub(r"((?:value|low|high) = )([0-9.]+)", doubled, line)
        if line.startswith("synapse_")
        else line
        for line in lines
    ]
    path = folder / "dearer.toml"
    path.write_text(page[:start] + "".join(changed) + page[end:])
    assert path.read_text() != page
    return str(path)


def _weights(model: Model, projection: str, change: object) -> Model:
    assert callable(change)
    projections = []
    for p in model.projections:
        (affine,) = p.chain
        assert isinstance(affine, Affine)
        new = replace(affine, weight=change(affine.weight))
        projections.append(replace(p, chain=(new,)) if p.name == projection else p)
    return replace(model, projections=tuple(projections))
