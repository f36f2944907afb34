"""`Timeline`: the first sample, step by step, as a trace shows it."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from neurodeploy.deployment.deployment import Deployment
from neurodeploy.report.steps import NOMINAL
from neurodeploy.target import Run

FIRST = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class CoreTimeline:
    """Ticks (step,) in which the neurons and the synapses of a core work."""

    core: int
    neuron_ticks: tuple[int, ...]
    synapse_ticks: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeline:
    """When the steps of one sample end, at the nominal estimate.

    Parameters
    ----------
    sample : index of the sample.
    tick_ps : length of a tick in picoseconds.
    step_ticks : (step,) ticks of each step.
    cores : every core; empty where time is not modelled by core.
    """

    sample: int
    tick_ps: int
    step_ticks: tuple[int, ...]
    cores: tuple[CoreTimeline, ...]

    @property
    def latency_s(self) -> float:
        """Time of the sample: the sum of its steps."""
        return sum(self.step_ticks) * self.tick_ps * 1e-12


def timeline_of(deployment: Deployment, run: Run) -> Timeline | None:
    """Return the first sample's timeline, or None where time is not modelled."""
    if run.ticks is None:
        return None
    return Timeline(
        sample=FIRST,
        tick_ps=deployment.hardware.tick_ps,
        step_ticks=_integers(run.ticks[NOMINAL, FIRST]),
        cores=_cores(run),
    )


def _cores(run: Run) -> tuple[CoreTimeline, ...]:
    if run.first_core_ticks is None:
        return ()
    return tuple(
        CoreTimeline(
            core=core,
            neuron_ticks=_integers(run.first_core_ticks[:, core, 0]),
            synapse_ticks=_integers(run.first_core_ticks[:, core, 1]),
        )
        for core in range(run.first_core_ticks.shape[1])
    )


def _integers(ticks: NDArray[np.int64]) -> tuple[int, ...]:
    return tuple(int(tick) for tick in ticks)
