"""Networks to deployments: lower, check, place; and deployments to folders and back."""

from dataclasses import dataclass, replace
from pathlib import Path

from neurodeploy.deployment.deployment import MARKER, Deployment, read_deployment, write_deployment
from neurodeploy.deployment.host import InputCoding
from neurodeploy.errors import DoesNotCompile, InputError
from neurodeploy.frontends.samples import Encoding, Samples, series_of
from neurodeploy.hardware import Arithmetic, Hardware
from neurodeploy.hardware.toml_file import load_chip
from neurodeploy.hardware.violations import range_violations
from neurodeploy.lowering.lower import lower
from neurodeploy.model import Model
from neurodeploy.model.model_file import write_model
from neurodeploy.model.nir_file import write_nir
from neurodeploy.passes.fold_batchnorm import FoldBatchNorm
from neurodeploy.placement import Strategy, place
from neurodeploy.program import Program
from neurodeploy.storage.atomic import new_folder
from neurodeploy.target import Target
from neurodeploy.target.registry import find_target
from neurodeploy.toolchain.loading import Network

Calibration = tuple[Samples, Encoding | None]
"""Data, and how its values become a series."""


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
    placement: Strategy = Strategy.LAYER_ORDER


def compile_network(
    network: Network,
    target_name: str,
    options: CompileOptions,
    calibration: Calibration | None = None,
) -> Deployment:
    """Return `network` in integers, placed on a chip.

    Parameters
    ----------
    calibration : data whose largest states set the scale; without, wraps are excluded by the
        worst case over the declared input range. A Program keeps its own scale.

    Raises
    ------
    DoesNotCompile
        If it has no integer form (ND3101), does not fit (ND3201) or the chip or target cannot hold
        its numbers (ND3202).
    """
    target = find_target(target_name)
    hardware = load_chip(options.chip or target.default_chip)
    if isinstance(network, Program):
        return _placed(network, target, hardware, options)
    model = _ranged(FoldBatchNorm().apply(network), options, calibration)
    coding = options.coding or _default_coding(model, hardware)
    peaks = None if calibration is None else _peaks(model, *calibration)
    lowered = lower(model, ranges=hardware.ranges, coding=coding, peaks=peaks)
    return replace(
        _placed(lowered.program, target, hardware, options),
        coding=coding,
        model=model,
        quantisation=lowered.quantisation,
        host=lowered.host,
        history=(*model.history, *_decisions(options, coding, calibration)),
    )


def save(deployment: Deployment, folder: Path) -> None:
    """Write `deployment` as a folder, with its model and what its target emits.

    The model is ``model.nir``, or the folder ``model`` where NIR has no form for it.
    """
    with new_folder(folder, marker=MARKER) as temporary:
        write_deployment(deployment, temporary)
        if deployment.model is not None:
            _write_model(deployment.model, temporary)
        find_target(deployment.target).emit(deployment, temporary)


def load_deployment(folder: Path) -> Deployment:
    """Read the folder that `save` wrote."""
    return read_deployment(folder)


def _write_model(model: Model, folder: Path) -> None:
    try:
        write_nir(model, folder / "model.nir")
    except InputError as error:
        if error.code != "ND2105":
            raise
        write_model(model, folder / "model")


def _placed(
    program: Program, target: Target, hardware: Hardware, options: CompileOptions
) -> Deployment:
    found = target.violations(program, hardware)
    if hardware.arithmetic is not Arithmetic.NONE:
        found = (*range_violations(program, hardware), *found)
    if found:
        raise DoesNotCompile("ND3202", *(str(violation) for violation in found))
    graded = any(node.graded for node in program.inputs)
    return Deployment(
        target=target.name,
        program=program,
        hardware=hardware,
        placement=place(program, hardware, options.placement),
        coding=InputCoding.GRADED if graded else InputCoding.ENCODED,
        history=("integers: the file's own", f"placement: {options.placement}"),
    )


def _ranged(model: Model, options: CompileOptions, calibration: Calibration | None) -> Model:
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


def _decisions(
    options: CompileOptions, coding: InputCoding, calibration: Calibration | None
) -> tuple[str, ...]:
    scale = (
        "scale: worst case over the declared input range"
        if calibration is None
        else f"scale: calibrated on {len(calibration[0].x)} samples of {calibration[0].where}"
    )
    return (f"input coding: {coding.value}", scale, f"placement: {options.placement}")
