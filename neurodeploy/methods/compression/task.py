"""`Task`: one compression, and what was decided before its first epoch."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from neurodeploy.errors import DoesNotCompile, InputError
from neurodeploy.methods.compression.goal import (
    Goal,
    counts_operations,
    depends_on_data,
    is_searched,
    is_structural,
    missed,
    of_kind,
    ratios,
)
from neurodeploy.methods.compression.measure import Bench, Measured, kernels, measured, operations
from neurodeploy.methods.compression.options import CompressOptions, Drive
from neurodeploy.methods.compression.places import Place, Structure, prunable
from neurodeploy.methods.compression.selection import Selection, by_count, by_operations
from neurodeploy.methods.compression.stage import Work, projected
from neurodeploy.methods.compression.unused import without_unused
from neurodeploy.model import Model
from neurodeploy.regression import Limit
from neurodeploy.regression.amount import shown

LEAST = 1e-3
"""Share of the weights below which nothing is looked for: a network with less answers at random."""

USEFUL = 0.05
"""Share of its cost that removal in one structure must leave, for another not to be looked at."""

N_HALVINGS = 8
"""Of the interval in which the share of the weights is looked for that fits."""

N_TRIED = 100
"""Samples on which such a trial is run where data matters."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """What is compressed, by what, and on what bench.

    Parameters
    ----------
    start : the network before, BatchNorm folded.
    most : share of the weights at which the limits hold that only trial tells; 1 if none binds.
    """

    start: Model
    places: tuple[Place, ...]
    structure: Structure
    drive: Drive
    goal: Goal
    bench: Bench
    work: Work
    most: float = 1.0

    @property
    def by_count(self) -> Selection:
        """The units, each costing its weights."""
        found = by_count(self.start, self.places, self.structure)
        return replace(found, ranking=self.work.options.ranking)

    @property
    def depends_on_data(self) -> bool:
        """Whether a limit is on what only a run tells, and removal changes."""
        return any(map(depends_on_data, self.goal.budget.limits))

    def selection(self, model: Model, found: Measured | None) -> Selection:
        """Return the units and what they cost now."""
        if self.drive is Drive.WEIGHTS or found is None:
            return self.by_count
        removable = self._operations(model, found)
        priced = by_operations(model, self.places, self.structure, removable)
        return replace(priced, ranking=self.work.options.ranking)

    def measured(self, model: Model) -> Measured:
        """Return what `model` does without what it has no use for."""
        return measured(without_unused(model)[0], self.bench)

    def ratio(self, model: Model, found: Measured | None) -> float:
        """Return how much of what is left may stay, at most 1; 0 where nothing may."""
        count = self.by_count
        share = count.kept_cost(model) / float(count.costs.sum())
        wanted = min(self.most, self.goal.connectivity or 1.0)
        found_ratios = [min(wanted / share, 1.0) if share else 1.0]
        if found is not None:
            removable = sum(self._operations(model, found).values())
            found_ratios += ratios(self.goal, found, removable, self.work.options.margin)
        return min(found_ratios)

    def _operations(self, model: Model, found: Measured) -> Mapping[str, float]:
        """Return the operations an inference that removal can save, by projection."""
        stored = self.goal.counts_stored
        removable = {place.projection for place in self.places}
        if stored and self.structure is Structure.WEIGHTS:
            removable -= kernels(found.deployment)
        every = operations(model, found, stored=stored)
        return {name: count for name, count in every.items() if name in removable}


def planned(start: Model, work: Work, goal: Goal, bench: Bench, before: Measured) -> "Task | str":
    """Return the task with the structure that can meet the goal; else why none can.

    Single weights are preferred; where no more than `USEFUL` of what they cost could stay, as
    where the chip stores kernels whole, the structure that leaves more.
    """
    options, complaints, possible = work.options, [], list[tuple[float, Task]]()
    for structure in _structures(options):
        task = Task(
            start=start,
            places=prunable(start, first_layer=options.first_layer),
            structure=structure,
            drive=options.drive or _drive(goal, before),
            goal=goal,
            bench=bench,
            work=work,
        )
        complaint = _complaint(task)
        if complaint is not None:
            complaints.append(f"removing {structure.value}: {complaint}")
            continue
        task = replace(task, most=_most(task, before))
        possible.append((min(task.ratio(start, before), task.most), task))
        if possible[-1][0] >= USEFUL:
            return task
    if not possible:
        return "; ".join(complaints)
    return max(possible, key=lambda found: found[0])[1]


def smallest(task: Task) -> Model:
    """Return the network with the least share of weights that is looked at."""
    count = task.by_count
    return projected(task.start, task.work, count, LEAST * float(count.costs.sum()))


def _structures(options: CompressOptions) -> tuple[Structure, ...]:
    if options.structure is not None:
        return (options.structure,)
    return Structure.WEIGHTS, Structure.CHANNELS


def _drive(goal: Goal, before: Measured) -> Drive:
    """Return operations where the network before misses a limit on them."""
    counted = replace(goal, budget=of_kind(goal.budget, counts_operations))
    return Drive.OPERATIONS if missed(counted.findings(before, 0.0)) else Drive.WEIGHTS


def _complaint(task: Task) -> str | None:
    """Return which limits not even the smallest network keeps; None if all could hold.

    Accuracy is no reason to give up before training.
    """
    if not task.goal.is_measured:
        return None
    try:
        found = task.measured(smallest(task))
    except (DoesNotCompile, InputError) as error:
        return str(error)
    hopeless = [f for f in missed(task.goal.findings(found, LEAST)) if f.path != "accuracy"]
    if not hopeless:
        return None
    lines = ", ".join(
        f"{f.path} is {shown(f.figure, f.unit)}, allowed {f.allowed}" for f in hopeless
    )
    return f"with {LEAST:.1%} of the weights left, {lines}"


def _most(task: Task, before: Measured) -> float:
    """Return the largest share of the weights, least first removed, with which trials hold."""
    by_weights = task.drive is Drive.WEIGHTS

    def is_tried(limit: Limit) -> bool:
        return is_searched(limit) or (by_weights and counts_operations(limit))

    budget = of_kind(task.goal.budget, is_tried)
    goal = Goal(budget=budget, connectivity=None)
    if not budget.limits or not missed(goal.findings(before, 0.0)):
        return 1.0
    n_samples = 1 if all(map(is_structural, budget.limits)) else N_TRIED
    n_samples = min(n_samples, task.bench.samples.n_samples)
    count, few = task.by_count, task.bench.samples.taken(np.arange(n_samples))
    bench = replace(task.bench, samples=few)
    total, low, high = float(count.costs.sum()), LEAST, 1.0
    for _ in range(N_HALVINGS):
        middle = math.sqrt(low * high)
        cut = projected(task.start, task.work, count, middle * total)
        low, high = (middle, high) if _holds(cut, goal, bench) else (low, middle)
    return low


def _holds(model: Model, goal: Goal, bench: Bench) -> bool:
    try:
        found = measured(without_unused(model)[0], bench)
    except DoesNotCompile:
        return False
    return not missed(goal.findings(found, 0.0))
