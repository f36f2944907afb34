"""Accuracy of a conversion over the steps, as every experiment here measures it."""

from collections.abc import Iterable
from dataclasses import replace

import numpy as np

from neurodeploy.frontends.samples import Samples
from neurodeploy.methods.conversion import Conversion, ConversionOptions, convert
from neurodeploy.methods.conversion.over_steps import accuracy_over_steps, logits_over_steps
from neurodeploy.model import Model


def curve(model: Model, samples: Samples, n_steps: int, batch_size: int = 50) -> list[float]:
    """Return the accuracy after each step, 0 to 1."""
    assert samples.y is not None
    logits = logits_over_steps(model, samples, n_steps, batch_size=batch_size)
    return [round(float(a), 6) for a in accuracy_over_steps(logits, samples.y)]


def chosen_percentile(
    ann: Model,
    calibration: Samples,
    choice: Samples,
    options: ConversionOptions,
    n_steps: int,
    percentiles: Iterable[float],
) -> tuple[Conversion, dict[str, float]]:
    """Return the conversion of the best percentile after `n_steps`, and what each gave.

    Ties go to the percentile that is better on average over the second half of the steps.

    Parameters
    ----------
    calibration, choice : training images; labels of `choice` are looked at.
    """
    found: dict[str, tuple[float, float, Conversion]] = {}
    for percentile in percentiles:
        conversion = convert(ann, calibration, replace(options, percentile=percentile))
        accuracies = curve(conversion.model, choice, n_steps)
        late = float(np.mean(accuracies[n_steps // 2 :]))
        found[f"{percentile:g}"] = (accuracies[-1], late, conversion)
    best = max(found, key=lambda name: found[name][:2])
    return found[best][2], {name: entry[0] for name, entry in found.items()}
