"""Thresholds from the currents that arrive once the earlier layers spike (the robust rule).

Source: Özdenizci and Legenstein 2024, section 3, and their published code: per layer a percentile
of the current over all steps, samples and units, the largest of several batches, BatchNorm with the
statistics of the batch.
"""

from collections.abc import Iterator, Mapping

import numpy as np
import torch
from torch import Tensor

from neurodeploy.frontends.samples import Encoding, Samples
from neurodeploy.learning.data import batches, series
from neurodeploy.learning.twin.twin import Twin
from neurodeploy.methods.conversion.activations import refuse_seldom
from neurodeploy.methods.conversion.options import ConversionOptions
from neurodeploy.methods.conversion.refusals import in_order
from neurodeploy.methods.conversion.sweep import Spikes, Sweep
from neurodeploy.model import Model, Relu


def current_percentiles(
    ann: Model, samples: Samples, options: ConversionOptions
) -> dict[str, float]:
    """Return each rectifier's threshold before the scale; 0 for a layer without any current.

    Raises
    ------
    InputError
        If a layer gets current, but so seldom that its percentile is 0 (ND2832).
    """
    found: dict[str, float] = {}
    active: set[str] = set()
    with torch.no_grad():
        sweep = Sweep(Twin(ann).train(), _series(ann, samples, options))
        for population in in_order(ann):
            spikes = None
            if isinstance(population.neuron, Relu):
                value, largest = _watched(sweep.currents(population), options.percentile_used)
                found[population.name] = min(value, population.neuron.ceiling or np.inf)
                active |= {population.name} if largest > 0 else set()
                spikes = _spikes(value if value > 0 else 1.0, options)
            sweep.pass_on(population, spikes)
    refuse_seldom(found, active)
    return {name: max(value, 0.0) for name, value in found.items()}


def with_statistics_over_time(
    ann: Model, samples: Samples, thresholds: Mapping[str, float], options: ConversionOptions
) -> Model:
    """Return `ann` with BatchNorm's statistics of the currents while all layers spike.

    Those of a layer are the mean of its batches', and stand before the layers behind it are looked
    at. A network without BatchNorm stays as it is.
    """
    with torch.no_grad():
        twin = Twin(ann).eval()
        sweep = Sweep(twin, _series(ann, samples, options))
        for population in in_order(ann):
            sweep.estimate(population)
            theta = thresholds.get(population.name)
            sweep.pass_on(population, None if theta is None else _spikes(theta, options))
    return twin.model()


def _spikes(theta: float, options: ConversionOptions) -> Spikes:
    return Spikes(theta=theta, v0=options.v0_used, reset=options.reset)


def _series(ann: Model, samples: Samples, options: ConversionOptions) -> list[Tensor]:
    """Return the batches as (sample, step, *shape), each sample repeated in every step."""
    encoding = Encoding(coder="direct", n_steps=options.n_steps)
    return [
        series(samples, chosen, encoding, ann.inputs[0].shape)
        for chosen in batches(samples, options.batch_size, None)
    ]


def _watched(currents: Iterator[Tensor], percentile: float) -> tuple[float, float]:
    """Return the largest percentile of any batch, and the largest current.

    The percentile is over all steps, samples and units; steps that are alike count once.
    """
    found, largest = -np.inf, -np.inf
    for current in currents:
        values = (current[:1] if current.stride(0) == 0 else current).numpy()
        found = max(found, float(np.percentile(values, percentile)))
        largest = max(largest, float(values.max()))
    return found, largest
