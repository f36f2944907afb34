"""How to compress."""

from dataclasses import dataclass, field
from enum import StrEnum
from itertools import pairwise

from neurodeploy.errors import InputError
from neurodeploy.learning.options import TrainOptions
from neurodeploy.methods.compression.minimax import Multipliers
from neurodeploy.methods.compression.places import Ranking, Structure


class Method(StrEnum):
    """How the units that go are found, and when the rest is trained.

    ``minimax``: their number is learned with multipliers while the task is, node after node.
    ``minimax-once``: the same in one ramp straight to the budget, finetuned only afterwards.
    ``iterative``: the least magnitudes of all layers go at once at every node, then the rest is
    finetuned. ``magnitude``: the same in one go. ``uniform``: in one go, the same share of every
    layer. ``l1``: all weights are pulled towards 0 for half the epochs, then the least go.
    """

    MINIMAX = "minimax"
    MINIMAX_ONCE = "minimax-once"
    ITERATIVE = "iterative"
    MAGNITUDE = "magnitude"
    UNIFORM = "uniform"
    L1 = "l1"


BY_NODES = (Method.MINIMAX, Method.ITERATIVE)
"""Methods that go to the budget in several steps."""


class Drive(StrEnum):
    """What a unit costs while units are chosen: its weights, or its measured operations."""

    WEIGHTS = "weights"
    OPERATIONS = "operations"


@dataclass(frozen=True, slots=True, kw_only=True)
class CompressOptions:
    """Everything that decides what compression gives.

    Parameters
    ----------
    train : of all nodes together; `epochs` is their sum, and a method cannot have more.
    nodes : shares of the removable weights at which to stop and finetune, falling, the last one
        being the budget's; None is a falling series of about a third each.
    structure : None removes single weights, and channels where no removal of weights could do.
    ranking : by what units of several layers are compared.
    drive : None takes operations where a limit on activity, energy or time is missed.
    first_layer : whether weights that read an input may go too.
    joint : share of each node's steps in which minimax approaches the budget; then it is held.
        Of 0.25 and 0.5, the validation part of two networks at 1 % chose the shorter.
    strength : of the L1 penalty.
    margin : share by which measured limits are aimed at below the limit, as other data differs.
    """

    method: Method = Method.MINIMAX
    train: TrainOptions = field(default_factory=lambda: TrainOptions(epochs=6, learning_rate=0.05))
    nodes: tuple[float, ...] | None = None
    structure: Structure | None = None
    ranking: Ranking = Ranking.SHARE
    drive: Drive | None = None
    first_layer: bool = False
    joint: float = 0.25
    strength: float = 1e-3
    margin: float = 0.02
    multipliers: Multipliers = field(default_factory=Multipliers)

    def __post_init__(self) -> None:
        nodes = self.nodes or ()
        falling = all(a > b for a, b in pairwise(nodes))
        rules = {
            f"nodes are {nodes}, expected falling shares between 0 and 1": not falling
            or any(not 0 < node <= 1 for node in nodes),
            f"{len(nodes)} nodes need {len(nodes)} epochs at least, not {self.train.epochs}": len(
                nodes
            )
            > self.train.epochs,
            f"joint is {self.joint:g}, expected above 0 and at most 1": not 0 < self.joint <= 1,
            f"strength is {self.strength:g}, expected at least 0": self.strength < 0,
            f"margin is {self.margin:g}, expected 0 to below 1": not 0 <= self.margin < 1,
        }
        problems = [problem for problem, broken in rules.items() if broken]
        if problems:
            raise InputError("ND2863", *problems)
