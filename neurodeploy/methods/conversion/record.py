"""What a conversion was calibrated with."""

from collections.abc import Mapping
from dataclasses import dataclass

from neurodeploy.frontends.samples import Samples
from neurodeploy.methods.conversion.options import ConversionOptions, Rule
from neurodeploy.storage.codec import digest
from neurodeploy.terms import Reset


@dataclass(frozen=True, slots=True, kw_only=True)
class CalibrationRecord:
    """Which data set the thresholds, and how.

    Parameters
    ----------
    data, data_digest, n_samples : where the samples came from, their digest, and how many.
    n_steps : steps that were watched; 0 where activations decided.
    percentile, scale : of the rule.
    thresholds : of every converted layer, after the scale; a spike stands for this much activation.
    from_ceiling : layers whose threshold is the ceiling they were trained with.
    silent : layers that were 0 on all the data and got the threshold 1.
    """

    rule: Rule
    percentile: float
    scale: float
    n_steps: int
    data: str
    data_digest: str
    n_samples: int
    seed: int
    reset: Reset
    v0: float
    thresholds: Mapping[str, float]
    from_ceiling: tuple[str, ...] = ()
    silent: tuple[str, ...] = ()

    @property
    def lines(self) -> tuple[str, ...]:
        """What goes into a network's history."""
        of = f"the {self.percentile:g}th percentile of each layer's"
        watched = {
            Rule.MAX: "the largest activation of each layer",
            Rule.PERCENTILE: f"{of} activations",
            Rule.ROBUST: f"{of} current over {self.n_steps} steps, times {self.scale:g}",
        }[self.rule]
        scaled = self.scale != 1 and self.rule is not Rule.ROBUST
        line = (
            f"converted: thresholds are {watched}{f', times {self.scale:g}' if scaled else ''}; "
            f"reset {self.reset.value} from v0 = {self.v0:g} thresholds"
        )
        data = (
            f"calibrated on {self.n_samples} samples of {self.data}, {self.data_digest}, "
            f"seed {self.seed}"
        )
        ceilings = f"thresholds of {', '.join(self.from_ceiling)} are the trained ceilings"
        silent = f"{', '.join(self.silent)} gave only 0 on these samples: threshold 1"
        return (
            line,
            data,
            *([ceilings] if self.from_ceiling else []),
            *([silent] if self.silent else []),
        )


def record_of(
    options: ConversionOptions,
    samples: Samples,
    thresholds: Mapping[str, float],
    *,
    from_ceiling: tuple[str, ...],
    silent: tuple[str, ...],
) -> CalibrationRecord:
    """Return the record of a conversion on `samples`."""
    return CalibrationRecord(
        rule=options.rule,
        percentile=options.percentile_used,
        scale=options.scale_used,
        n_steps=options.n_steps if options.rule is Rule.ROBUST else 0,
        data=samples.where,
        data_digest=digest(samples.x),
        n_samples=samples.n_samples,
        seed=options.seed,
        reset=options.reset,
        v0=options.v0_used,
        thresholds=dict(thresholds),
        from_ceiling=from_ceiling,
        silent=silent,
    )
