"""From a protocol's entries to the attempts on one victim."""

from collections.abc import Callable, Mapping, Sequence

import torch
from torch import Tensor

from neurodeploy.audits.attacks.apgd import apgd
from neurodeploy.audits.attacks.ball import Ball
from neurodeploy.audits.attacks.crafted import Crafted
from neurodeploy.audits.attacks.ensemble import Member
from neurodeploy.audits.attacks.library import foreign
from neurodeploy.audits.attacks.objective import (
    Logits,
    Objective,
    cross_entropy,
    divergence,
    logit_ratio,
    targeted,
    targeted_logit_ratio,
    wrong,
)
from neurodeploy.audits.attacks.one_step import fgsm, rfgsm
from neurodeploy.audits.attacks.pgd import pgd
from neurodeploy.audits.attacks.protocol import (
    Attack,
    Fgsm,
    Library,
    Pgd,
    Square,
    Transfer,
    chosen,
)
from neurodeploy.audits.attacks.square import square
from neurodeploy.audits.attacks.victim import Victim
from neurodeploy.audits.attacks.worst_of import Attempt
from neurodeploy.errors import InputError

Craft = Callable[[Tensor, Tensor, torch.Generator], Crafted]
Done = Callable[[Tensor, Tensor], Tensor]


def attempts_of(
    entries: Sequence[Attack], victim: Victim, ball: Ball, others: Mapping[str, Victim]
) -> list[Attempt]:
    """Return what `entries` ask for, in their order; members that cannot see are left out.

    Parameters
    ----------
    others : networks that black-box attacks are made on, by name.

    Raises
    ------
    InputError
        If an entry asks for what this network or call cannot give (ND2855).
    """
    problems = [line for entry in entries for line in _problems(entry, victim, others)]
    if problems:
        raise InputError("ND2855", *dict.fromkeys(problems))
    return [attempt for entry in entries for attempt in _attempts(entry, victim, ball, others)]


def _problems(entry: Attack, victim: Victim, others: Mapping[str, Victim]) -> list[str]:
    if isinstance(entry, Transfer):
        missing = "transfer: no other network was given; name one with --transfer-from"
        return [] if others else [missing]
    if isinstance(entry, Square | Library):
        return []
    problems = []
    if entry.targets >= victim.n_classes:
        problems.append(
            f"{entry.method}: targets is {entry.targets}, and the network tells "
            f"{victim.n_classes} classes apart: at most {victim.n_classes - 1}"
        )
    if entry.objective == "dlr" and entry.targets and victim.n_classes < 4:
        problems.append(
            f"{entry.method}: targeted dlr needs 4 classes, the network tells "
            f"{victim.n_classes} apart; take ce"
        )
    return problems


def _attempts(
    entry: Attack, victim: Victim, ball: Ball, others: Mapping[str, Victim]
) -> list[Attempt]:
    match entry:
        case Square():
            return [_square(entry, victim, ball)]
        case Library():
            return [_library(entry, victim, ball)]
        case Transfer():
            inner = Pgd(method="pgd", steps=entry.steps, objective=entry.objective)
            return [
                Attempt(
                    name=f"transfer from {name}: {_name(inner, member)}",
                    craft=_craft(inner, other, member, ball, stops=False),
                )
                for name, other in others.items()
                for member in _members(entry.members, other)
            ]
        case Fgsm() | Pgd():
            return [
                Attempt(name=_name(entry, member), craft=_craft(entry, victim, member, ball))
                for member in _members(entry.members, victim)
            ]


def _members(names: tuple[str, ...], victim: Victim) -> list[Member]:
    known = {member.name: member for member in victim.members}
    return [known[name] for name in chosen(names) if name in known]


def _name(entry: Fgsm | Pgd, member: Member) -> str:
    steps = f"-{entry.steps}" if isinstance(entry, Pgd) else ""
    aimed = f" {entry.targets} targets" if entry.targets else ""
    return f"{entry.method}{steps} {entry.objective}{aimed} {member.name}"


def _square(entry: Square, victim: Victim, ball: Ball) -> Attempt:
    def craft(x: Tensor, labels: Tensor, generator: torch.Generator) -> Crafted:
        return square(victim.scores, x, labels, ball, generator, n_queries=entry.queries)

    return Attempt(name=f"square-{entry.queries}", craft=craft)


def _library(entry: Library, victim: Victim, ball: Ball) -> Attempt:
    def craft(x: Tensor, labels: Tensor, generator: torch.Generator) -> Crafted:
        return foreign(entry, victim, x, labels, ball, generator)

    return Attempt(name=f"library {entry.attack}-{entry.steps}", craft=craft)


def _craft(
    entry: Fgsm | Pgd, victim: Victim, member: Member, ball: Ball, *, stops: bool = True
) -> Craft:
    """Return the attack of `entry` through `member`: every start at every target in turn.

    Parameters
    ----------
    stops : whether a sample that is fooled is left alone; what is meant to transfer goes all the
        way.
    """
    n_tries = (entry.starts if isinstance(entry, Pgd) else 1) * max(entry.targets, 1)
    stops = stops and member.is_exact and not victim.is_random

    def craft(x: Tensor, labels: Tensor, generator: torch.Generator) -> Crafted:
        logits = victim.see(member, generator)
        moved, is_dead = x.clone(), torch.ones(len(x), dtype=torch.bool)
        at = torch.arange(len(x))
        for k in range(n_tries):
            goal = _goal(entry, k, victim, logits, x[at], labels[at])
            is_done = wrong(labels[at]) if stops else None
            crafted = _once(entry, logits, x[at], goal, ball, generator, is_done)
            moved[at], is_dead[at] = crafted.x, is_dead[at] & crafted.is_dead
            if k + 1 < n_tries:
                at = at[victim.answer(moved[at]) == labels[at]]
            if not len(at):
                break
        return Crafted(x=moved, is_dead=is_dead)

    return craft


def _once(
    entry: Fgsm | Pgd,
    logits: Logits,
    x: Tensor,
    goal: Objective,
    ball: Ball,
    generator: torch.Generator,
    is_done: Done | None,
) -> Crafted:
    match entry.method:
        case "fgsm":
            return fgsm(logits, x, goal, ball, looks=entry.looks)
        case "rfgsm":
            return rfgsm(logits, x, goal, ball, generator, looks=entry.looks)
    assert isinstance(entry, Pgd)
    n_steps, looks = entry.steps, entry.looks
    if entry.method == "apgd":
        return apgd(logits, x, goal, ball, generator, n_steps=n_steps, looks=looks, is_done=is_done)
    return pgd(
        logits,
        x,
        goal,
        ball,
        generator,
        n_steps=n_steps,
        step=entry.step,
        looks=looks,
        is_done=is_done,
    )


def _goal(
    entry: Fgsm | Pgd, k: int, victim: Victim, logits: Logits, x: Tensor, labels: Tensor
) -> Objective:
    """Return what try `k` raises."""
    if entry.objective == "kl":
        with torch.no_grad():
            return divergence(logits(x))
    is_ratio = entry.objective == "dlr"
    if not entry.targets:
        return logit_ratio(labels) if is_ratio else cross_entropy(labels)
    likeliest = victim.scores(x).scatter(1, labels[:, None], -torch.inf)
    aims = likeliest.argsort(dim=1, descending=True)[:, k % entry.targets]
    return targeted_logit_ratio(labels, aims) if is_ratio else targeted(aims)
