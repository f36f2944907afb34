"""Spike attacks of a protocol carried out: accuracy over the budget of changes."""

from collections.abc import Callable

import torch
from torch import Tensor

from neurodeploy.audits.attacks.protocol import Protocol, Spikes
from neurodeploy.audits.attacks.report import SpikeRow
from neurodeploy.audits.attacks.spikes import Edited, edited
from neurodeploy.audits.attacks.subject import Subject
from neurodeploy.audits.attacks.victim import Victim
from neurodeploy.errors import InputError
from neurodeploy.report.proportion import proportion

RANDOM, WORST = "random", "worst"


def spike_rows(
    victim: Victim,
    subject: Subject,
    protocol: Protocol,
    on_batch: Callable[[str, int], None] | None = None,
) -> tuple[SpikeRow, ...]:
    """Return what every attack on spikes leaves, budget by budget.

    Raises
    ------
    InputError
        If the samples are no series of spikes (ND2857).
    """
    if not protocol.spikes:
        return ()
    _check(subject)
    rows = []
    for k, attack in enumerate(protocol.spikes):
        rows += _rows(victim, subject, attack, protocol.seed + k)
        if on_batch is not None:
            on_batch("spikes " + "+".join(attack.operations), attack.n_samples)
    return tuple(rows)


def _check(subject: Subject) -> None:
    x = subject.x
    if subject.encoding is not None or bool((x != x.round()).any()) or float(x.min()) < 0:
        raise InputError(
            "ND2857",
            f"{subject.where}: samples are not series of spikes ({subject.stimulus}), of which "
            "some could be added, dropped or shifted; take spikes or events out of the protocol",
        )


def _rows(victim: Victim, subject: Subject, attack: Spikes, seed: int) -> list[SpikeRow]:
    x, labels = subject.x[: attack.n_samples], subject.labels[: attack.n_samples]
    generator = torch.Generator().manual_seed(seed)
    members = {member.name: member for member in victim.members}
    runs: dict[str, list[Edited]] = {
        name: list(
            edited(
                victim.see(members[name], generator),
                x,
                labels,
                attack.operations,
                attack.budgets,
                reach=attack.reach,
            )
        )
        for name in attack.members
        if name in members
    }
    rows = [_row(attack, name, one) for name, run in runs.items() for one in run]
    if len(runs) > 1:
        rows += [_worst(attack, found) for found in zip(*runs.values(), strict=True)]
    if attack.random:
        drawn = edited(
            victim.scores,
            x,
            labels,
            attack.operations,
            attack.budgets,
            reach=attack.reach,
            generator=generator,
        )
        rows += [_row(attack, RANDOM, one) for one in drawn]
    return rows


def _row(attack: Spikes, name: str, found: Edited) -> SpikeRow:
    return _of(attack, name, found.budget, found.fooled, found.n_changes)


def _worst(attack: Spikes, found: tuple[Edited, ...]) -> SpikeRow:
    fooled = torch.stack([one.fooled for one in found])
    # Of the members that turn a sample the one that needs least; of none, what was spent in vain.
    spent = torch.stack([one.n_changes for one in found])
    least = torch.where(fooled, spent, spent.max() + 1).amin(dim=0)
    changes = torch.where(fooled.any(dim=0), least, spent.amax(dim=0))
    return _of(attack, WORST, found[0].budget, fooled.any(dim=0), changes)


def _of(attack: Spikes, name: str, budget: int, fooled: Tensor, changes: Tensor) -> SpikeRow:
    tried = changes > 0
    return SpikeRow(
        operations=attack.operations,
        chosen=name,
        budget=budget,
        right=proportion(int((~fooled).sum()), len(fooled)),
        mean_changes=float(changes[tried].double().mean()) if bool(tried.any()) else 0.0,
    )
