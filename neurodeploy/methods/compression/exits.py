"""A smaller network that stops early as the one before it did: its policy is calibrated anew."""

from dataclasses import dataclass, replace

from neurodeploy.deployment.deployment import Deployment
from neurodeploy.errors import InputError
from neurodeploy.exits.calibrate import Chosen
from neurodeploy.exits.goal import AccuracyDrop
from neurodeploy.methods.compression.measure import Bench, deployed
from neurodeploy.model import Model
from neurodeploy.terms import ExitCriterion
from neurodeploy.toolchain.exiting import ExitData, ExitOptions, calibrate_exit


@dataclass(frozen=True, slots=True, kw_only=True)
class Recalibrated:
    """The smaller network with a policy of its own.

    Parameters
    ----------
    steps_before : informative steps on average of the deployment before, where it was calibrated.
    """

    deployment: Deployment
    chosen: Chosen
    steps_before: float | None


def refuse_policy_network(before: Deployment) -> None:
    """Refuse a policy that is a network of its own, which was trained for the network before.

    Raises
    ------
    InputError
        If the deployment has one (ND2865).
    """
    policy = before.exit_policy
    if policy is not None and policy.rule is ExitCriterion.POLICY:
        raise InputError(
            "ND2865",
            "the deployment stops by a network that was trained beside the network before; remove "
            "it (neurodeploy exit BUILD --remove), compress, then train one for what is left",
        )


def recalibrated(model: Model, before: Deployment, bench: Bench, seed: int) -> Recalibrated:
    """Return `model` deployed with the exit rule of `before`, its threshold chosen anew.

    The rule, its score, its temperature and when it is checked stay; the threshold may lose as many
    points as that of `before` lost where it was calibrated, as seen, and none where it gained.

    Parameters
    ----------
    before : a deployment with an exit policy that is not a network.

    Raises
    ------
    GateFailed
        If no threshold keeps to that (ND1801).
    """
    policy = before.exit_policy
    assert policy is not None  # the caller asks only where there is one
    known = policy.calibration
    drop = 0.0 if known is None else max(known.full_accuracy - known.accuracy, 0.0)
    options = ExitOptions(
        rules=(policy.rule,),
        scores=(policy.score,),
        temperatures=(policy.temperature,),
        min_steps=policy.min_steps,
        max_steps=policy.max_steps,
        period_steps=policy.period_steps,
        where=policy.where,
        seed=seed,
    )
    data = ExitData(samples=bench.samples, encoding=bench.encoding)
    small = deployed(model, replace(bench, target=before.target))
    goal = AccuracyDrop(points=100.0 * drop, confidence=0.0)
    stopping, chosen = calibrate_exit(small, data, goal, options)
    return Recalibrated(
        deployment=stopping,
        chosen=chosen,
        steps_before=None if known is None else known.mean_step,
    )
