"""`compress`: a network within a budget of what its deployment pays."""

import math
from collections.abc import Callable
from dataclasses import replace

from neurodeploy.errors import DoesNotCompile
from neurodeploy.learning.data import check
from neurodeploy.methods.compression.goal import goal_of
from neurodeploy.methods.compression.measure import Bench, Measured, measured
from neurodeploy.methods.compression.options import BY_NODES, Drive, Method
from neurodeploy.methods.compression.outcome import Compressed, left_at, left_of_all
from neurodeploy.methods.compression.places import Structure, prunable
from neurodeploy.methods.compression.stage import Node, Work, projected, trained_node
from neurodeploy.methods.compression.task import LEAST, Task, planned, smallest
from neurodeploy.methods.compression.unused import without_unused
from neurodeploy.model import Model
from neurodeploy.passes.fold_batchnorm import FoldBatchNorm
from neurodeploy.regression import Budget

NODE_RATIO = 0.3
"""About what a node leaves of the node before, where nodes are not given."""

MOST_NODES = 4

MOST_CORRECTIONS = 12
"""Projections after the last epoch, until what is measured is within its limits."""

Say = Callable[[str], None]


def compress(
    model: Model, work: Work, budget: Budget, bench: Bench, *, on_stage: Say | None = None
) -> Compressed:
    """Return `model` within `budget`, or the closest to it that was reached.

    Parameters
    ----------
    on_stage : told in words what begins.

    Raises
    ------
    InputError
        If data does not fit (as `train`), nothing can be removed (ND2861, ND2862), options are out
        of range (ND2863), or the budget asks nothing (ND2864).
    """
    say = on_stage or _silent
    start = FoldBatchNorm().apply(model)
    check(start, work.parts)
    say("measuring the network before")
    before = _before(start, bench)
    goal = goal_of(budget, before)
    task = planned(start, work, goal, bench, before)
    if isinstance(task, str):
        impossible = Task(
            start=start,
            places=prunable(start, first_layer=work.options.first_layer),
            structure=work.options.structure or Structure.WEIGHTS,
            drive=Drive.WEIGHTS,
            goal=goal,
            bench=bench,
            work=work,
        )
        return _outcome(impossible, smallest(impossible), (), before, reason=task)
    nodes = _nodes(task, before, say)
    say("measuring the network after")
    return _outcome(task, _corrected(task, nodes[-1].model), nodes, before)


def shares_of(task: Task, n_epochs: int) -> tuple[float | None, ...]:
    """Return the share of the weights at every node; None is what measurement says then.

    Without nodes given they fall evenly to the budget, each to about `NODE_RATIO` of the one
    before; never more than epochs.
    """
    options = task.work.options
    count = task.by_count
    here = count.kept_cost(task.start) / float(count.costs.sum())
    wanted = min(task.most, task.goal.connectivity or 1.0, here)
    if options.method not in BY_NODES:
        return (None,) if task.depends_on_data else (wanted,)
    if options.nodes is not None:
        return options.nodes
    if task.depends_on_data:
        return (None,) * min(2, n_epochs)
    n_nodes = max(math.ceil(math.log(wanted / here) / math.log(NODE_RATIO) - 1e-9), 1)
    n_nodes = min(n_nodes, MOST_NODES, n_epochs)
    return tuple(here * (wanted / here) ** ((k + 1) / n_nodes) for k in range(n_nodes))


def _before(start: Model, bench: Bench) -> Measured:
    """Measure the network before; where the chip cannot hold it, on a chip without limits."""
    try:
        return measured(start, bench)
    except DoesNotCompile as error:
        if error.code != "ND3201":
            raise
        return measured(start, replace(bench, compile=replace(bench.compile, chip="ideal")))


def _nodes(task: Task, before: Measured, say: Say) -> tuple[Node, ...]:
    """Return every node; where limits are measured, the last epoch comes after a measurement."""
    n_epochs = task.work.options.train.epochs
    n_last = 1 if task.depends_on_data and n_epochs > 1 else 0
    shares = shares_of(task, n_epochs - n_last)
    found = before if task.depends_on_data else None
    model, nodes = task.start, list[Node]()
    epochs = _split(n_epochs - n_last, len(shares))
    for number, (share, n_own) in enumerate(zip(shares, epochs, strict=True)):
        selection = task.selection(model, found)
        total = float(selection.costs.sum())
        remaining = len(shares) - number
        aim = (
            selection.kept_cost(model) * max(task.ratio(model, found), LEAST) ** (1 / remaining)
            if share is None
            else share * total
        )
        say(
            f"node {number + 1} of {len(shares)}: {100 * aim / total:.4g} % of the "
            f"{task.drive.value} of all removable weights, {n_own} epochs"
        )
        nodes.append(trained_node(model, task.work, selection, aim, n_own, number))
        model = nodes[-1].model
        found = task.measured(model) if task.depends_on_data else None
    if n_last:
        nodes.append(_last(task, model, found, len(shares), say))
    return tuple(nodes)


def _last(task: Task, model: Model, found: Measured | None, number: int, say: Say) -> Node:
    """Return the node of one epoch with as many units as a measurement allows."""
    selection = task.selection(model, found)
    aim = selection.kept_cost(model) * max(task.ratio(model, found), LEAST)
    say("one epoch with what the measurement allows")
    held = replace(task.work, options=replace(task.work.options, method=Method.MAGNITUDE))
    return trained_node(model, held, selection, aim, 1, number)


def _corrected(task: Task, model: Model) -> Model:
    """Return `model` with as many units more removed as its measured limits still want."""
    if not task.goal.is_measured:
        return model
    for _ in range(MOST_CORRECTIONS):
        found = task.measured(model)
        ratio = task.ratio(model, found)
        if ratio >= 1.0:
            break
        selection = task.selection(model, found)
        aim = selection.kept_cost(model) * max(ratio, LEAST)
        model = projected(model, task.work, selection, aim)
    return model


def _outcome(
    task: Task, model: Model, nodes: tuple[Node, ...], before: Measured, reason: str = ""
) -> Compressed:
    layers = left_at(model, task.places)
    prunable_left, all_left = left_of_all(task.start, layers)
    smaller, unused = without_unused(model)
    in_use = left_at(smaller, task.places)
    after = measured(smaller, task.bench)
    line = (
        f"compressed: {task.work.options.method.value}, "
        f"{prunable_left.n_left} of {prunable_left.n_before} removable weights left"
    )
    return Compressed(
        method=task.work.options.method,
        model=replace(smaller, history=(*smaller.history, line)),
        before=before,
        after=after,
        findings=task.goal.findings(after, prunable_left.share),
        nodes=nodes,
        layers=layers,
        prunable=prunable_left,
        all_weights=all_left,
        n_in_use=sum(left.n_left for left in in_use.values()),
        unused=unused,
        n_epochs=sum(len(node.epochs) for node in nodes),
        reason=reason,
    )


def _split(n_epochs: int, n_nodes: int) -> tuple[int, ...]:
    """Return epochs for every node, the later ones more where they do not divide."""
    each, more = divmod(n_epochs, n_nodes)
    return tuple(each + (k >= n_nodes - more) for k in range(n_nodes))


def _silent(text: str) -> None:
    del text
