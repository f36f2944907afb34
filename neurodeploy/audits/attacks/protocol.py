"""`Protocol`: an evaluation written down, so that it can be printed, compared and run again."""

from dataclasses import dataclass, field
from typing import Annotated, Literal

from pydantic import AfterValidator, ConfigDict, Field, with_config

from neurodeploy.audits.attacks.ball import Ball, ball_of
from neurodeploy.audits.attacks.ensemble import MEMBERS
from neurodeploy.model import Model
from neurodeploy.storage.codec import digest

SCHEMA = 1

_STRICT = ConfigDict(extra="forbid", strict=True, allow_inf_nan=False)

ALL = "all"
"""Stands for every member of the ensemble."""


def _one(name: str) -> str:
    if name == ALL:
        raise ValueError("name the members; all are too many here")
    return name


MemberName = Literal[  # one name each of `MEMBERS`, which a test holds it to
    "all",
    "triangular-0.25",
    "triangular-0.5",
    "triangular-1",
    "triangular-2",
    "triangular-3",
    "exponential-0.3-0.5",
    "exponential-0.3-1",
    "exponential-0.3-2",
    "exponential-1-0.5",
    "exponential-1-1",
    "exponential-1-2",
    "rectangular-0.25",
    "rectangular-0.5",
    "rectangular-1",
    "rectangular-2",
    "rectangular-4",
    "straight-through",
    "rate-path",
    "activation-path",
]
OneMember = Annotated[MemberName, AfterValidator(_one)]
Goal = Literal["ce", "kl", "dlr"]
NoiseKind = Literal["sensor", "pixels", "spikes", "jitter", "weights", "thresholds", "leaks"]
Steps = Annotated[int, Field(ge=1)]
Looks = Annotated[int, Field(ge=1)]
Share = Annotated[float, Field(ge=0, le=1)]
Members = Annotated[tuple[MemberName, ...], Field(min_length=1)]


def _check_goal(objective: Goal, targets: int) -> None:
    if objective == "kl" and targets:
        raise ValueError("kl goes away from the clean answer, to no target; take ce or dlr")


@with_config(_STRICT)
@dataclass(frozen=True, slots=True, kw_only=True)
class Fgsm:
    """One step along the gradient's sign; ``rfgsm`` starts it from a random corner.

    Parameters
    ----------
    objective : ce, the cross entropy; kl, the divergence from the clean answer; dlr, the difference
        of logits ratio.
    targets : 0 is untargeted; k aims at the k likeliest wrong classes in turn.
    looks : encodings over which a gradient is averaged, where the encoder draws at random.
    """

    method: Literal["fgsm", "rfgsm"]
    objective: Goal = "ce"
    members: Members = ("all",)
    targets: Annotated[int, Field(ge=0)] = 0
    looks: Looks = 1

    def __post_init__(self) -> None:
        _check_goal(self.objective, self.targets)


@with_config(_STRICT)
@dataclass(frozen=True, slots=True, kw_only=True)
class Pgd:
    """Projected gradient descent; ``apgd`` chooses its own step size.

    Parameters
    ----------
    steps : gradients a start.
    step : size of a step as a share of the range's width; 2.5 eps / steps if left out. Of ``pgd``
        alone.
    starts : random starts, each on what the one before has left.
    """

    method: Literal["pgd", "apgd"]
    steps: Steps
    objective: Goal = "ce"
    members: Members = ("all",)
    targets: Annotated[int, Field(ge=0)] = 0
    starts: Steps = 1
    step: Annotated[float, Field(gt=0)] | None = None
    looks: Looks = 1

    def __post_init__(self) -> None:
        _check_goal(self.objective, self.targets)
        if self.step is not None and self.method == "apgd":
            raise ValueError("apgd chooses its own step size; leave step out")


@with_config(_STRICT)
@dataclass(frozen=True, slots=True, kw_only=True)
class Square:
    """Random patches, without gradients; `queries` answers a sample."""

    method: Literal["square"]
    queries: Steps


@with_config(_STRICT)
@dataclass(frozen=True, slots=True, kw_only=True)
class Transfer:
    """Black box: PGD on other networks, whose samples are then shown to this one."""

    method: Literal["transfer"]
    steps: Steps
    objective: Goal = "ce"
    members: Members = ("triangular-1",)


@with_config(_STRICT)
@dataclass(frozen=True, slots=True, kw_only=True)
class Library:
    """An attack of the Adversarial Robustness Toolbox (extra ``attack``), which only asks.

    Parameters
    ----------
    attack : hop-skip-jump needs the class alone, not its score.
    steps : iterations.
    """

    method: Literal["library"]
    attack: Literal["hop-skip-jump"]
    steps: Steps


Attack = Annotated[Fgsm | Pgd | Square | Transfer | Library, Field(discriminator="method")]


@with_config(_STRICT)
@dataclass(frozen=True, slots=True, kw_only=True)
class Masking:
    """How masked gradients are looked for, on the first `n_samples` of those drawn.

    Parameters
    ----------
    eps : so large that white-box accuracy must fall to chance.
    few_steps, many_steps : of PGD; many must not be weaker.
    queries : of Square, which must not beat the gradients.
    members : through which gradients are seen.
    """

    n_samples: Annotated[int, Field(ge=1)] = 100
    eps: Share = 0.5
    few_steps: Steps = 10
    many_steps: Steps = 50
    queries: Steps = 500
    members: Members = ("triangular-1", "exponential-1-1", "rectangular-1")


@with_config(_STRICT)
@dataclass(frozen=True, slots=True, kw_only=True)
class Spikes:
    """Spikes added, dropped or shifted, on the first `n_samples` of those drawn.

    Parameters
    ----------
    operations : any of add, drop and shift; each is one change of the budget.
    budgets : rising numbers of changes; the gradient is looked at anew for each.
    reach : steps that a spike may be shifted by.
    members : each is tried alone; what counts is the worst of them.
    random : whether as many changes are also made at random, for comparison.
    """

    operations: Annotated[tuple[Literal["add", "drop", "shift"], ...], Field(min_length=1)]
    budgets: Annotated[tuple[Steps, ...], Field(min_length=1)]
    n_samples: Annotated[int, Field(ge=1)] = 50
    reach: Steps = 1
    members: Annotated[tuple[OneMember, ...], Field(min_length=1)] = ("triangular-1",)
    random: bool = True

    def __post_init__(self) -> None:
        if list(self.budgets) != sorted(set(self.budgets)):
            raise ValueError("budgets must rise from one to the next")


@with_config(_STRICT)
@dataclass(frozen=True, slots=True, kw_only=True)
class Noise:
    """What nobody means: `levels` of one kind, each drawn `repeats` times.

    Parameters
    ----------
    kind : sensor (normal noise, in widths of the range), pixels or spikes (chance that each is
        lost), jitter (steps); weights, thresholds or leaks (relative error of each).
    """

    kind: NoiseKind
    levels: Annotated[tuple[Annotated[float, Field(ge=0)], ...], Field(min_length=1)]
    repeats: Annotated[int, Field(ge=2)] = 3


@with_config(_STRICT)
@dataclass(frozen=True, slots=True, kw_only=True)
class Battery:
    """An attack on what a deployment spends: Auto-PGD on the float network, run on the integers.

    Parameters
    ----------
    aim : ``synops`` raises the synaptic operations of spikes; ``steps`` lowers the margin of the
        readout in every step, so that a sample is sure later.
    """

    aim: Literal["synops", "steps"]
    steps: Steps = 20
    members: Annotated[tuple[OneMember, ...], Field(min_length=1)] = ("triangular-1",)


@with_config(_STRICT)
@dataclass(frozen=True, slots=True, kw_only=True)
class Exits:
    """Accuracy under attack over T, and over `thresholds` of the deployment's exit rule."""

    thresholds: tuple[float, ...] = ()


@with_config(_STRICT)
@dataclass(frozen=True, slots=True, kw_only=True)
class Protocol:
    """An evaluation; equal protocols, networks, data and threads give equal reports.

    Parameters
    ----------
    eps : radius in L-infinity, as a share of the width of the input's declared range.
    n_samples : drawn from the data by `seed`; all of them if there are no more.
    alone : whether each attack is tried on all samples that were right, so that each has a figure
        of its own; else only on what the ones before it left.
    widths : what surrogates of the float network are as wide as published in: the ``model``'s own
        units of voltage, or units of each neuron's ``threshold``. The same where thresholds are 1.
    whole : whether values move by whole numbers only.
    each_step : whether every time step gets its own perturbation, where values are repeated.
    encodings : drawings over which the answer to a sample is averaged, where an encoder draws.
    attack : tried in this order.
    integers : tried on deployed integers, on what the attacks made on their float network left; a
        fake-quantised twin costs many times what the float one does.
    spikes : on series of spikes.
    noise : robustness against nobody.
    battery, exits : of a deployment alone.
    """

    schema: Literal[1]
    name: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]*$")]
    eps: Share
    n_samples: Annotated[int, Field(ge=1)]
    seed: Annotated[int, Field(ge=0)] = 0
    alone: bool = False
    widths: Literal["model", "threshold"] = "model"
    whole: bool = False
    each_step: bool = False
    encodings: Annotated[int, Field(ge=1)] = 8
    attack: tuple[Attack, ...] = ()
    integers: tuple[Attack, ...] = (
        Pgd(method="pgd", steps=10, members=("triangular-1", "exponential-1-1", "rectangular-1")),
    )
    spikes: tuple[Spikes, ...] = ()
    noise: tuple[Noise, ...] = ()
    battery: tuple[Battery, ...] = ()
    exits: Exits | None = field(default=None)
    masking: Masking | None = field(default=None)

    @property
    def digest(self) -> str:
        """Fingerprint of everything it says."""
        return digest(self)


def protocol_ball(model: Model, protocol: Protocol) -> Ball:
    """Return how far the protocol lets samples of `model` move."""
    return ball_of(model, protocol.eps, whole=protocol.whole)


def chosen(names: tuple[str, ...]) -> tuple[str, ...]:
    """Return the members meant by `names`, in their order, each once."""
    known = [member.name for member in MEMBERS]
    meant = [one for name in names for one in (known if name == ALL else [name])]
    return tuple(dict.fromkeys(meant))
