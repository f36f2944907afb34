"""How to convert."""

from dataclasses import dataclass
from enum import StrEnum

from neurodeploy.errors import InputError
from neurodeploy.terms import Reset


class Rule(StrEnum):
    """What a layer's threshold is taken from.

    ``max``: the largest activation of the artificial network (Diehl et al. 2015). ``percentile``: a
    percentile of its activations (Rueckauer et al. 2017). ``robust``: a percentile of the current
    that arrives over the steps, layer by layer, the earlier ones already spiking, times a scale;
    BatchNorm's statistics are dropped and estimated anew over the steps (Özdenizci and Legenstein
    2024, section 3). With percentile 100 and scale 1 the last is the balancing of Sengupta et al.
    2019.
    """

    MAX = "max"
    PERCENTILE = "percentile"
    ROBUST = "robust"


class MaxPool(StrEnum):
    """What becomes of a maximum pool, which has no exact spiking form.

    ``or``: it spikes if any input does, which is more than the largest rate. ``rate-gated``: it
    passes the input on that has had the highest rate so far (Rueckauer et al. 2017); floats alone
    can. ``differences``: layers of their own compute ``max(a, b) = b + relu(a - b)``, pair by pair;
    any chip with soft reset can. ``average``: the mean, another function, to be finetuned.
    ``refuse``: nothing.
    """

    OR = "or"
    RATE_GATED = "rate-gated"
    DIFFERENCES = "differences"
    AVERAGE = "average"
    REFUSE = "refuse"


RESETS = (Reset.SUBTRACT, Reset.ZERO)
"""Soft and hard reset."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConversionOptions:
    """Everything that decides what a conversion gives, beside network and data.

    Parameters
    ----------
    percentile : of the values a threshold is taken from; None is 100, 99.9 and 99.7 by rule.
    scale : what every threshold is multiplied by in the end; None is 1, and 0.3 of ``robust``.
    n_steps : steps over which ``robust`` watches currents.
    reset : ``subtract`` (soft) or ``zero`` (hard).
    v0 : initial voltage over the threshold; None is 1/2 with soft reset, where it rounds a rate
        instead of cutting it off (Bu et al. 2022), and 0 with hard reset.
    n_samples : how many calibration samples, drawn by `seed`, are used; None is all.
    batch_size : samples at once; ``robust`` takes a percentile of each batch and keeps the largest.
    dt_s : length of a step of the spiking network, in seconds.
    """

    rule: Rule = Rule.PERCENTILE
    percentile: float | None = None
    scale: float | None = None
    n_steps: int = 100
    reset: Reset = Reset.SUBTRACT
    v0: float | None = None
    maxpool: MaxPool = MaxPool.REFUSE
    n_samples: int | None = None
    batch_size: int = 64
    seed: int = 0
    dt_s: float = 1e-3

    def __post_init__(self) -> None:
        """Refuse what lies outside its range (ND2832)."""
        n_samples = self.n_samples
        rules = {
            f"the percentile is {self.percentile}, expected above 0 and at most 100": (
                0 < self.percentile_used <= 100
            ),
            "the rule max is the percentile 100; take percentile for another": (
                self.rule is not Rule.MAX or self.percentile_used == 100
            ),
            f"the scale is {self.scale}, expected above 0": self.scale_used > 0,
            f"{self.n_steps} steps are watched, expected at least 1": self.n_steps >= 1,
            f"the reset is {self.reset.value}, expected subtract or zero": self.reset in RESETS,
            f"v0 is {self.v0} thresholds, expected 0 to below 1": 0 <= self.v0_used < 1,
            f"{n_samples} samples are asked for, expected at least 1": (
                n_samples is None or n_samples >= 1
            ),
            f"the batch size is {self.batch_size}, expected at least 1": self.batch_size >= 1,
            f"the step is {self.dt_s} s, expected above 0": self.dt_s > 0,
        }
        problems = [problem for problem, fine in rules.items() if not fine]
        if problems:
            raise InputError("ND2832", *problems)

    @property
    def percentile_used(self) -> float:
        """The percentile, the rule's own where none was given."""
        own = {Rule.MAX: 100.0, Rule.PERCENTILE: 99.9, Rule.ROBUST: 99.7}
        return own[self.rule] if self.percentile is None else self.percentile

    @property
    def scale_used(self) -> float:
        """The scale, the rule's own where none was given."""
        own = 0.3 if self.rule is Rule.ROBUST else 1.0
        return own if self.scale is None else self.scale

    @property
    def v0_used(self) -> float:
        """The initial voltage over the threshold, the reset's own where none was given."""
        own = 0.5 if self.reset is Reset.SUBTRACT else 0.0
        return own if self.v0 is None else self.v0
