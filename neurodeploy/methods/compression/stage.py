"""One node: fewer units, and the rest trained; or fewer units and statistics taken anew."""

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from neurodeploy.learning.data import Parts
from neurodeploy.learning.log import Epoch
from neurodeploy.learning.train import Progress, train
from neurodeploy.learning.twin.schedule import is_looped
from neurodeploy.learning.twin.twin import Twin
from neurodeploy.methods.compression.fixed import Fixed, Spread
from neurodeploy.methods.compression.minimax import Minimax
from neurodeploy.methods.compression.norms import re_estimated, with_norms
from neurodeploy.methods.compression.options import CompressOptions, Method
from neurodeploy.methods.compression.places import weights_at
from neurodeploy.methods.compression.selection import Selection
from neurodeploy.methods.compression.shrink import Shrink
from neurodeploy.model import Model
from neurodeploy.passes.fold_batchnorm import FoldBatchNorm

Rule = Fixed | Minimax | Shrink

PULLED = 0.5
"""Share of the steps in which the L1 penalty pulls; then the least weights go."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """What one node gave.

    Parameters
    ----------
    target : share of the cost of all units that was aimed at.
    connectivity : share of the removable weights that is left.
    reached_after : steps after which s was at the budget; None for methods without s.
    was_projected : whether s had to be set to the budget, the multipliers being too slow.
    """

    model: Model
    target: float
    connectivity: float
    epochs: tuple[Epoch, ...]
    validation_accuracy: float
    reached_after: int | None = None
    was_projected: bool = False
    y: float | None = None
    z: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """What all nodes of one compression share."""

    parts: Parts
    options: CompressOptions
    checkpoint: Path | None = None
    on_epoch: Callable[[Epoch], None] | None = None
    on_batch: Progress | None = None


def trained_node(
    model: Model, work: Work, selection: Selection, budget: float, n_epochs: int, number: int
) -> Node:
    """Return the node at `budget` of the selection's cost after `n_epochs` epochs.

    Parameters
    ----------
    number : of the node; its random numbers differ from those of the others.
    """
    options = work.options
    steps = n_epochs * math.ceil(work.parts.train.n_samples / options.train.batch_size)
    approach = PULLED if options.method is Method.L1 else options.joint
    rule = rule_of(options, selection, budget, max(round(approach * steps), 1))
    looped = is_looped(model)
    trainable = replace(options.train.trainable, thresholds=True) if looped else None
    settings = replace(
        options.train,
        epochs=n_epochs,
        seed=options.train.seed + 100_000 * number,
        batchnorm=False,
        trainable=trainable or options.train.trainable,
    )
    given = model
    if settings.formats is None:  # in a chip's integers BatchNorm stays folded
        given = with_norms(model, work.parts.train, work.parts.encoding)
    path = work.checkpoint
    result = train(
        given,
        work.parts,
        settings,
        rule=rule,
        checkpoint=None if path is None else path.with_name(f"{path.name}.{number}"),
        on_epoch=work.on_epoch,
        on_batch=work.on_batch,
    )
    ended = replace(result.model, history=model.history)
    node = Node(
        model=ended,
        target=budget / float(selection.costs.sum()),
        connectivity=connectivity_of(ended, selection),
        epochs=result.epochs,
        validation_accuracy=result.best_accuracy,
    )
    if not isinstance(rule, Minimax):
        return node
    return replace(
        node,
        reached_after=rule.reached_after,
        was_projected=rule.was_projected,
        y=rule.y,
        z=rule.z,
    )


def projected(model: Model, work: Work, selection: Selection, budget: float) -> Model:
    """Return `model` with the least units removed and its BatchNorm statistics taken anew."""
    normed = with_norms(model, work.parts.train, work.parts.encoding)
    twin = Twin(normed)
    Fixed(selection=selection, budget=budget).begin(twin)
    again = re_estimated(twin.model(), work.parts.train, work.parts.encoding)
    return replace(FoldBatchNorm().apply(again), history=model.history)


def rule_of(options: CompressOptions, selection: Selection, budget: float, n_steps: int) -> Rule:
    """Return what acts on the weights of one node; `n_steps` is how long its approach may take."""
    match options.method:
        case Method.MINIMAX | Method.MINIMAX_ONCE:
            return Minimax(
                selection=selection,
                budget=budget,
                n_steps=n_steps,
                multipliers=options.multipliers,
            )
        case Method.L1:
            return Shrink(
                selection=selection, budget=budget, strength=options.strength, n_steps=n_steps
            )
        case Method.UNIFORM:
            return Fixed(selection=selection, budget=budget, spread=Spread.UNIFORM)
        case Method.MAGNITUDE | Method.ITERATIVE:
            return Fixed(selection=selection, budget=budget)


def connectivity_of(model: Model, selection: Selection) -> float:
    """Return the share of the selection's weights that are not 0."""
    weights = [weights_at(model, place) for place in selection.places]
    return sum(int(np.count_nonzero(w)) for w in weights) / sum(w.size for w in weights)
