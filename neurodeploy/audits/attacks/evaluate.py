"""`evaluate`: a protocol carried out on one network."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from torch import Tensor

from neurodeploy.audits.attacks.activity import activity
from neurodeploy.audits.attacks.attempts import attempts_of
from neurodeploy.audits.attacks.ball import Ball
from neurodeploy.audits.attacks.ensemble import FROZEN
from neurodeploy.audits.attacks.masking import masking_report
from neurodeploy.audits.attacks.noise_rows import noise_rows
from neurodeploy.audits.attacks.protocol import Protocol, protocol_ball
from neurodeploy.audits.attacks.report import AttackReport, AttackRow
from neurodeploy.audits.attacks.rows import rows_of, share
from neurodeploy.audits.attacks.spike_rows import spike_rows
from neurodeploy.audits.attacks.subject import Subject, subject_of
from neurodeploy.audits.attacks.victim import Victim, float_victim
from neurodeploy.audits.attacks.worst_of import Worst, worst_of
from neurodeploy.frontends.samples import Encoding, Samples
from neurodeploy.learning.twin import Twin
from neurodeploy.model import Model

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
    victim, *sources = (
        float_victim(
            network,
            subject.encoding,
            protocol.seed,
            protocol.encodings,
            device=device,
            in_thresholds=protocol.widths == "threshold",
        )
        for network in (model, *(others or {}).values())
    )
    foreign = dict(zip(others or {}, sources, strict=True))
    return _carried_out(victim, subject, protocol, foreign, on_batch)


def _carried_out(
    victim: Victim,
    subject: Subject,
    protocol: Protocol,
    others: Mapping[str, Victim],
    on_batch: Progress | None,
) -> Evaluation:
    ball = protocol_ball(victim.model, protocol)
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


def _report(
    victim: Victim, subject: Subject, protocol: Protocol, ball: Ball, worst: Worst
) -> AttackReport:
    rows = rows_of(worst, alone=protocol.alone)
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
        clean=share(worst.is_right),
        robust=share(worst.survives),
        attacks=rows,
        single_best=ranked[0] if ranked else None,
        single_worst=ranked[-1] if ranked else None,
        masking=None,
        clean_activity=activity(twin, subject.x, subject.encoding, protocol.seed),
        under_attack=activity(twin, worst.x, subject.encoding, protocol.seed),
        left_out=victim.left_out,
        notes=victim.notes,
    )


def _own(row: AttackRow) -> int:
    assert row.own is not None
    return row.own.k
