"""`convert`: an artificial network to a spiking one."""

from dataclasses import dataclass, replace

import numpy as np

from neurodeploy.frontends.samples import Samples, series_of
from neurodeploy.methods.conversion.activations import ONCE, activation_percentiles
from neurodeploy.methods.conversion.currents import current_percentiles, with_statistics_over_time
from neurodeploy.methods.conversion.options import ConversionOptions, Rule
from neurodeploy.methods.conversion.pools import with_pools
from neurodeploy.methods.conversion.readout_unit import in_units, readout_unit
from neurodeploy.methods.conversion.record import CalibrationRecord, record_of
from neurodeploy.methods.conversion.refusals import refuse_unconvertible
from neurodeploy.methods.conversion.spiking import spiking
from neurodeploy.model import Model, Relu
from neurodeploy.passes.fold_batchnorm import FoldBatchNorm


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversion:
    """What a conversion gave.

    Parameters
    ----------
    model : the spiking network; ``robust`` leaves BatchNorm in it, for a finetuning that goes on
        estimating, and `compile` folds it.
    ann : the artificial network it was made from, its pools replaced; layers have the same names.
    """

    model: Model
    ann: Model
    record: CalibrationRecord


def convert(ann: Model, samples: Samples, options: ConversionOptions | None = None) -> Conversion:
    """Return `ann` as a spiking network that takes each sample repeated in every step.

    Parameters
    ----------
    samples : calibration data, `x` (sample, *shape of the input); labels are not looked at.

    Raises
    ------
    InputError
        If the network holds what has no spiking form (ND2831), or options or data do not fit
        (ND2832, ND2306).
    """
    options = options or ConversionOptions()
    refuse_unconvertible(ann)
    ann = with_pools(ann, options.maxpool)
    samples = _chosen(samples, options)
    series_of(samples.taken(np.arange(1)), ann.inputs[0].shape, ONCE)
    if options.rule is not Rule.ROBUST:
        ann = FoldBatchNorm().apply(ann)
    found = _percentiles(ann, samples, options)
    ceilings = _ceilings(ann)
    silent = tuple(name for name, value in found.items() if value == 0 and name not in ceilings)
    thresholds = {
        name: ceilings.get(name, (value or 1.0) * options.scale_used)
        for name, value in found.items()
    }
    if options.rule is Rule.ROBUST:
        ann = with_statistics_over_time(ann, samples, thresholds, options)
    record = record_of(options, samples, thresholds, from_ceiling=tuple(ceilings), silent=silent)
    unit = readout_unit(ann, samples)
    model = in_units(spiking(ann, thresholds, options), unit)
    counted = f"the readout counts in units of {unit:g}, so that integers hold it"
    history = (*ann.history, *record.lines, *([counted] if unit != 1 else []))
    return Conversion(model=replace(model, history=history), ann=ann, record=record)


def _chosen(samples: Samples, options: ConversionOptions) -> Samples:
    """Return the samples that are used, drawn where not all are."""
    if options.n_samples is None or options.n_samples >= samples.n_samples:
        return samples
    order = np.random.default_rng(options.seed).permutation(samples.n_samples)
    return samples.taken(order[: options.n_samples])


def _percentiles(ann: Model, samples: Samples, options: ConversionOptions) -> dict[str, float]:
    if options.rule is Rule.ROBUST:
        return current_percentiles(ann, samples, options)
    return activation_percentiles(ann, samples, options.percentile_used, options.batch_size)


def _ceilings(ann: Model) -> dict[str, float]:
    """Return the ceilings of staircases, whose steps are those of the spiking layer's rate.

    Source: Bu et al. 2022: a staircase trained with half a step of shift equals the rate of a
    neuron with soft reset whose threshold is the ceiling and which starts at half of it.
    """
    return {
        p.name: p.neuron.ceiling
        for p in ann.populations
        if isinstance(p.neuron, Relu) and p.neuron.levels is not None and p.neuron.ceiling
    }
