"""`AttackReport`: what an evaluation found; equal inputs give equal bytes."""

import dataclasses
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from pydantic import ConfigDict, TypeAdapter, with_config

from neurodeploy.audits.attacks.protocol import Protocol
from neurodeploy.report.proportion import Proportion

SCHEMA = 1

_STRICT = ConfigDict(extra="forbid", strict=True, allow_inf_nan=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class AttackRow:
    """One attack.

    Parameters
    ----------
    tried, fooled : samples it was tried on, and turned.
    dead : of those tried, samples whose gradient was 0 throughout.
    left : samples that were right and that neither it nor an attack before it turned.
    own : accuracy under this attack alone; None where it was tried only on what others left.
    """

    name: str
    tried: int
    fooled: int
    dead: int
    left: Proportion
    own: Proportion | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Activity:
    """What a network does for a sample; means over samples.

    Parameters
    ----------
    rates : spikes a neuron and step by population.
    synops : synaptic operations an inference that spikes cause, counted on the float network.
    """

    rates: Mapping[str, float]
    synops: float


@dataclass(frozen=True, slots=True, kw_only=True)
class MaskingReport:
    """Signs of masked gradients.

    Parameters
    ----------
    large_eps : accuracy under the white-box attacks at the large eps; `chance` is one class.
    few, many : accuracy under PGD of few and many steps, the same members and samples.
    gradients, square : accuracy under all gradients of the above, and under Square alone.
    findings : one line for each sign found; empty where nothing speaks for masking.
    """

    n_samples: int
    large_eps: Proportion
    chance: float
    few: Proportion
    many: Proportion
    gradients: Proportion
    square: Proportion
    findings: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SpikeRow:
    """Accuracy after at most `budget` changes a sample.

    Parameters
    ----------
    chosen : by which member's gradient, ``worst`` of all of them, or ``random``.
    mean_changes : spikes changed a sample, over those that were right at first.
    """

    operations: tuple[str, ...]
    chosen: str
    budget: int
    right: Proportion
    mean_changes: float


@dataclass(frozen=True, slots=True, kw_only=True)
class NoiseRow:
    """Accuracy at one level of noise: mean over draws, and half of its 95 % interval."""

    kind: str
    level: float
    accuracy: float
    half_width: float


@dataclass(frozen=True, slots=True, kw_only=True)
class CostRow:
    """One figure of a deployment, mean over samples; None is unknown."""

    name: str
    unit: str
    clean: float | None
    attacked: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ExitRow:
    """One T or threshold; steps are informative ones, mean over samples."""

    name: str
    clean_accuracy: float
    attacked_accuracy: float
    clean_steps: float
    attacked_steps: float


@dataclass(frozen=True, slots=True, kw_only=True)
class BatteryRow:
    """What an attack on the battery does to the accuracy and costs of a deployment."""

    aim: str
    clean_accuracy: float
    attacked_accuracy: float
    costs: tuple[CostRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DeployedReport:
    """What the attacks did to the integers that are deployed.

    Parameters
    ----------
    attacked : what answered, and how its gradients were seen.
    coding : how values enter.
    clean, robust : accuracy without attack, and under the worst of all on float and integers.
    transferred : accuracy on what the attacks on the float network made.
    float_robust : the float network's own accuracy under those.
    attacks : the transfer, then those made on the integers.
    exit_policy : what stops samples early; None where nothing does.
    costs : on clean samples, and on those that the attacks left.
    """

    attacked: str
    deployment_digest: str
    coding: str
    clean: Proportion
    robust: Proportion
    transferred: Proportion
    float_robust: Proportion
    attacks: tuple[AttackRow, ...]
    costs: tuple[CostRow, ...]
    exit_policy: str | None
    exits: tuple[ExitRow, ...]
    battery: tuple[BatteryRow, ...]


@with_config(_STRICT)  # when read from a file
@dataclass(frozen=True, slots=True, kw_only=True)
class AttackReport:
    """Everything that an evaluation found.

    Parameters
    ----------
    attacked : which form of the network gradients and answers came from.
    radius : eps in the input's own units; the range is `low` to `high`.
    clean, robust : accuracy without attack, and under the worst of all, the headline.
    single_best, single_worst : the attacks that leave the least and the most alone; None where
        they were not tried alone.
    under_attack : activity on the samples as the attacks left them.
    left_out : members that cannot see this network, and why.
    spikes : attacks on spikes; not part of `robust`, which is about values.
    noise : robustness against nobody.
    deployed : the same for the integers made of it, where a deployment was attacked.
    notes : what a reader must know before the figures.
    """

    protocol: Protocol
    protocol_digest: str
    attacked: str
    model_digest: str
    data: str
    samples_digest: str
    stimulus: str
    n_samples: int
    eps: float
    radius: float
    low: float
    high: float
    clean: Proportion
    robust: Proportion
    attacks: tuple[AttackRow, ...]
    single_best: AttackRow | None
    single_worst: AttackRow | None
    masking: MaskingReport | None
    clean_activity: Activity
    under_attack: Activity
    left_out: tuple[str, ...]
    spikes: tuple[SpikeRow, ...] = ()
    noise: tuple[NoiseRow, ...] = ()
    deployed: DeployedReport | None = None
    notes: tuple[str, ...] = ()
    schema: int = field(default=SCHEMA)


def as_json(report: AttackReport) -> dict[str, Any]:
    """Return plain JSON values."""
    return dataclasses.asdict(report)


def report_text(report: AttackReport) -> str:
    """Return the bytes of the report's JSON as text."""
    return json.dumps(as_json(report), indent=1, sort_keys=True, allow_nan=False) + "\n"


def schema_text() -> str:
    """Return the published JSON schema of a report."""
    schema = TypeAdapter(AttackReport).json_schema()
    schema["properties"]["schema"] = {"const": SCHEMA, "title": "Schema", "type": "integer"}
    document = {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}
    return json.dumps(document, indent=1, sort_keys=True) + "\n"
