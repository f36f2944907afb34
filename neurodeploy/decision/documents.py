"""The parts of other commands' JSON that a decision looks at; what else they hold is not read."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

Share = Annotated[float, Field(ge=0, le=1)]


class _Document(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True, strict=True, allow_inf_nan=False)


class Counted(_Document):
    """`k` of `n` samples, and the 95 % interval of the share they stand for."""

    k: int
    n: Annotated[int, Field(ge=1)]
    low: Share
    high: Share


class ComparedWith(_Document):
    """One executor held against the reference."""

    name: str
    equal: bool


class Drift(_Document):
    """How a layer of the float network and of the integers part."""

    population: str
    float_spikes: int
    integer_spikes: int
    mismatch: float


class VerifyDocument(_Document):
    """What ``verify --json`` prints."""

    equal: bool
    deployment_digest: str
    samples: int
    steps: int
    comparisons: tuple[ComparedWith, ...]
    skipped: dict[str, str]
    drift: tuple[Drift, ...] = ()


class Protocol(_Document):
    """The name of an attack protocol."""

    name: str


class AttackRow(_Document):
    """One attack: samples it was tried on and turned, and what it and those before it left."""

    name: str
    tried: int
    fooled: int
    left: Counted


class Masking(_Document):
    """Signs of masked gradients; empty where nothing speaks for it."""

    findings: tuple[str, ...]


class NoiseRow(_Document):
    """Accuracy at one level of noise, and half of its 95 % interval."""

    kind: str
    level: float
    accuracy: Share
    half_width: float


class DeployedAttack(_Document):
    """What attacks did to the integers."""

    deployment_digest: str
    clean: Counted
    robust: Counted
    attacks: tuple[AttackRow, ...]


class AttackDocument(_Document):
    """What ``attack -o`` writes as attack.json."""

    protocol: Protocol
    data: str
    eps: float
    n_samples: int
    clean: Counted
    robust: Counted
    attacks: tuple[AttackRow, ...]
    masking: Masking | None = None
    noise: tuple[NoiseRow, ...] = ()
    deployed: DeployedAttack | None = None


class LeakAttack(_Document):
    """What one attack recovered of a released network."""

    recognised: Share
    classes_recovered: int
    recognised_by_class: tuple[float, ...]


class LeakMembership(_Document):
    """How well members of the training data are told from others."""

    auc: Share


class LeakDocument(_Document):
    """What ``leak --json`` prints."""

    attacks: dict[str, LeakAttack]
    judge_on_real: Share
    judge_on_noise: Share
    membership: LeakMembership | None
    sentence: str


class Disturbed(_Document):
    """An exit policy on harder samples: with noise or shifted."""

    noise: float = 0.0
    shift: int = 0
    outcome: "ExitOutcome"


class ExitShare(_Document):
    """`count` of `n` samples, and the 95 % interval."""

    count: int
    n: int
    low: float | None
    high: float | None


class ExitOutcome(_Document):
    """What stopping early did to some samples."""

    n_samples: int
    accuracy: Share
    full_accuracy: Share
    mean_step: float
    false_exits: ExitShare


class ExitDocument(_Document):
    """What ``exit --json`` prints."""

    deployment_digest: str
    outcome: ExitOutcome | None = None
    disturbed: tuple[Disturbed, ...] = ()


class Diagnosis(_Document):
    """What a conversion lost on some samples; accuracies are None without labels."""

    data: str
    n_samples: int
    n_steps: int
    accuracy: tuple[Share, ...] | None
    ann_accuracy: Share | None


class AnnTest(_Document):
    """How often the artificial network is right on samples that chose nothing."""

    data: str
    n_samples: Annotated[int, Field(ge=1)]
    n_right: int


class ConvertDocument(_Document):
    """What ``convert --json`` prints, or writes beside the network as NAME.convert.json."""

    diagnosis: Diagnosis | None
    test: AnnTest | None = None
