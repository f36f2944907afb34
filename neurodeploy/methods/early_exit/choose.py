"""Train a policy network for every price of a wrong answer, and choose one on validation data."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from neurodeploy.deployment.deployment import Deployment
from neurodeploy.deployment.exit_policy import Calibration, ExitPolicy
from neurodeploy.errors import GateFailed, InputError
from neurodeploy.exits.curve import Judged, Point, judge, outcome_on
from neurodeploy.exits.goal import AccuracyDrop, Goal, best
from neurodeploy.exits.oracle import Oracle, oracle_of
from neurodeploy.exits.outcome import Outcome
from neurodeploy.exits.recording import Recording
from neurodeploy.exits.rivals import Rivals, rivals_of
from neurodeploy.frontends.samples import Samples
from neurodeploy.methods.early_exit.integers import integer_policy
from neurodeploy.methods.early_exit.network import policy_network
from neurodeploy.methods.early_exit.reward import rewards_of
from neurodeploy.methods.early_exit.training import trained_policy
from neurodeploy.program.step_policy import StepPolicy
from neurodeploy.terms import CheckedAt, ExitCriterion
from neurodeploy.toolchain.exiting import ExitData, parts_of, record_outputs, with_policy

Ints = NDArray[np.int64]

MOST_CHOICES = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyOptions:
    """How policy networks are trained.

    Parameters
    ----------
    betas : what a wrong answer costs; one network each. A right one at step 1 earns 1.
    choices : numbers of informative steps to choose from; None is all, of many some.
    n_seen_steps : steps of the stimulus that the network looks at, summed.
    validation : share of the samples that chooses among the networks, and trains none.
    where : who computes it.
    """

    betas: tuple[float, ...] = (0.5, 1.0, 2.0, 3.0, 5.0, 10.0)
    choices: tuple[int, ...] | None = None
    n_seen_steps: int = 1
    epochs: int = 10
    validation: float = 0.2
    where: CheckedAt = CheckedAt.HOST
    seed: int = 0
    workers: int | None = None

    def __post_init__(self) -> None:
        problems = [f"beta is {beta:g}; it is above 0" for beta in self.betas if not beta > 0]
        if not 0 < self.validation < 1:
            problems.append(f"validation share {self.validation:g}; it lies between 0 and 1")
        if self.where is CheckedAt.CHIP:
            problems.append(
                "a policy network on the chip; it runs before the chip does: on management or host"
            )
        if problems:
            raise InputError("ND2885", *problems)


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """One network on the validation part, and what else would have taken as many steps."""

    beta: float
    policy: StepPolicy
    outcome: Outcome
    rivals: Rivals

    @property
    def beats_chance(self) -> bool:
        """Whether looking at the input was better than dealing the same steps out blindly."""
        return self.outcome.accuracy > self.rivals.coin_flip


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyChoice:
    """The chosen network and all trials."""

    policy: ExitPolicy
    chosen: Trial
    trials: tuple[Trial, ...]
    oracle: Oracle
    by_step: tuple[float, ...]
    n_validation: int


def choose_policy(
    deployment: Deployment,
    data: ExitData,
    goal: Goal,
    options: PolicyOptions | None = None,
    on_trial: Callable[[Trial], None] | None = None,
) -> tuple[Deployment, PolicyChoice]:
    """Return `deployment` with a policy network, and the choice.

    The deployment is frozen: its answers after every number of steps are recorded once, so that
    the expected reward is exact.

    Raises
    ------
    InputError
        If the data cannot judge (ND2880, ND2881), or options mean nothing for it (ND2885).
    GateFailed
        If no network meets the goal (ND1801).
    """
    options = options or PolicyOptions()
    fit, held = _split(data, options)
    bare = with_policy(deployment, None)
    x, x_held = (seen_by(bare, part, options.n_seen_steps) for part in (fit, held))
    recordings = [record_outputs(bare, part, options.workers) for part in (fit, held)]
    right, judged = _right(recordings[0]), _judged(recordings[1])
    choices = _choices(right.shape[1], options)
    trials = []
    for beta in options.betas:
        network = _trained(x, right, choices, beta, options, bare)
        trial = trial_of(beta, network, x_held, recordings[1])
        trials.append(trial)
        if on_trial is not None:
            on_trial(trial)
    chosen = _chosen(goal, trials, judged)
    policy = ExitPolicy(
        rule=ExitCriterion.POLICY,
        where=options.where,
        policy=chosen.policy,
        calibration=Calibration(
            data=data.samples.where,
            data_digest=recordings[1].data_digest,
            n_samples=recordings[1].n_samples,
            seed=options.seed,
            asked=f"{goal}; beta {chosen.beta:g}",
            program_digest=deployment.program.digest,
            accuracy=chosen.outcome.accuracy,
            full_accuracy=chosen.outcome.full_accuracy,
            mean_step=chosen.outcome.mean_step,
        ),
    )
    hits = judged.answers == judged.labels[:, None]
    return with_policy(deployment, policy), PolicyChoice(
        policy=policy,
        chosen=chosen,
        trials=tuple(trials),
        oracle=oracle_of(judged.answers, judged.labels),
        by_step=tuple(float(share) for share in hits.mean(axis=0)),
        n_validation=recordings[1].n_samples,
    )


def trial_of(beta: float, network: StepPolicy, x: Ints, recording: Recording) -> Trial:
    """Return what `network` does to recorded samples.

    Parameters
    ----------
    x : what it looks at, as `seen_by` returns it.
    """
    judged = _judged(recording)
    one_step = replace(network, n_seen_steps=1)  # `x` holds the sum of the steps seen
    asked = [one_step.steps({network.input: sample[None]}) for sample in x]
    first = max(network.n_seen_steps - recording.program.outputs[0].first_step, 1)
    steps = np.maximum(np.asarray(asked, np.int64), first)
    outcome = outcome_on(replace(judged, limits=steps))
    rivals = rivals_of(recording, judged.answers, steps)
    return Trial(beta=beta, policy=network, outcome=outcome, rivals=rivals)


def seen_by(deployment: Deployment, data: ExitData, n_steps: int) -> Ints:
    """Return what a network looks at: the first steps of the first input, summed."""
    node = deployment.program.inputs[0]
    return np.concatenate(
        [
            part.x[node.name][:, :n_steps].sum(axis=1, dtype=np.int64)
            for part in parts_of(deployment, data)
        ]
    )


def _split(data: ExitData, options: PolicyOptions) -> tuple[ExitData, ExitData]:
    samples = data.samples
    n_held = round(options.validation * samples.n_samples)
    if not 0 < n_held < samples.n_samples:
        raise InputError(
            "ND2885",
            f"{samples.where}: {samples.n_samples} samples, of which a share of "
            f"{options.validation:g} leaves {n_held} for validation; both parts need at least one",
        )
    order = np.random.default_rng(options.seed).permutation(samples.n_samples)

    def part(chosen: NDArray[np.int64]) -> ExitData:
        taken: Samples = samples.taken(chosen)
        return replace(data, samples=taken)

    return part(order[n_held:]), part(order[:n_held])


def _judged(recording: Recording) -> Judged:
    return judge(ExitPolicy(rule=ExitCriterion.MARGIN), recording)


def _right(recording: Recording) -> NDArray[np.bool_]:
    return _judged(recording).answers == recording.labels[:, None]


def _choices(n_informative: int, options: PolicyOptions) -> tuple[int, ...]:
    if options.choices is None:
        spread = np.geomspace(1, n_informative, min(MOST_CHOICES, n_informative))
        return tuple(sorted({round(float(n)) for n in spread}))
    choices = tuple(sorted(set(options.choices)))
    if choices and choices[0] >= 1 and choices[-1] <= n_informative:
        return choices
    raise InputError(
        "ND2885", f"choices of steps {choices}; allowed are 1 to {n_informative}, at least one"
    )


def _trained(
    x: Ints,
    right: NDArray[np.bool_],
    choices: tuple[int, ...],
    beta: float,
    options: PolicyOptions,
    deployment: Deployment,
) -> StepPolicy:
    spread = float(np.sqrt(np.mean(np.square(x.astype(np.float64))))) or 1.0
    start = policy_network(x.shape[1:], len(choices), 1 / spread, options.seed)
    rewards = rewards_of(right, choices, beta)
    model = trained_policy(start, x.astype(np.float32), rewards, options.epochs, options.seed)
    return integer_policy(
        model,
        x[:200],
        input_name=deployment.program.inputs[0].name,
        choices=choices,
        n_seen_steps=options.n_seen_steps,
    )


def _chosen(goal: Goal, trials: Sequence[Trial], judged: Judged) -> Trial:
    """Return the best trial that meets the goal; a drop is to hold for each with Bonferroni."""
    points = [_point(k, trial) for k, trial in enumerate(trials)]
    n = len(judged.labels)
    if isinstance(goal, AccuracyDrop):
        kept = [p for p in points if goal.bound(p, n, len(points)) <= goal.points]
    else:
        kept = [p for p in points if p.mean_step <= goal.steps]
    if kept:
        return trials[best(goal, kept).level]
    near = max(trials, key=lambda trial: trial.outcome.accuracy)
    raise GateFailed(
        "ND1801",
        f"{goal}: no policy network keeps to it on {n} samples; the most accurate, of beta "
        f"{near.beta:g}, gives {100 * near.outcome.accuracy:.2f} % in "
        f"{near.outcome.mean_step:.2f} steps on average, of "
        f"{100 * near.outcome.full_accuracy:.2f} % in full; give other --beta, or use the outputs "
        "instead: neurodeploy exit build/ --data val.npz --target-accuracy-drop 0.3",
    )


def _point(index: int, trial: Trial) -> Point:
    outcome = trial.outcome
    return Point(
        level=index,
        threshold=0.0,
        accuracy=outcome.accuracy,
        mean_step=outcome.mean_step,
        right_to_wrong=outcome.right_to_wrong.count,
        wrong_to_right=outcome.wrong_to_right.count,
    )
