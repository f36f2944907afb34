"""`evaluate_deployment`: a protocol carried out on a network and on the integers made of it."""

from collections.abc import Mapping
from dataclasses import replace

from neurodeploy.audits.attacks.attempts import attempts_of
from neurodeploy.audits.attacks.battery import drained
from neurodeploy.audits.attacks.evaluate import Evaluation, Progress, evaluate
from neurodeploy.audits.attacks.exits import exit_rows
from neurodeploy.audits.attacks.integers import costs, integer_victim, model_of, takes_whole
from neurodeploy.audits.attacks.protocol import Battery, Protocol, protocol_ball
from neurodeploy.audits.attacks.report import BatteryRow, DeployedReport, ExitRow
from neurodeploy.audits.attacks.rows import rows_of, share
from neurodeploy.audits.attacks.subject import Subject
from neurodeploy.audits.attacks.victim import Victim
from neurodeploy.audits.attacks.worst_of import Ready, Worst, worst_of
from neurodeploy.deployment.deployment import Deployment
from neurodeploy.frontends.samples import Encoding, Samples
from neurodeploy.model import Model


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
    own = attempts_of(protocol.integers, victim, protocol_ball(model, protocol), {})
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
        clean=share(worst.is_right),
        robust=share(worst.survives),
        transferred=share(worst.is_right & ~worst.outcomes[0].fooled),
        float_robust=found.report.robust,
        attacks=rows_of(worst, alone=False),
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
    ball = protocol_ball(victim.model, protocol)
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
