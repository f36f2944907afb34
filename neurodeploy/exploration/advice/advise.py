"""`advise`: try every candidate change in integers, and keep those that save and do not harm."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from neurodeploy.deployment.deployment import Deployment
from neurodeploy.errors import DoesNotCompile
from neurodeploy.exploration.advice.candidates import candidates
from neurodeploy.exploration.advice.change import Change, Subject
from neurodeploy.report.metric import Metric
from neurodeploy.report.report import Report
from neurodeploy.target import Run, RunOptions
from neurodeploy.toolchain import build_report, compile_network, run, stimulus_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What a proposal must keep.

    Parameters
    ----------
    goal : the metric to lower; the operations where the chip's page knows no costs.
    max_harm : largest loss of accuracy, or without labels the share of answers that may change.
    n_proposals : how many are kept, at most one for each kind and layer.
    """

    goal: str = "energy_total_j"
    max_harm: float = 0.01
    n_proposals: int = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """A change, applied and measured on the samples.

    Parameters
    ----------
    goal : the metric to lower, before and after.
    harm : accuracy lost, or without labels the share of answers that changed.
    report : everything after the change.
    """

    change: Change
    goal: tuple[Metric, Metric]
    harm: float
    report: Report

    @property
    def saving(self) -> float:
        """Share of the goal's nominal value that is saved."""
        before, after = (metric.value or 0.0 for metric in self.goal)
        return 1.0 - after / before if before else 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Advice:
    """Proposals, the largest saving first.

    Parameters
    ----------
    before : the report without any change.
    n_tried : candidates that were compiled and run.
    judged_by : ``accuracy``, or ``answers`` where there are no labels.
    """

    goal: str
    before: Report
    proposals: tuple[Proposal, ...]
    n_tried: int
    judged_by: str


def advise(
    subject: Subject,
    target: str = "cpu-emu",
    limits: Limits | None = None,
    run_options: RunOptions | None = None,
    on_progress: Callable[[int, int], None] | None = None,
) -> Advice:
    """Return the changes that save most of the goal on these samples; nothing is extrapolated.

    The samples choose, so they must not be the test set.
    """
    limits, run_options = limits or Limits(), run_options or RunOptions()
    before, first = _profiled(subject, target, run_options)
    goal = limits.goal if before.metrics[limits.goal].value is not None else "synops_hw"
    tried = list(candidates(subject, before, first))
    proposals: dict[tuple[type, str], Proposal] = {}
    for k, change in enumerate(tried):
        found = _proposal(change, subject, target, run_options, (before, first), goal)
        if found is not None and found.harm <= limits.max_harm and found.saving > 0:
            key = (type(change), change.where)
            if key not in proposals or found.saving > proposals[key].saving:
                proposals[key] = found
        if on_progress is not None:
            on_progress(k + 1, len(tried))
    best = sorted(proposals.values(), key=lambda proposal: -proposal.saving)
    return Advice(
        goal=goal,
        before=before,
        proposals=tuple(best[: limits.n_proposals]),
        n_tried=len(tried),
        judged_by="answers" if subject.samples.y is None else "accuracy",
    )


def _proposal(
    change: Change,
    subject: Subject,
    target: str,
    options: RunOptions,
    base: tuple[Report, Run],
    goal: str,
) -> Proposal | None:
    try:
        report, after = _profiled(change.applied(subject), target, options)
    except DoesNotCompile:
        return None  # a change that cannot be deployed is no advice
    before, first = base
    return Proposal(
        change=change,
        goal=(before.metrics[goal], report.metrics[goal]),
        harm=_harm(subject, first, after),
        report=report,
    )


def _profiled(subject: Subject, target: str, options: RunOptions) -> tuple[Report, Run]:
    deployment: Deployment = compile_network(subject.model, target, subject.options)
    stimulus = stimulus_of(deployment, subject.samples, subject.encoding)
    done = run(deployment, stimulus, options)
    return build_report(deployment, stimulus, done, options.fidelity), done


def _harm(subject: Subject, first: Run, after: Run) -> float:
    if subject.samples.y is None:
        return float(np.mean(first.predictions() != after.predictions()))
    right, now = (float(np.mean(r.predictions() == subject.samples.y)) for r in (first, after))
    return right - now
