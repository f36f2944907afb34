"""`robust_conversion`: a robust artificial network as the spiking one that finetuning starts from.

Source: Özdenizci and Legenstein 2024 (TMLR), section 3, and the code they published.
"""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
from torch import Tensor

from neurodeploy.frontends.samples import Samples
from neurodeploy.learning.data import batches, series
from neurodeploy.methods.conversion import Conversion, ConversionOptions, Rule, convert
from neurodeploy.methods.conversion.activations import ONCE
from neurodeploy.methods.conversion.currents import with_statistics_over_time
from neurodeploy.methods.conversion.spiking import spiking
from neurodeploy.methods.robust.normalised import with_measured_batchnorm
from neurodeploy.model import Model
from neurodeploy.terms import Reset

N_SAMPLES = 704
"""Calibration samples: 11 batches of 64, as in the published code."""

DEFAULTS = ConversionOptions(rule=Rule.ROBUST, reset=Reset.ZERO, n_samples=N_SAMPLES)
"""Percentile 99.7 of the currents of 100 steps, times 0.3; hard reset."""


def robust_conversion(
    ann: Model,
    samples: Samples,
    n_steps: int,
    options: ConversionOptions = DEFAULTS,
    *,
    batchnorm: bool = True,
) -> Conversion:
    """Return `ann` as a spiking network for `n_steps` steps.

    A BatchNorm that training folded is put back with what it measures, so that its gain and offset
    go over and its statistics do not: those are taken of the currents of the spiking network.

    Parameters
    ----------
    batchnorm : without it the statistics of the artificial network stay in the weights.

    Raises
    ------
    InputError
        As `conversion.convert`.
    """
    if not batchnorm:
        return convert(ann, samples, options)
    chosen, of_all = _chosen(samples, options), replace(options, n_samples=None)
    ann = with_measured_batchnorm(ann, _batches(ann, chosen, options.batch_size))
    conversion = convert(ann, chosen, of_all)
    thresholds = conversion.record.thresholds
    shorter = replace(of_all, n_steps=n_steps)
    estimated = with_statistics_over_time(conversion.ann, chosen, thresholds, shorter)
    model = spiking(estimated, thresholds, options)
    line = f"BatchNorm's statistics taken of the currents of {n_steps} steps"
    history = (*conversion.model.history, line)
    return replace(conversion, model=replace(model, history=history), ann=estimated)


def _chosen(samples: Samples, options: ConversionOptions) -> Samples:
    """Return the calibration samples, the same for all that is measured."""
    if options.n_samples is None or options.n_samples >= samples.n_samples:
        return samples
    order = np.random.default_rng(options.seed).permutation(samples.n_samples)
    return samples.taken(order[: options.n_samples])


def _batches(ann: Model, samples: Samples, batch_size: int) -> Iterator[Tensor]:
    for places in batches(samples, batch_size, None):
        yield series(samples, places, ONCE, ann.inputs[0].shape)
