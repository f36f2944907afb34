"""Build `EarlyExit` and its metrics from the run with exit and the run without."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from neurodeploy.deployment.deployment import Deployment
from neurodeploy.deployment.exit_policy import ExitPolicy
from neurodeploy.machine.counts import Row
from neurodeploy.program.exit_rule import ExitRule
from neurodeploy.report.distribution import Samples, counted_samples
from neurodeploy.report.early_exit.judged import (
    answer_metrics,
    answers_of,
    informative_steps,
)
from neurodeploy.report.early_exit.noun import (
    BY_HAND,
    ON_ANOTHER_NETWORK,
    ON_THESE_SAMPLES,
    Answers,
    EarlyExit,
    PolicyFacts,
)
from neurodeploy.report.early_exit.savings import (
    energy_metrics,
    operations_of,
    savings_of,
    synops_metrics,
)
from neurodeploy.report.inference import Inference, energy_at_once, mean_inference
from neurodeploy.report.metric import Metric, exact
from neurodeploy.target import Run, Stimulus


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """What a report says of the exits: the section, its metrics, and the steps of every sample."""

    section: EarlyExit
    metrics: dict[str, Metric]
    steps: Samples


def early_exit_of(
    deployment: Deployment,
    stimulus: Stimulus,
    run: Run,
    whole: Run,
    rows: tuple[Row, ...],
    mean: Inference,
) -> Compared:
    """Return how `run` compares with `whole`, the same samples run to their last step.

    Parameters
    ----------
    whole : with the raster of the first output.
    mean : the costs of `run`.
    """
    policy = deployment.exit_policy
    assert policy is not None  # else there is nothing to compare
    rule = policy.rule_for(deployment.program, stimulus.n_steps)
    steps = informative_steps(rule, run)
    full = mean_inference(deployment.without_exit, whole, rows, mean.fidelity)
    answers = answers_of(deployment, stimulus, run, whole, steps)
    never = float(np.mean(steps == rule.n_informative))
    lag = deployment.program.outputs[0].lag_steps
    metrics = {
        "exit_step": exact("exit_step", int(steps.sum()) / len(steps)),
        "exit_never_fraction": exact("exit_never_fraction", never),
        **({} if answers is None else dict(answer_metrics(answers))),
        "exit_pipeline_steps": exact("exit_pipeline_steps", lag),
        **dict(synops_metrics(rows, run, whole)),
        **dict(energy_metrics(mean, full, energy_at_once(deployment, run, rows))),
    }
    section = EarlyExit(
        policy=_facts(policy),
        pipeline_steps=lag,
        steps=tuple(int(n) for n in np.bincount(steps, minlength=rule.n_informative + 1)[1:]),
        answers=answers,
        savings=savings_of(mean, full),
        operations=operations_of(mean, full),
        notes=(*_beaten(answers), *_notes(deployment, policy, rule, stimulus)),
    )
    return Compared(section=section, metrics=metrics, steps=counted_samples("exit_step", steps))


def _beaten(answers: Answers | None) -> Iterator[str]:
    """Say whether a policy network was worth it."""
    if answers is None or answers.rivals is None:
        return
    rivals, own = answers.rivals, answers.outcome
    beats = own.accuracy > rivals.coin_flip
    yield (
        f"the policy network gives {100 * own.accuracy:.2f} %; the same steps dealt out blindly "
        f"give {100 * rivals.coin_flip:.2f} %: it {'beats' if beats else 'does not beat'} them"
    )
    if rivals.outputs is None:
        return
    beats = own.accuracy > rivals.outputs
    yield (
        f"stopping by the outputs instead (SEENN-I, {rivals.outputs_step:.3f} steps on average) "
        f"gives {100 * rivals.outputs:.2f} %: the policy network "
        f"{'beats' if beats else 'does not beat'} it"
    )


def _facts(policy: ExitPolicy) -> PolicyFacts:
    record = policy.calibration
    return PolicyFacts(
        rule=policy.rule.value,
        score=policy.score.value,
        temperature=policy.temperature,
        threshold=policy.threshold,
        min_steps=policy.min_steps,
        max_steps=policy.max_steps,
        period_steps=policy.period_steps,
        where=policy.where.value,
        network_macs=0 if policy.policy is None else policy.policy.macs,
        chosen_on="" if record is None else f"{record.n_samples} samples of {record.data}",
        asked="" if record is None else record.asked,
    )


def _notes(
    deployment: Deployment, policy: ExitPolicy, rule: ExitRule, stimulus: Stimulus
) -> Iterator[str]:
    record = policy.calibration
    if record is None:
        yield BY_HAND
    elif record.data_digest == stimulus.digest:
        yield ON_THESE_SAMPLES
    if record is not None and record.program_digest != deployment.program.digest:
        yield ON_ANOTHER_NETWORK
    if rule.max_steps < rule.n_informative:
        yield f"no sample runs more than {rule.max_steps} of {rule.n_informative} informative steps"
    yield (
        "race to idle charges static power until the whole run would have ended: no page of ours "
        "knows a lower power of an idle chip"
    )
    yield (
        "samples follow one another here; what is saved where they overlap in the layers, "
        "`neurodeploy exit build/ --stream N` simulates"
    )
