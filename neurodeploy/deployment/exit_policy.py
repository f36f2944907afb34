"""`ExitPolicy`: when a sample may stop before its last step, as part of what is deployed."""

import math
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from neurodeploy.errors import InputError
from neurodeploy.program import Output, Program
from neurodeploy.program.exit_rule import FACTOR_BITS, FACTOR_LIMIT, MARGIN_BITS, ExitRule
from neurodeploy.program.softmax import EXPONENT_BITS, UNIT_BITS
from neurodeploy.program.step_policy import StepPolicy
from neurodeploy.storage.codec import digest
from neurodeploy.terms import CheckedAt, ExitCriterion, ExitScore, Readout

MOST_CLASSES = 1 << 16
"""So many exponentials can be summed in 63 bits."""

_SOFTMAX = (ExitCriterion.CONFIDENCE, ExitCriterion.ENTROPY)
_MOST_THRESHOLD = 1 << 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Calibration:
    """Where the threshold of a policy comes from.

    Parameters
    ----------
    data, data_digest : what it was chosen on: its name and its fingerprint.
    asked : what was asked for, for instance ``accuracy drop 0.3``.
    seed : of the choice of samples.
    program_digest : the integers it was chosen on; a policy of another program says nothing.
    accuracy, full_accuracy : what it gave there, with exit and without, 0 to 1.
    mean_step : informative steps there.
    """

    data: str
    data_digest: str
    n_samples: int
    seed: int
    asked: str
    program_digest: str
    accuracy: float
    full_accuracy: float
    mean_step: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ExitPolicy:
    """A sample stops at the first check whose value is strictly above the threshold.

    Parameters
    ----------
    rule : see `ExitCriterion`.
    score : ``mean`` divides the readout so far by the informative steps so far.
    temperature : the softmax is that of the score, in the model's float units, over it.
    threshold : 0 to 1 of confidence and entropy (of certainty, which is 1 less the entropy over
        its most); of a margin at least 0, in integers of the output, in steps of 2**-16.
        Thresholds are rounded down to steps of 2**-30, or 2**-16 of a margin.
    min_steps, max_steps : informative steps before the first check, and at most; None is all.
    period_steps : from one check to the next.
    where : who checks; a softmax cannot be computed by the chip's neurons.
    policy : the network of the rule ``policy``.
    calibration : None for a policy set by hand.
    """

    rule: ExitCriterion
    threshold: float = 0.0
    score: ExitScore = ExitScore.SUM
    temperature: float = 1.0
    min_steps: int = 1
    max_steps: int | None = None
    period_steps: int = 1
    where: CheckedAt = CheckedAt.HOST
    policy: StepPolicy | None = None
    calibration: Calibration | None = None

    def __post_init__(self) -> None:
        for name in ("threshold", "temperature"):  # an integer would read back as another number
            object.__setattr__(self, name, float(getattr(self, name)))
        problems = tuple(_problems(self))
        if problems:
            raise InputError("ND2840", *(f"exit policy: {problem}" for problem in problems))

    @property
    def digest(self) -> str:
        """Fingerprint of everything it says."""
        return digest(self)

    @property
    def unit(self) -> float:
        """What 1 of a rule's values and level is of the threshold."""
        return math.ldexp(1.0, -_bits(self.rule))

    def rule_for(self, program: Program, n_stimulus_steps: int) -> ExitRule:
        """Return the policy in integers, for stimuli of `n_stimulus_steps`.

        Raises
        ------
        InputError
            If the program or so short a stimulus does not go with it (ND2841).
        """
        problems = tuple(_misfits(self, program, n_stimulus_steps))
        if problems:
            raise InputError("ND2841", *(f"exit policy: {problem}" for problem in problems))
        output = program.outputs[0]
        n_informative = n_stimulus_steps - output.first_step
        most = n_informative if self.max_steps is None else min(self.max_steps, n_informative)
        return ExitRule(
            criterion=self.rule,
            score=self.score,
            population=output.population,
            readout=output.readout,
            first_step=output.lag_steps + output.first_step,
            n_unread=output.first_step,
            n_informative=n_informative,
            n_steps=n_stimulus_steps + program.drain_steps,
            min_steps=self.min_steps,
            max_steps=most,
            period=self.period_steps,
            level=math.floor(Fraction(self.threshold) * (1 << _bits(self.rule))),
            factors=_factors(self, program, output, n_informative),
            policy=self.policy,
        )


def _bits(rule: ExitCriterion) -> int:
    return MARGIN_BITS if rule is ExitCriterion.MARGIN else UNIT_BITS


def _factors(
    policy: ExitPolicy, program: Program, output: Output, n_informative: int
) -> NDArray[np.int64]:
    """Return exponent units for a difference of 1 in the score, by informative step, rounded."""
    if policy.rule not in _SOFTMAX:
        return np.zeros(0, np.int64)
    one = _scale(policy, program, output) * (1 << (EXPONENT_BITS + FACTOR_BITS))
    divisors = range(1, n_informative + 1) if policy.score is ExitScore.MEAN else [1]
    factors = [min(round(one / n), FACTOR_LIMIT) for n in divisors]
    return np.broadcast_to(np.asarray(factors, np.int64), (n_informative,))


def _scale(policy: ExitPolicy, program: Program, output: Output) -> Fraction:
    unit = program.output_scale.get(output.population, 1.0)
    return Fraction(unit) / Fraction(policy.temperature)


def _problems(policy: ExitPolicy) -> list[str]:
    found = []
    if not math.isfinite(policy.threshold) or not 0 <= policy.threshold <= _most(policy.rule):
        found.append(
            f"threshold {policy.threshold:g} of {policy.rule}; "
            f"allowed is 0 to {_most(policy.rule):g}"
        )
    if not math.isfinite(policy.temperature) or policy.temperature <= 0:
        found.append(f"temperature {policy.temperature:g}; it is above 0")
    elif policy.temperature != 1 and policy.rule not in _SOFTMAX:
        found.append(f"temperature {policy.temperature:g}; only a softmax has one: leave it at 1")
    if policy.min_steps < 1:
        found.append(f"min_steps {policy.min_steps}; the first informative step is 1")
    if policy.max_steps is not None and policy.max_steps < policy.min_steps:
        found.append(f"max_steps {policy.max_steps} is below min_steps {policy.min_steps}")
    if policy.period_steps < 1:
        found.append(f"a check every {policy.period_steps} steps; the least is every step")
    if policy.where is CheckedAt.CHIP and policy.rule is not ExitCriterion.MARGIN:
        found.append(
            f"rule {policy.rule} on the chip; its neurons can compare integers only: use the rule "
            "margin, or check on management or host"
        )
    if (policy.policy is None) == (policy.rule is ExitCriterion.POLICY):
        found.append("the rule policy, and no other, comes with a network that decides")
    return found


def _most(rule: ExitCriterion) -> float:
    match rule:
        case ExitCriterion.POLICY:
            return 0
        case ExitCriterion.MARGIN:
            return _MOST_THRESHOLD
        case ExitCriterion.CONFIDENCE | ExitCriterion.ENTROPY:
            return 1


def _misfits(policy: ExitPolicy, program: Program, n_stimulus_steps: int) -> list[str]:
    if not program.outputs:
        return ["the network has no output to judge"]
    output = program.outputs[0]
    n_classes = program.population(output.population).size
    found = []
    if n_stimulus_steps <= output.first_step:
        found.append(
            f"{n_stimulus_steps} steps, of which output {output.population!r} says something "
            f"only after {output.first_step}; use more steps"
        )
    if not 2 <= n_classes <= MOST_CLASSES and policy.rule is not ExitCriterion.POLICY:
        found.append(
            f"output {output.population!r} has {n_classes} neurons; "
            f"2 to {MOST_CLASSES} can be compared"
        )
    if policy.score is ExitScore.MEAN and output.readout is Readout.MAX:
        found.append(
            f"output {output.population!r} keeps its largest value, of which a mean over the "
            "steps says nothing; use the score sum"
        )
    if policy.policy is not None:
        found += _policy_misfits(policy.policy, program)
    elif policy.rule in _SOFTMAX and n_stimulus_steps > output.first_step:
        found += _scale_misfits(policy, program, output, n_stimulus_steps - output.first_step)
    return found


def _policy_misfits(policy: StepPolicy, program: Program) -> list[str]:
    sizes = {node.name: math.prod(node.shape) for node in program.inputs}
    n_in = policy.layers[0].operator.n_in
    if sizes.get(policy.input) == n_in:
        return []
    return [f"its network takes {n_in} values of input {policy.input!r}; inputs here are {sizes}"]


def _scale_misfits(
    policy: ExitPolicy, program: Program, output: Output, n_informative: int
) -> list[str]:
    smallest = _factors(policy, program, output, n_informative).min()
    if smallest >= 1 << EXPONENT_BITS:
        return []
    return [
        f"temperature {policy.temperature:g} makes every softmax flat: 1 of output "
        f"{output.population!r} is {program.output_scale.get(output.population, 1.0):g}; use less"
    ]
