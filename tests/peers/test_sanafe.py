"""Counts, energy and time of five placed networks, against SANA-FE 2.2.9 run as a program."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from support.peers import ask, note
from support.sanafe_nets import NETWORKS, network

from neurodeploy.deployment.deployment import Deployment
from neurodeploy.exchange.sanafe import export, write_export
from neurodeploy.machine.counts import HARDWARE_SYNOPS, HOST, Count, rows_of
from neurodeploy.machine.timing import Fidelity
from neurodeploy.report.build import build_report
from neurodeploy.report.report import Report
from neurodeploy.target import Run, RunOptions, Stimulus
from neurodeploy_cpu_emu.target import TARGET

pytestmark = pytest.mark.peers

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


def run_both(
    deployment: Deployment, stimulus: Stimulus, folder: Path, timings: str, *, replay: bool = False
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


@pytest.fixture(scope="module", params=NETWORKS)
def pair(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Pair:
    folder = tmp_path_factory.mktemp(request.param)
    found = run_both(*network(request.param), folder, "simple,detailed,cycle")
    note("sanafe-counts", {"network": request.param, **_totals(found)})
    return found


def _totals(pair: Pair) -> dict[str, object]:
    sums = pair.counts.sum(axis=0)
    return {
        "cores": pair.deployment.placement.n_cores,
        "steps": pair.run.n_steps,
        "spikes": int(sums[Count.SPIKES]),
        "updates": int(sums[Count.NEURON_UPDATES_ACTIVE]),
        "synops": int(sums[list(HARDWARE_SYNOPS)].sum()),
        "messages": int(sums[Count.MESSAGES_OUT]),
        "hops": int(sums[Count.HOPS_EW] + sums[Count.HOPS_NS]),
    }


def energy_of(pair: Pair, component: str) -> float:
    metrics = pair.report.metrics
    return sum(metrics[f"energy_{part}_j"].value or 0.0 for part in COMPONENTS[component])


def test_every_spike_is_the_same(pair: Pair) -> None:
    for name, raster in pair.run.rasters.items():
        theirs = np.zeros_like(raster[0])
        steps, neurons = np.asarray(pair.theirs["spikes"].get(name, []), int).reshape(-1, 2).T
        theirs[steps, neurons] = 1
        assert raster.any(), f"{name} is silent"
        np.testing.assert_array_equal(raster[0], theirs)


def test_every_count_is_the_same_in_every_step(pair: Pair) -> None:
    counts, theirs = pair.counts, pair.theirs["simple"]
    np.testing.assert_array_equal(counts[:, Count.SPIKES], theirs["fired"])
    np.testing.assert_array_equal(counts[:, Count.NEURON_UPDATES_ACTIVE], theirs["updated"])
    np.testing.assert_array_equal(counts[:, HARDWARE_SYNOPS].sum(axis=1), theirs["synops"])
    hops = counts[:, [Count.HOPS_EW, Count.HOPS_NS]].sum(axis=1)
    np.testing.assert_array_equal(hops, theirs["hops"])


def test_messages_and_hops_along_both_axes_are_the_same(pair: Pair) -> None:
    theirs = list(pair.theirs["messages"].values())
    sums = pair.counts.sum(axis=0)
    assert sums[Count.MESSAGES_OUT] == sum(group["messages"] for group in theirs)
    assert sums[Count.HOPS_EW] == sum(group["hops_x"] for group in theirs)
    assert sums[Count.HOPS_NS] == sum(group["hops_y"] for group in theirs)


@pytest.mark.parametrize("component", COMPONENTS)
def test_energy_is_the_same_by_component(pair: Pair, component: str) -> None:
    theirs = pair.theirs["simple"]["energy_j"][component]
    assert energy_of(pair, component) == pytest.approx(theirs, rel=1e-9, abs=0)
