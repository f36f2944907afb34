"""`EarlyExit`: a run with an exit policy and the same run without it, sample by sample."""

from dataclasses import dataclass

from neurodeploy.exits.oracle import Oracle
from neurodeploy.exits.outcome import Outcome
from neurodeploy.exits.rivals import Rivals
from neurodeploy.report.metric import Metric

BY_HAND = "the policy was set by hand, not chosen on validation data"
ON_THESE_SAMPLES = "the policy was chosen on these very samples: its accuracy here is no test"
ON_ANOTHER_NETWORK = "the policy was chosen on another network's outputs; choose it again"
CAUTIONS = (BY_HAND, ON_THESE_SAMPLES, ON_ANOTHER_NETWORK)
"""Notes that say why the accuracy with exit may not hold."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyFacts:
    """The policy, as `ExitPolicy` says.

    Parameters
    ----------
    network_macs : multiplications of the network that decides, once a sample; 0 without one.
    chosen_on, asked : the data that chose it and what was asked for; empty where set by hand.
    """

    rule: str
    score: str
    temperature: float
    threshold: float
    min_steps: int
    max_steps: int | None
    period_steps: int
    where: str
    network_macs: int
    chosen_on: str
    asked: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CurvePoint:
    """What another threshold of the same rule would have given on these samples."""

    threshold: float
    accuracy: float
    mean_step: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """What can be said of the answers where labels are known.

    Parameters
    ----------
    by_step : accuracy of all samples after 1, 2, ... informative steps.
    curve : thresholds rising; empty where a network decides.
    rivals : what a network that decides must beat; None without one.
    """

    outcome: Outcome
    oracle: Oracle
    by_step: tuple[float, ...]
    curve: tuple[CurvePoint, ...]
    rivals: Rivals | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Saving:
    """One cost of an inference, run in full and with exit.

    Parameters
    ----------
    name : ``energy_total_j`` and the like, of the registry.
    """

    name: str
    full: Metric
    with_exit: Metric


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """Samples one after the other.

    Parameters
    ----------
    name : ``every step``; ``back to back``: the next sample starts when one stops; ``race to
        idle``: it starts when the whole run would have ended, and the chip waits under static
        power.
    energy : of one sample, the waiting included.
    period : from one sample to the next.
    """

    name: str
    energy: Metric
    period: Metric
    throughput: Metric


@dataclass(frozen=True, slots=True, kw_only=True)
class EarlyExit:
    """The two runs side by side; steps are informative ones, from 1.

    Parameters
    ----------
    pipeline_steps : steps by which the output lags behind the stimulus: charged to every sample.
    steps : how many samples stopped after 1, 2, ... informative steps.
    answers : None without labels.
    """

    policy: PolicyFacts
    pipeline_steps: int
    steps: tuple[int, ...]
    answers: Answers | None
    savings: tuple[Saving, ...]
    operations: tuple[Operation, ...]
    notes: tuple[str, ...]
