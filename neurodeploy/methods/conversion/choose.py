"""The percentile that is best on labelled samples which did not calibrate it."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np

from neurodeploy.errors import InputError
from neurodeploy.frontends.samples import Samples
from neurodeploy.methods.conversion.convert import Conversion, convert
from neurodeploy.methods.conversion.options import ConversionOptions, Rule
from neurodeploy.methods.conversion.over_steps import (
    Progress,
    accuracy_over_steps,
    logits_over_steps,
)
from neurodeploy.model import Model

PERCENTILES = (99.0, 99.9, 99.99, 100.0)
"""What is tried: a low one answers in few steps, a high one cuts less off."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A percentile, and the accuracy it gave at the end and over the later half of the steps."""

    percentile: float
    accuracy: float
    late_accuracy: float


def chosen_percentile(
    ann: Model,
    calibration: Samples,
    choice: Samples,
    options: ConversionOptions,
    n_steps: int,
    percentiles: Iterable[float] = PERCENTILES,
    *,
    on_progress: Progress | None = None,
) -> tuple[Conversion, tuple[Candidate, ...]]:
    """Return the conversion with the best percentile after `n_steps`, and what each gave.

    Ties go to the percentile that is better over the later half of the steps.

    Parameters
    ----------
    choice : labelled samples, none of them among `calibration`, none a test sample.

    Raises
    ------
    InputError
        If there are no labels, or the rule takes no percentile (ND2832).
    """
    if choice.y is None:
        raise InputError("ND2832", f"{choice.where}: holds no labels y to choose a percentile by")
    if options.rule is Rule.MAX:
        raise InputError("ND2832", "the rule max takes no percentile; take the rule percentile")
    found: list[tuple[Candidate, Conversion]] = []
    tried = tuple(percentiles)
    for percentile in tried:
        conversion = convert(ann, calibration, replace(options, percentile=percentile))
        right = accuracy_over_steps(logits_over_steps(conversion.model, choice, n_steps), choice.y)
        candidate = Candidate(
            percentile=percentile,
            accuracy=float(right[-1]),
            late_accuracy=float(np.mean(right[n_steps // 2 :])),
        )
        found.append((candidate, conversion))
        if on_progress is not None:
            on_progress(len(found), len(tried))
    best = max(found, key=lambda entry: (entry[0].accuracy, entry[0].late_accuracy))
    line = (
        f"the percentile was chosen among {', '.join(f'{p:g}' for p in tried)} on "
        f"{choice.n_samples} other samples of {choice.where}, after {n_steps} steps"
    )
    model = replace(best[1].model, history=(*best[1].model.history, line))
    return replace(best[1], model=model), tuple(candidate for candidate, _ in found)
