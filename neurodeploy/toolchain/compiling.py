"""Networks to deployments: lower, check, place; and deployments to folders and back."""

from dataclasses import dataclass, replace
from pathlib import Path

from neurodeploy.deployment.deployment import MARKER, Deployment, read_deployment, write_deployment
from neurodeploy.deployment.host import InputCoding
from neurodeploy.errors import DoesNotCompile, InputError
from neurodeploy.frontends.samples import Encoding, Samples, as_series, is_analog
from neurodeploy.hardware import Arithmetic, Hardware
from neurodeploy.hardware.size_violations import size_violations
from neurodeploy.hardware.toml_file import load_chip
from neurodeploy.hardware.violations import range_violations
from neurodeploy.lowering.lower import lower
from neurodeploy.lowering.storage import stored_narrowly
from neurodeploy.model import Model
from neurodeploy.model.model_file import write_model
from neurodeploy.model.nir_file import write_nir
from neurodeploy.passes.fold_batchnorm import FoldBatchNorm
from neurodeploy.passes.fold_scale import FoldScale
from neurodeploy.placement import Strategy, place
from neurodeploy.program import Program
from neurodeploy.storage.atomic import new_folder
from neurodeploy.target import Target
from neurodeploy.target.registry import find_target
from neurodeploy.toolchain.calibrating import activity_on, on_one_core_of
from neurodeploy.toolchain.hard_reset import hard_reset_warning
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
    weight_bits : narrower weights than the chip's own; None is the chip's.
    placement : strategy; all but ``layer-order`` plan for the activity on the calibration data.
    """

    chip: str | None = None
    coding: InputCoding | None = None
    input_range: tuple[float, float] | None = None
    weight_bits: int | None = None
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
        worst case over the declared input range. A Program keeps its own scale. The same data
        tells the placement how often each neuron spikes.

    Raises
    ------
    DoesNotCompile
        If it has no integer form (ND3101), does not fit (ND3201) or the chip or target cannot hold
        its numbers (ND3202).
    """
    target = find_target(target_name)
    hardware = load_chip(options.chip or target.default_chip)
    data = None if calibration is None else encoded_for(network, *calibration)
    if isinstance(network, Program):
        _refuse_narrowing(options)
        deployment = _unplaced(network, target, hardware)
        return _placed(deployment, options.placement, data)
    model = _ranged(FoldScale().apply(FoldBatchNorm().apply(network)), options, data)
    coding = options.coding or default_coding(model, hardware, data)
    peaks = None if data is None else _peaks(model, data)
    ranges = hardware.ranges
    if options.weight_bits is not None:
        ranges = ranges.with_weight_bits(options.weight_bits)
    lowered = lower(model, ranges=ranges, coding=coding, peaks=peaks)
    program, stored = stored_narrowly(lowered.program, hardware.synapse_formats)
    deployment = replace(
        _unplaced(program, target, hardware),
        coding=coding,
        model=model,
        quantisation=lowered.quantisation,
        host=lowered.host,
        history=(
            *model.history,
            *_decisions(coding, data, options.weight_bits),
            *stored,
            *_warnings(model),
        ),
    )
    return _placed(deployment, options.placement, data)


def encoded_for(network: Network, samples: Samples, encoding: Encoding | None) -> Samples:
    """Return `samples` as the series that `network` takes."""
    return as_series(samples, network.inputs[0].shape, encoding)


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


def _unplaced(program: Program, target: Target, hardware: Hardware) -> Deployment:
    """Return `program` checked, on one core as yet."""
    found = (*size_violations(program, hardware), *target.violations(program, hardware))
    if hardware.arithmetic is not Arithmetic.NONE:
        found = (*range_violations(program, hardware), *found)
    if found:
        raise DoesNotCompile("ND3202", *(str(violation) for violation in found))
    graded = any(node.graded for node in program.inputs)
    return Deployment(
        target=target.name,
        program=program,
        hardware=hardware,
        placement=on_one_core_of(program),
        coding=InputCoding.GRADED if graded else InputCoding.ENCODED,
        history=("integers: the file's own",),
    )


def _placed(deployment: Deployment, strategy: Strategy, data: Samples | None) -> Deployment:
    decision, activity = f"placement: {strategy}", None
    if strategy is not Strategy.LAYER_ORDER:
        activity = activity_on(deployment, data)
        decision += f", activity {activity.origin}"
    placement = place(deployment.program, deployment.hardware, strategy, activity)
    return replace(deployment, placement=placement, history=(*deployment.history, decision))


def _refuse_narrowing(options: CompileOptions) -> None:
    if options.weight_bits is not None:
        raise InputError(
            "ND2606",
            f"weights of {options.weight_bits} bits were asked for, and the network brings "
            "integers of its own, which are never changed; leave out --weight-bits",
        )


def _ranged(model: Model, options: CompileOptions, data: Samples | None) -> Model:
    """Return `model` with the declared range of its first input's values."""
    if options.input_range is not None:
        low, high = options.input_range
        origin = "as declared"
    elif data is not None:
        origin = f"as in {data.where}"
        low, high = min(float(data.x.min()), 0.0), max(float(data.x.max()), 1.0)
    else:
        return model
    return with_input_range(model, low, high, origin)


def with_input_range(model: Model, low: float, high: float, origin: str) -> Model:
    """Return `model` with the declared range of its first input's values, and who declared it."""
    first = replace(model.inputs[0], low=low, high=high)
    declared = f"input {first.name!r} has values in "
    history = (line for line in model.history if not line.startswith(declared))
    return replace(
        model,
        inputs=(first, *model.inputs[1:]),
        history=(*history, f"{declared}{low:g}..{high:g}: {origin}"),
    )


def default_coding(model: Model, hardware: Hardware, data: Samples | None = None) -> InputCoding:
    """Return how values enter where nobody says: as spikes, as payloads, or through the host.

    Values of `data` that are no integers have no payload: the host multiplies them.
    """
    if data is not None and is_analog(data):
        return InputCoding.INJECTED
    spikes = all((node.low, node.high) == (0, 1) for node in model.inputs)
    if spikes:
        return InputCoding.ENCODED
    takes_payload = hardware.ranges.payload[1] > 1
    return InputCoding.GRADED if takes_payload else InputCoding.INJECTED


def _peaks(model: Model, data: Samples) -> dict[str, tuple[float, float]]:
    simulation = model.simulate(data.x)
    return {
        p.name: (simulation.peak_i[p.name], simulation.peak_v[p.name]) for p in model.populations
    }


def _warnings(model: Model) -> tuple[str, ...]:
    warning = hard_reset_warning(model)
    return () if warning is None else (warning,)


def _decisions(
    coding: InputCoding, data: Samples | None, weight_bits: int | None
) -> tuple[str, ...]:
    scale = (
        "scale: worst case over the declared input range"
        if data is None
        else f"scale: calibrated on {data.n_samples} samples of {data.where}"
    )
    narrowed = () if weight_bits is None else (f"weights: {weight_bits} bits, as asked",)
    return (f"input coding: {coding.value}", scale, *narrowed)
