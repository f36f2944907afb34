"""`Timeline`: the first sample, step by step, as a trace shows it."""

from dataclasses import dataclass

from neurodeploy.deployment.deployment import Deployment
from neurodeploy.report.steps import NOMINAL
from neurodeploy.target import Run

FIRST = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeline:
    """When the steps of one sample end, at the nominal estimate.

    Parameters
    ----------
    sample : index of the sample.
    tick_ps : length of a tick in picoseconds.
    step_ticks : (step,) ticks of each step.
    """

    sample: int
    tick_ps: int
    step_ticks: tuple[int, ...]

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
        step_ticks=tuple(int(ticks) for ticks in run.ticks[NOMINAL, FIRST]),
    )
