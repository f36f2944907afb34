"""What a budget asks of a compression, and how far a network is from it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from neurodeploy.errors import InputError
from neurodeploy.methods.compression.measure import Measured
from neurodeploy.regression import Budget, Finding, Limit, Origin, Status, check
from neurodeploy.regression.budget import CONNECTIVITY
from neurodeploy.regression.end import end_of
from neurodeploy.report.metric import REGISTRY, Better

STRUCTURAL = ("cores", "chips")
"""Metrics that no data changes; the chip's limits per core are others."""

_STORED = ("synops_effective", "macs")
"""Metrics that do not count stored zeros."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Goal:
    """A budget with its shares as limits.

    Parameters
    ----------
    connectivity : share of the removable weights that may be left, or None.
    shares : path of each share by the limit it became.
    """

    budget: Budget
    connectivity: float | None

    @property
    def is_measured(self) -> bool:
        """Whether there is anything but a share of the weights."""
        return bool(self.budget.limits)

    @property
    def counts_stored(self) -> bool:
        """Whether zeros that the chip stores count as operations."""
        return not any(limit.name in _STORED for limit in self.budget.limits)

    def findings(self, found: Measured, connectivity: float) -> tuple[Finding, ...]:
        """Return a line for every limit, that of connectivity first."""
        lines = [] if self.connectivity is None else [self._connectivity(connectivity)]
        if self.is_measured or self.budget.chip is not None:
            lines += check(found.figures, self.budget).findings
        return tuple(lines)

    def _connectivity(self, found: float) -> Finding:
        assert self.connectivity is not None
        is_met = found <= self.connectivity
        return Finding(
            origin=Origin.BUDGET,
            status=Status.PASSED if is_met else Status.FAILED,
            path=f"compression.{CONNECTIVITY}",
            unit="1",
            allowed=f"<= {100 * self.connectivity:.4g} %",
            figure=found,
            remark="counted, exact",
        )


def goal_of(budget: Budget, before: Measured) -> Goal:
    """Return what `budget` asks, with the shares of what the network had before.

    Raises
    ------
    InputError
        If there is nothing to keep, or a figure to have a share of is unknown (ND2864).
    """
    shares = {share.name: share for share in budget.shares}
    connectivity = shares.pop(CONNECTIVITY, None)
    limits, problems = list(budget.limits), []
    for share in shares.values():
        metric = before.figures.metrics.get(share.name)
        figure = None if metric is None else end_of(metric, share.name, budget.estimate)
        if figure is None:
            problems.append(
                f"{share.path}: the network before has no figure of {share.name} on "
                f"{before.figures.chip}, so no share of it; write a limit in its unit"
            )
        else:
            limits.append(Limit(name=share.name, value=share.value * figure))
    if not limits and connectivity is None and not problems:
        problems.append(
            "the budget has no limit: write, for instance, [budget.compression] connectivity = "
            '"10 %", or cores = 1 in [budget.resources]'
        )
    if problems:
        raise InputError("ND2864", *problems)
    return Goal(
        budget=replace(budget, limits=tuple(limits), shares=()),
        connectivity=None if connectivity is None else connectivity.value,
    )


def is_structural(limit: Limit) -> bool:
    """Return whether no data changes the figure."""
    return limit.per_core or limit.name in STRUCTURAL


def missed(findings: Sequence[Finding]) -> tuple[Finding, ...]:
    """Return the lines that fail."""
    return tuple(f for f in findings if f.status is Status.FAILED)


def ratios(goal: Goal, found: Measured, removable: float, margin: float) -> Iterator[float]:
    """Yield, for each limit that data changes and removal lowers, how much of it may stay.

    What stays is a share of the operations that can be removed, `removable`; the rest of a figure
    is taken to stay as it is: operations elsewhere, and the energy that does not read synapses.
    """
    for limit in goal.budget.limits:
        metric = found.figures.metrics.get(limit.name)
        if limit.layer is not None or is_structural(limit) or metric is None:
            continue
        figure = end_of(metric, limit.name, goal.budget.estimate)
        if figure is None or REGISTRY[limit.name].better is not Better.LOWER or figure <= 0:
            continue
        part = _removable_part(goal, found, limit.name, figure, removable)
        aim = limit.value * (1.0 - margin)
        if figure > aim and part > 0:
            yield max((aim - (figure - part)) / part, 0.0)


def _removable_part(
    goal: Goal, found: Measured, name: str, figure: float, removable: float
) -> float:
    """Return how much of a figure goes with all removable operations."""
    total = found.value("synops_hw" if goal.counts_stored else "synops_effective")
    if not total:
        return 0.0
    if name.startswith("energy"):
        metric = found.figures.metrics.get("energy_synapse_j")
        synapse = None if metric is None else end_of(metric, name, goal.budget.estimate)
        figure = min(figure, synapse) if synapse is not None else figure
    return figure * min(removable / total, 1.0)
