"""`Point` and `Tuned`: what a search gave."""

from collections.abc import Mapping
from dataclasses import dataclass

from neurodeploy.exploration.pareto import Objective
from neurodeploy.report.metric import Metric


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """One trial.

    Parameters
    ----------
    number : from 0; 0 is the network as it is, where the ranges hold that.
    settings : values by `Tunable.key`.
    metrics : of the integers on the validation samples; none where it was refused.
    excess : share by which each limit of the budget is passed, below 0 where it holds.
    refusal : why it does not compile.
    digest : of the network.
    """

    number: int
    settings: Mapping[str, float]
    metrics: Mapping[str, Metric]
    excess: Mapping[str, float]
    refusal: str = ""
    digest: str = ""

    @property
    def fits(self) -> bool:
        """Whether it compiles and keeps the budget."""
        return not self.refusal and all(value <= 0 for value in self.excess.values())

    def value(self, metric: str) -> float | None:
        """Return the nominal value of a metric; None if it is unknown, or there is none."""
        return self.metrics[metric].value if metric in self.metrics else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Tuned:
    """A search.

    Parameters
    ----------
    front : numbers of the points within the budget that no other of these beats in every objective,
        the best by the first objective first.
    """

    objectives: tuple[Objective, ...]
    points: tuple[Point, ...]
    front: tuple[int, ...]

    @property
    def best(self) -> Point | None:
        """The best by the first objective, None where no point keeps the budget."""
        return self.points[self.front[0]] if self.front else None
