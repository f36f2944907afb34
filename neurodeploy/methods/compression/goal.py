"""What a budget asks of a compression, and how far a network is from it."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from neurodeploy.errors import InputError
from neurodeploy.methods.compression.measure import Measured
from neurodeploy.regression import Budget, Finding, Limit, Origin, Status, check
from neurodeploy.regression.budget import CONNECTIVITY
from neurodeploy.regression.end import end_of
from neurodeploy.report.metric import REGISTRY, Better

STRUCTURAL = ("cores", "chips")
"""Metrics that no data changes; the chip's limits per core are others."""

STEP = 0.9
"""What is tried to be left where only trial tells."""

_WITHOUT_ZEROS = ("synops_effective", "macs")
"""Metrics that do not count stored zeros."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Goal:
    """A budget with its shares as limits.

    Parameters
    ----------
    connectivity : share of the removable weights that may be left, or None.
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
        return not any(limit.name in _WITHOUT_ZEROS for limit in self.budget.limits)

    def findings(self, found: Measured, connectivity: float) -> tuple[Finding, ...]:
        """Return a line for every limit, that of connectivity first.

        What is unknown fails where the budget is strict, as it does in `check`.
        """
        lines = [] if self.connectivity is None else [self._connectivity(connectivity)]
        if self.is_measured or self.budget.chip is not None:
            verdict = check(found.figures, self.budget)
            lines += (
                replace(line, status=Status.FAILED) if verdict.fails(line) else line
                for line in verdict.findings
            )
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


def depends_on_data(limit: Limit) -> bool:
    """Return whether removal lowers the figure, and only a run tells by how much."""
    if is_structural(limit):
        return False
    return REGISTRY[limit.name].better is Better.LOWER


def missed(findings: Sequence[Finding]) -> tuple[Finding, ...]:
    """Return the lines that fail."""
    return tuple(f for f in findings if f.status is Status.FAILED)


def counts_operations(limit: Limit) -> bool:
    """Return whether the figure is a number of synaptic operations, which costs of units add to."""
    return limit.name.startswith("synops") and limit.layer is None


def is_searched(limit: Limit) -> bool:
    """Return whether trial alone tells how few weights the figure wants: cores, energy, time."""
    better = Better.LOWER if limit.per_core else REGISTRY[limit.name].better
    return better is Better.LOWER and not counts_operations(limit)


def ratios(goal: Goal, found: Measured, removable: float, margin: float) -> Iterator[float]:
    """Yield, for each missed limit, how much of what is left may stay, in its cost.

    Operations fall with those that can be removed; of other figures a tenth is tried.

    Parameters
    ----------
    removable : operations an inference that can be removed.
    margin : share by which limits on operations are undercut.
    """
    total = found.value("synops_hw" if goal.counts_stored else "synops_effective")
    for limit in goal.budget.limits:
        metric = found.figures.metrics.get(limit.name)
        if not counts_operations(limit) or metric is None or not total:
            continue
        figure = end_of(metric, limit.name, goal.budget.estimate)
        aim = limit.value * (1.0 - margin)
        if figure is not None and figure > aim:
            fixed = figure * (1.0 - min(removable / total, 1.0))
            yield max((aim - fixed) / (figure - fixed), 0.0) if figure > fixed else 0.0
    if missed(replace(goal, budget=of_kind(goal.budget, is_searched)).findings(found, 0.0)):
        yield STEP


def of_kind(budget: Budget, kind: Callable[[Limit], bool]) -> Budget:
    """Return the budget with only the limits of a kind."""
    return replace(budget, limits=tuple(limit for limit in budget.limits if kind(limit)))
