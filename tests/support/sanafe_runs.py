"""One placed network run here and by SANA-FE, and what both counted."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from neurodeploy.deployment.deployment import Deployment
from neurodeploy.exchange.sanafe import export, write_export
from neurodeploy.machine.counts import HOST, rows_of
from neurodeploy.report.build import build_report
from neurodeploy.report.report import Report
from neurodeploy.target import Run, RunOptions, Stimulus
from neurodeploy.toolchain import Fidelity
from neurodeploy_cpu_emu.target import TARGET
from support.peers import ask

COMPONENTS = {
    "synapse": ("synapse",),
    "dendrite": ("dendrite",),
    "soma": ("access", "update", "spike"),
    "network": ("axon_out", "axon_in", "hop_ew", "hop_ns"),
}
"""Ours that make up each of SANA-FE's."""


@dataclass(frozen=True, kw_only=True)
class Pair:
    """The same network here and there."""

    deployment: Deployment
    stimulus: Stimulus
    run: Run
    report: Report
    theirs: Mapping[str, Any]

    @property
    def counts(self) -> np.ndarray:
        """Counts of the chip by step: (step, count)."""
        rows = rows_of(self.deployment.program, self.deployment.placement)
        on_chip = [k for k, row in enumerate(rows) if row.core != HOST]
        return self.run.step_sums[:, on_chip].sum(axis=1)

    def step_s(self, level: str) -> np.ndarray:
        """Return our nominal time of every step at a level of fidelity."""
        options = RunOptions(fidelity=Fidelity(level))
        run = next(iter(TARGET.run(self.deployment, [self.stimulus], options)))
        assert run.ticks is not None
        return run.ticks[1, 0] * self.deployment.hardware.tick_ps * 1e-12

    def energy_j(self, component: str) -> float:
        """Return our energy of one of SANA-FE's components."""
        metrics = self.report.metrics
        return sum(metrics[f"energy_{part}_j"].value or 0.0 for part in COMPONENTS[component])


def run_both(
    deployment: Deployment,
    stimulus: Stimulus,
    folder: Path,
    timings: str = "simple",
    *,
    replay: bool = False,
) -> Pair:
    names = frozenset(p.name for p in deployment.program.populations)
    run = next(iter(TARGET.run(deployment, [stimulus], RunOptions(record=names))))
    given = {name: x[0].reshape(x.shape[1], -1) for name, x in stimulus.x.items()}
    rasters = {**given, **{name: raster[0] for name, raster in run.rasters.items()}}
    write_export(export(deployment, rasters, replay=replay), folder / "sanafe")
    theirs = ask(
        "sanafe",
        "run_sanafe.py",
        folder / "sanafe",
        run.n_steps,
        timings,
        answer=folder / "answer.json",
    )
    report = build_report(deployment, stimulus, run, Fidelity.L1)
    return Pair(deployment=deployment, stimulus=stimulus, run=run, report=report, theirs=theirs)
