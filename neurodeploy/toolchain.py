"""The verbs: load, compile, run, profile. Composition only, no algorithm."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from neurodeploy.deployment.deployment import MARKER, Deployment, read_deployment, write_deployment
from neurodeploy.deployment.host import InputCoding
from neurodeploy.errors import DoesNotCompile, InputError, TargetUnavailable
from neurodeploy.frontends.samples import Encoding, Samples, read_samples, series_of
from neurodeploy.frontends.stimulus import stimulus_for
from neurodeploy.hardware import Arithmetic, Hardware
from neurodeploy.hardware.toml_file import load_chip
from neurodeploy.hardware.violations import range_violations
from neurodeploy.lowering.lower import lower
from neurodeploy.machine.timing import Fidelity
from neurodeploy.model import Model
from neurodeploy.model.nir_file import Conventions, read_nir, write_nir
from neurodeploy.passes.fold_batchnorm import FoldBatchNorm
from neurodeploy.placement.place import Strategy, place
from neurodeploy.program import Program
from neurodeploy.report.build import build_report
from neurodeploy.report.report import Report
from neurodeploy.storage.atomic import new_folder
from neurodeploy.target import Run, RunOptions, Stimulus, Target, merge
from neurodeploy.target.registry import find_target


@dataclass(frozen=True, slots=True, kw_only=True)
class CompileOptions:
    """How to compile.

    Parameters
    ----------
    chip : name of a chip or path of its page; None is the target's default.
    coding : how values enter; None is ``graded`` or ``encoded`` by the declared range, and
        ``injected`` where the chip takes no payload.
    input_range : declared range of the input's values; None is the calibration data's, or 0 to 1.
    """

    chip: str | None = None
    coding: InputCoding | None = None
    input_range: tuple[float, float] | None = None
    placement: Strategy = "layer-order"


def load(path: Path, conventions: Conventions | None = None) -> tuple[Model, tuple[str, ...]]:
    """Read a `.nir` file; return the model and a line for each thing that was assumed."""
    return read_nir(path, conventions or Conventions())


def export_snntorch(
    module: str, input_shape: tuple[int, ...], weights: Path | None, dt_s: float
) -> Model:
    """Return the Model of the snntorch network at ``package.module:factory``, BatchNorm folded.

    Raises
    ------
    TargetUnavailable
        If torch or snntorch is not installed (ND4003).
    """
    try:
        from neurodeploy.frontends.snntorch import from_snntorch, load_module  # needs torch
    except ImportError as error:
        raise TargetUnavailable(
            "ND4003", f"{error.name} is not installed: pip install 'neurodeploy[train]'"
        ) from error
    return FoldBatchNorm().apply(from_snntorch(load_module(module, weights), input_shape, dt_s))


def compile_model(
    model: Model,
    target_name: str,
    options: CompileOptions,
    calibration: tuple[Samples, Encoding | None] | None = None,
) -> Deployment:
    """Return `model` in integers, placed on a chip.

    Parameters
    ----------
    calibration : data whose largest states set the scale; without, wraps are excluded by the
        worst case over the declared input range.

    Raises
    ------
    DoesNotCompile
        If it has no integer form (ND3101), does not fit (ND3201) or the chip or target cannot hold
        its numbers (ND3202).
    """
    target = find_target(target_name)
    hardware = load_chip(options.chip or target.default_chip)
    model = FoldBatchNorm().apply(model)
    model = _ranged(model, options, calibration)
    coding = options.coding or _default_coding(model, hardware)
    peaks = None if calibration is None else _peaks(model, *calibration)
    lowered = lower(model, ranges=hardware.ranges, coding=coding, peaks=peaks)
    _refuse_violations(target, lowered.program, hardware)
    placement = place(lowered.program, hardware, options.placement)
    return Deployment(
        target=target_name,
        program=lowered.program,
        hardware=hardware,
        placement=placement,
        coding=coding,
        model=model,
        quantisation=lowered.quantisation,
        host=lowered.host,
        history=(*model.history, *_decisions(options, coding, calibration)),
    )


def save(deployment: Deployment, folder: Path) -> None:
    """Write `deployment` as a folder, with `model.nir` and what its target emits."""
    with new_folder(folder, marker=MARKER) as temporary:
        write_deployment(deployment, temporary)
        if deployment.model is not None:
            write_nir(deployment.model, temporary / "model.nir")
        find_target(deployment.target).emit(deployment, temporary)


def load_deployment(folder: Path) -> Deployment:
    """Read the folder that `save` wrote."""
    return read_deployment(folder)


def run(deployment: Deployment, stimulus: Stimulus, options: RunOptions | None = None) -> Run:
    """Run `deployment` on `stimulus` and return its outputs and counts."""
    target = find_target(deployment.target)
    runs: Iterable[Run] = target.run(deployment, [stimulus], options or RunOptions())
    return merge(list(runs))


def profile(
    deployment: Deployment, stimulus: Stimulus, options: RunOptions | None = None
) -> Report:
    """Run `deployment` on `stimulus` and return what it did and cost."""
    options = options or RunOptions()
    return build_report(deployment, stimulus, run(deployment, stimulus, options), options.fidelity)


def float_accuracy(deployment: Deployment, samples: Samples, encoding: Encoding | None) -> float:
    """Return the accuracy of the float model on the same stimulus the deployment gets.

    Raises
    ------
    InputError
        If the deployment holds no model or the samples no labels (ND2308).
    """
    if deployment.model is None or samples.y is None:
        raise InputError(
            "ND2308", "the float accuracy needs the deployment's model and labels y in the data"
        )
    x, _ = series_of(samples, deployment.model.inputs[0].shape, encoding)
    return float(np.mean(deployment.model.simulate(x).predictions() == samples.y))


def stimulus_of(
    deployment: Deployment, samples: Samples, encoding: Encoding | None = None
) -> Stimulus:
    """Return the integers that `deployment` takes for `samples`."""
    return stimulus_for(deployment, samples, encoding)


def _ranged(
    model: Model,
    options: CompileOptions,
    calibration: tuple[Samples, Encoding | None] | None,
) -> Model:
    """Return `model` with the declared range of its first input's values."""
    if options.input_range is not None:
        low, high = options.input_range
        origin = "as declared"
    elif calibration is not None:
        samples, encoding = calibration
        origin = f"as in {samples.where}"
        x, _ = series_of(samples, model.inputs[0].shape, encoding)
        low, high = min(float(x.min()), 0.0), max(float(x.max()), 1.0)
    else:
        return model
    first = replace(model.inputs[0], low=low, high=high)
    declared = f"input {first.name!r} has values in "
    history = (line for line in model.history if not line.startswith(declared))
    return replace(
        model,
        inputs=(first, *model.inputs[1:]),
        history=(*history, f"{declared}{low:g}..{high:g}: {origin}"),
    )


def _default_coding(model: Model, hardware: Hardware) -> InputCoding:
    spikes = all((node.low, node.high) == (0, 1) for node in model.inputs)
    if spikes:
        return InputCoding.ENCODED
    takes_payload = hardware.ranges.payload[1] > 1
    return InputCoding.GRADED if takes_payload else InputCoding.INJECTED


def _peaks(
    model: Model, samples: Samples, encoding: Encoding | None
) -> dict[str, tuple[float, float]]:
    x, _ = series_of(samples, model.inputs[0].shape, encoding)
    simulation = model.simulate(x)
    return {
        p.name: (simulation.peak_i[p.name], simulation.peak_v[p.name]) for p in model.populations
    }


def _refuse_violations(target: Target, program: Program, hardware: Hardware) -> None:
    found = target.violations(program, hardware)
    if hardware.arithmetic is not Arithmetic.NONE:
        found = (*range_violations(program, hardware), *found)
    if found:
        raise DoesNotCompile("ND3202", *(str(violation) for violation in found))


def _decisions(
    options: CompileOptions,
    coding: InputCoding,
    calibration: tuple[Samples, Encoding | None] | None,
) -> tuple[str, ...]:
    scale = (
        "scale: worst case over the declared input range"
        if calibration is None
        else f"scale: calibrated on {len(calibration[0].x)} samples of {calibration[0].where}"
    )
    return (f"input coding: {coding.value}", scale, f"placement: {options.placement}")


__all__ = [
    "CompileOptions",
    "Encoding",
    "Fidelity",
    "Samples",
    "build_report",
    "compile_model",
    "export_snntorch",
    "float_accuracy",
    "load",
    "load_deployment",
    "profile",
    "read_samples",
    "run",
    "save",
    "stimulus_of",
    "write_nir",
]
