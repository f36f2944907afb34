"""Runs of random networks on a chip, and what a meter with some noise would say of them."""

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from neurodeploy.calibration.calibrate import figures_of
from neurodeploy.frontends.samples import samples_of
from neurodeploy.hardware import Hardware
from neurodeploy.program import Dense, Input, Output, Population, Program, Projection, Sparse
from neurodeploy.report.json_file import write_report
from neurodeploy.report.report import Report
from neurodeploy.terms import Readout
from neurodeploy.toolchain import CompileOptions, compile_network, profile, stimulus_of

CHIP = "loihi1-fitted"


@dataclass(frozen=True)
class Meter:
    """The truth behind the measurements, in SI units by coefficient, and their relative noise."""

    truth: Mapping[str, float]
    noise: float

    def energy_j(self, report: Report, time_s: float) -> float:
        events = report.events.energy
        dynamic = sum(self.truth.get(f"energy.{name}", 0.0) * n for name, n in events.items())
        return dynamic + time_s * sum(
            self.truth[f"power.{name}"] for name in ("static_chip", "management")
        )

    def time_s(self, report: Report) -> float:
        return sum(
            n * self.truth.get(name if name.startswith("sync") else f"latency.{name}", 0.0)
            for name, n in report.events.time.items()
        )


def truth_of(chip: Hardware, rng: np.random.Generator) -> dict[str, float]:
    """Return the figures of `chip`, each off by up to 1.5 times: the page is not the truth."""
    return {
        name: figure.value * float(rng.uniform(1 / 1.5, 1.5))
        for name, figure in figures_of(chip).items()
        if figure.value
    }


@cache
def reports(n_runs: int) -> tuple[Report, ...]:
    """Return reports of random networks that differ in size, form and activity."""
    rng = np.random.default_rng(2026)
    return tuple(_report(rng) for _ in range(n_runs))


def write_runs(
    folder: Path, runs: Sequence[Report], meter: Meter, rng: np.random.Generator
) -> Path:
    """Write runs.csv and a report.json for each of `runs`."""
    rows = []
    for k, report in enumerate(runs):
        path = folder / f"run{k}" / "report.json"
        if not path.is_file():
            write_report(report, path)
        time_s = meter.time_s(report)
        noisy = 1 + meter.noise * rng.standard_normal(2)
        rows.append(
            {
                "run": str(path.relative_to(folder)),
                "energy_j": meter.energy_j(report, time_s) * noisy[0],
                "step_time_s": time_s / report.n_steps * noisy[1],
            }
        )
    path = folder / "runs.csv"
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, ["run", "energy_j", "step_time_s"])
        writer.writeheader()
        writer.writerows(rows)
    return path


def _report(rng: np.random.Generator) -> Report:
    program = _network(rng)
    deployment = compile_network(program, "cpu-emu", CompileOptions(chip=CHIP))
    n_steps = int(rng.integers(4, 40))
    rate = rng.uniform(0.05, 0.9)
    x = (rng.random((2, n_steps, *program.inputs[0].shape)) < rate).astype(np.float64)
    return profile(deployment, stimulus_of(deployment, samples_of(x, None, "x")))


def _sparse(rng: np.random.Generator, mantissa: NDArray[np.int32]) -> Sparse:
    return Sparse.from_dense(mantissa, rng.random(mantissa.shape) < rng.uniform(0.1, 0.6))


def _network(rng: np.random.Generator) -> Program:
    """Return two layers, the first dense or sparse, spread over one core or many tiles."""
    n_in, n_mid = int(rng.integers(20, 200)), int(rng.integers(20, 3000))
    sizes = (n_in, n_mid, 10)
    vth = int(rng.integers(2, 40) * 64)
    populations = tuple(
        Population(name=f"p{k}", shape=(n,), du=4095, dv=int(rng.integers(0, 2000)), vth=vth)
        for k, n in enumerate(sizes[1:])
    )
    names = ("in", "p0", "p1")
    dense = [
        2 * rng.integers(-20, 40, (after, before)).astype(np.int32)
        for before, after in pairwise(sizes)
    ]
    first = _sparse(rng, dense[0]) if rng.random() < 0.5 else Dense(mantissa=dense[0])
    return Program(
        inputs=(Input(name="in", shape=(n_in,)),),
        populations=populations,
        projections=tuple(
            Projection(name=f"w{k}", sources=(names[k],), target=names[k + 1], operator=operator)
            for k, operator in enumerate((first, Dense(mantissa=dense[1])))
        ),
        outputs=(Output(population="p1", readout=Readout.COUNT),),
    )
