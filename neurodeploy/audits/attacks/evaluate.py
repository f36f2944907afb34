"""`evaluate`: a protocol carried out on one network."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from torch import Tensor

from neurodeploy.audits.attacks.activity import activity
from neurodeploy.audits.attacks.attempts import attempts_of
from neurodeploy.audits.attacks.ball import Ball, ball_of
from neurodeploy.audits.attacks.battery import drained
from neurodeploy.audits.attacks.ensemble import FROZEN
from neurodeploy.audits.attacks.exits import exit_rows
from neurodeploy.audits.attacks.integers import costs, integer_victim, model_of, takes_whole
from neurodeploy.audits.attacks.masking import masking_report
from neurodeploy.audits.attacks.noise_rows import noise_rows
from neurodeploy.audits.attacks.protocol import Battery, Protocol
from neurodeploy.audits.attacks.report import (
    AttackReport,
    AttackRow,
    BatteryRow,
    DeployedReport,
    ExitRow,
)
from neurodeploy.audits.attacks.spike_rows import spike_rows
from neurodeploy.audits.attacks.subject import Subject, subject_of
from neurodeploy.audits.attacks.victim import Victim, float_victim
from neurodeploy.audits.attacks.worst_of import Outcome, Ready, Worst, worst_of
from neurodeploy.deployment.deployment import Deployment
from neurodeploy.frontends.samples import Encoding, Samples
from neurodeploy.learning.twin import Twin
from neurodeploy.model import Model
from neurodeploy.report.proportion import Proportion, proportion

Progress = Callable[[str, int], None]
"""Told the name of the attack and how many samples it has done; may raise to stop."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluation:
    """A report, and what it is about.

    Parameters
    ----------
    subject : the samples drawn, before the attacks.
    worst : what the attacks made of them; `worst.x` holds the adversarial samples.
    on_float : (sample, ...) those that were made on the float network.
    """

    report: AttackReport
    subject: Subject
    worst: Worst
    on_float: Tensor


def evaluate(
    model: Model,
    samples: Samples,
    encoding: Encoding | None,
    protocol: Protocol,
    *,
    others: Mapping[str, Model] | None = None,
    on_batch: Progress | None = None,
    device: str = "cpu",
) -> Evaluation:
    """Carry out `protocol` on the float network.

    Parameters
    ----------
    device : where the networks run, ``cpu`` or ``cuda``.
    others : networks for black-box attacks, by name.

    Raises
    ------
    InputError
        If data (ND2303, ND2306, ND2307, ND2803), encoder (ND2852) or protocol (ND2855) do not fit.
    """
    subject = subject_of(model, samples, encoding, protocol)
    sources = {
        name: float_victim(
            other, subject.encoding, protocol.seed, protocol.encodings, device=device
        )
        for name, other in (others or {}).items()
    }
    victim = float_victim(model, subject.encoding, protocol.seed, protocol.encodings, device=device)
    return _carried_out(victim, subject, protocol, sources, on_batch)


def evaluate_deployment(
    deployment: Deployment,
    samples: Samples,
    encoding: Encoding | None,
    protocol: Protocol,
    *,
    others: Mapping[str, Model] | None = None,
    known: Evaluation | None = None,
    on_batch: Progress | None = None,
) -> Evaluation:
    """Carry out `protocol` on the deployment's float network, then on its integers.

    The integers meet what turned the float network, and what `protocol.integers` asks for; where
    they take whole numbers only, every attack keeps to them.

    Parameters
    ----------
    known : the same attacks on a deployment of the same network, with another exit policy; its
        float part is taken over.

    Raises
    ------
    InputError
        As `evaluate`, or if the deployment holds no model (ND2856).
    """
    model = model_of(deployment)
    protocol = replace(protocol, whole=protocol.whole or takes_whole(deployment))
    found = known or evaluate(model, samples, encoding, protocol, others=others, on_batch=on_batch)
    subject = found.subject
    victim = integer_victim(deployment, subject.encoding, protocol.seed, protocol.encodings)
    ready = Ready(name="made on the float network", x=found.on_float)
    own = attempts_of(protocol.integers, victim, _ball(model, protocol), {})
    worst = worst_of(
        [ready, *own],
        subject.x,
        subject.labels,
        victim.answer,
        seed=protocol.seed,
        on_batch=on_batch,
    )
    deployed = DeployedReport(
        attacked=victim.what,
        deployment_digest=deployment.digest,
        coding=deployment.coding.value,
        clean=_share(worst.is_right),
        robust=_share(worst.survives),
        transferred=_share(worst.is_right & ~worst.outcomes[0].fooled),
        float_robust=found.report.robust,
        attacks=_rows(worst, alone=False),
        costs=costs(deployment, subject.x, worst.x, subject.encoding),
        exit_policy=_policy(deployment),
        exits=_exits(deployment, subject, worst, protocol),
        battery=tuple(
            _drained(deployment, victim, subject, protocol, aim) for aim in protocol.battery
        ),
    )
    report = replace(
        found.report, protocol=protocol, protocol_digest=protocol.digest, deployed=deployed
    )
    return Evaluation(report=report, subject=subject, worst=worst, on_float=found.on_float)


def _policy(deployment: Deployment) -> str | None:
    policy = deployment.exit_policy
    return None if policy is None else f"{policy.rule} above {policy.threshold:g}"


def _exits(
    deployment: Deployment, subject: Subject, worst: Worst, protocol: Protocol
) -> tuple[ExitRow, ...]:
    if protocol.exits is None:
        return ()
    return exit_rows(
        deployment,
        subject.x,
        worst.x,
        subject.labels,
        subject.encoding,
        protocol.exits.thresholds,
    )


def _drained(
    deployment: Deployment, victim: Victim, subject: Subject, protocol: Protocol, aim: Battery
) -> BatteryRow:
    x, encoding = subject.x, subject.encoding
    ball = _ball(victim.model, protocol)
    attacked = drained(victim.model, x, encoding, ball, aim, protocol.seed)
    clean, after = (
        float((victim.answer(part) == subject.labels).double().mean()) for part in (x, attacked)
    )
    return BatteryRow(
        aim=aim.aim,
        clean_accuracy=clean,
        attacked_accuracy=after,
        costs=costs(deployment, x, attacked, encoding),
    )


def _carried_out(
    victim: Victim,
    subject: Subject,
    protocol: Protocol,
    others: Mapping[str, Victim],
    on_batch: Progress | None,
) -> Evaluation:
    ball = _ball(victim.model, protocol)
    x, labels = subject.x, subject.labels
    worst = worst_of(
        attempts_of(protocol.attack, victim, ball, others),
        x,
        labels,
        victim.answer,
        seed=protocol.seed,
        alone=protocol.alone,
        on_batch=on_batch,
    )
    masking = None
    if protocol.masking is not None:
        masking = masking_report(victim, x, labels, protocol, protocol.masking, on_batch)
    report = replace(
        _report(victim, subject, protocol, ball, worst),
        masking=masking,
        spikes=spike_rows(victim, subject, protocol, on_batch),
        noise=noise_rows(victim, subject, protocol, ball),
    )
    return Evaluation(report=report, subject=subject, worst=worst, on_float=worst.x)


def _ball(model: Model, protocol: Protocol) -> Ball:
    return ball_of(model, protocol.eps, whole=protocol.whole)


def _report(
    victim: Victim, subject: Subject, protocol: Protocol, ball: Ball, worst: Worst
) -> AttackReport:
    rows = _rows(worst, alone=protocol.alone)
    ranked = sorted((row for row in rows if row.own is not None), key=_own)
    twin = Twin(victim.model, trainable=FROZEN).eval()
    return AttackReport(
        protocol=protocol,
        protocol_digest=protocol.digest,
        attacked=victim.what,
        model_digest=victim.model.digest,
        data=subject.where,
        samples_digest=subject.digest,
        stimulus=subject.stimulus,
        n_samples=len(subject.labels),
        eps=protocol.eps,
        radius=ball.radius,
        low=ball.low,
        high=ball.high,
        clean=_share(worst.is_right),
        robust=_share(worst.survives),
        attacks=rows,
        single_best=ranked[0] if ranked else None,
        single_worst=ranked[-1] if ranked else None,
        masking=None,
        clean_activity=activity(twin, subject.x, subject.encoding, protocol.seed),
        under_attack=activity(twin, worst.x, subject.encoding, protocol.seed),
        left_out=victim.left_out,
        notes=victim.notes,
    )


def _rows(worst: Worst, *, alone: bool) -> tuple[AttackRow, ...]:
    rows, left = [], worst.is_right.clone()
    for outcome in worst.outcomes:
        left &= ~outcome.fooled
        rows.append(_row(outcome, left, worst.is_right if alone else None))
    return tuple(rows)


def _row(outcome: Outcome, left: Tensor, is_right: Tensor | None) -> AttackRow:
    return AttackRow(
        name=outcome.name,
        tried=outcome.n_tried,
        fooled=outcome.n_fooled,
        dead=outcome.n_dead,
        left=_share(left),
        own=None if is_right is None else _share(is_right & ~outcome.fooled),
    )


def _own(row: AttackRow) -> int:
    assert row.own is not None
    return row.own.k


def _share(values: Tensor) -> Proportion:
    return proportion(int(values.sum()), len(values))
