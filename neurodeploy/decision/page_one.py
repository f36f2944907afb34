"""`PageOne`: one deployment for who decides, every figure with its range and basis."""

from dataclasses import dataclass, field
from enum import StrEnum

from pydantic import ConfigDict, with_config

from neurodeploy.decision.against_ann import AgainstAnn
from neurodeploy.decision.running_cost import RunningCost
from neurodeploy.decision.use import Use
from neurodeploy.report.metric import Metric

SCHEMA = 1


class Answer(StrEnum):
    """What a deployment is, by what was asked of it.

    ``open``: nothing was asked, or no figure is known that answers it.
    """

    PASSES = "passes"
    FAILS = "fails"
    OPEN = "open"


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """What was deployed, and on what samples it was profiled.

    Parameters
    ----------
    network : its file; empty where nothing names it.
    """

    network: str
    target: str
    chip: str
    chip_title: str
    deployment_digest: str
    stimulus: str
    stimulus_digest: str
    input_coding: str
    n_samples: int
    n_steps: int
    fidelity: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """The answer and its reasons.

    Parameters
    ----------
    reasons : what fails, line by line.
    cautions : what does not fail and must be known beside the answer.
    n_limits, n_unknown : limits of budgets, and those without a figure to hold against them.
    n_compared : figures that were compared with a baseline.
    """

    answer: Answer
    reasons: tuple[str, ...]
    cautions: tuple[str, ...]
    n_limits: int
    n_unknown: int
    n_compared: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Accuracy:
    """Share of samples that are right; the ends are those of its 95 % interval, None if unknown.

    Parameters
    ----------
    basis : ``counted`` in the chip's integers, ``modelled`` in others, or ``measured``.
    """

    share: float
    low: float | None
    high: float | None
    n_samples: int | None
    basis: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Tested:
    """One thing that was looked at; `holds` None is a finding that no rule judges."""

    what: str
    finding: str
    where: str
    holds: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Untested:
    """One thing that nobody looked at: why, and the command that would."""

    what: str
    reason: str
    remedy: str


@with_config(ConfigDict(allow_inf_nan=False))
@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PageOne:
    """The answer, its figures, their cost, and what is not known.

    Parameters
    ----------
    energy, latency : of one inference, measured where they were.
    idle_power : of the chip between inferences; None is unknown.
    energy_parts : what the modelled energy of one inference is the sum of.
    ann : against the same network as an ANN; None where there is none.
    use, cost : what was asked, and what it costs; None without a rate.
    missing : terms that energy, time or power lack, because nobody knows them.
    """

    subject: Subject
    judged: Judged
    accuracy: Accuracy | None
    energy: Metric
    latency: Metric
    idle_power: Metric
    energy_parts: dict[str, Metric]
    ann: AgainstAnn | None
    use: Use | None
    cost: RunningCost | None
    tested: tuple[Tested, ...]
    untested: tuple[Untested, ...]
    missing: tuple[str, ...]
    schema: int = field(default=SCHEMA)
