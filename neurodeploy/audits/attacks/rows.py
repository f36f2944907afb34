"""`AttackRow` of every attempt, and shares of samples."""

from torch import Tensor

from neurodeploy.audits.attacks.report import AttackRow
from neurodeploy.audits.attacks.worst_of import Outcome, Worst
from neurodeploy.report.proportion import Proportion, proportion


def rows_of(worst: Worst, *, alone: bool) -> tuple[AttackRow, ...]:
    """Return a row for every attempt; with `alone` each has an accuracy of its own."""
    rows, left = [], worst.is_right.clone()
    for outcome in worst.outcomes:
        left &= ~outcome.fooled
        rows.append(_row(outcome, left, worst.is_right if alone else None))
    return tuple(rows)


def share(values: Tensor) -> Proportion:
    """Return how many of (sample,) are true."""
    return proportion(int(values.sum()), len(values))


def _row(outcome: Outcome, left: Tensor, is_right: Tensor | None) -> AttackRow:
    return AttackRow(
        name=outcome.name,
        tried=outcome.n_tried,
        fooled=outcome.n_fooled,
        dead=outcome.n_dead,
        left=share(left),
        own=None if is_right is None else share(is_right & ~outcome.fooled),
    )
