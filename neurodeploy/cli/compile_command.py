"""`neurodeploy compile`."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from neurodeploy.cli import options, output

if TYPE_CHECKING:
    from neurodeploy.deployment.deployment import Deployment
    from neurodeploy.report.report import Report
    from neurodeploy.toolchain import PlacementRow, RefusedPlacement, Samples

Kept = tuple[float, float]
"""Accuracy of the float network and of its integers on the same data."""

LOSS_TO_MEND = 0.01
"""Accuracy lost by rounding above which finetuning in the integers is worth a hint."""


def compile_(
    model: Annotated[Path, typer.Argument(help="A .nir file.")],
    target: options.Target = "cpu-emu",
    chip: options.Chip = None,
    out: Annotated[
        Path | None, typer.Option("--output", "-o", help="Folder; else MODEL.TARGET/ here.")
    ] = None,
    data: Annotated[
        Path | None,
        typer.Option(
            "--data",
            help="Calibration .npz: its largest states set the scale, its spikes the placement.",
        ),
    ] = None,
    labels: options.Labels = None,
    observable: options.Observable = None,
    encode: options.Encode = None,
    steps: options.Steps = None,
    seed: options.Seed = 0,
    delta_threshold: options.DeltaThreshold = None,
    step_us: options.StepUs = None,
    layout: options.Order = None,
    limit: options.Limit = None,
    input_coding: options.Coding = None,
    input_range: options.InputRange = None,
    weight_bits: options.WeightBits = None,
    placement: options.PlacementName = "layer-order",
    compare_placements: Annotated[
        bool,
        typer.Option("--compare-placements", help="Also print what each placement would cost."),
    ] = False,
    dt: options.Dt = None,
    reset: options.ResetRule = None,
    if_gain: options.IfGain = None,
    discretisation: options.DiscretisationRule = None,
    framework: options.Framework = None,
    json: options.Json = False,
) -> None:
    """Compile a network to a chip's integers, placed on its cores.

    Reads a .nir file (and calibration data), writes a deployment folder, returns 0, or 3 if the
    network has no integer form or does not fit, with every reason.
    """
    from neurodeploy import toolchain

    network, assumptions = toolchain.load(
        model, options.conventions(dt, reset, if_gain, discretisation, framework)
    )
    choices = options.compile_options(chip, input_coding, input_range, placement, weight_bits)
    samples = None
    if data is None:
        options.encoding(encode, steps, seed, delta_threshold, step_us)
    else:
        given, coder = options.stimulus(
            data,
            labels=labels,
            observable=observable,
            limit=limit,
            layout=layout,
            encode=encode,
            steps=steps,
            seed=seed,
            delta_threshold=delta_threshold,
            step_us=step_us,
        )
        samples = toolchain.encoded_for(network, given, coder)
    deployment = toolchain.compile_network(
        network, target, choices, None if samples is None else (samples, None)
    )
    folder = out or Path(f"{model.stem}.{target}")
    on_data = None if samples is None else _on_data(deployment, samples)
    kept = None if samples is None or on_data is None else _kept(deployment, samples, on_data)
    compared = toolchain.compare_on(deployment, samples) if compare_placements else None
    toolchain.save(deployment, folder)
    if json:
        output.print_json(as_json(deployment, assumptions, folder, on_data, kept, compared))
        return
    print_configuration(deployment, assumptions)
    print_layers(deployment)
    print_usage(deployment)
    if on_data is not None:
        print_on_data(on_data)
    if kept is not None:
        print_kept(kept, _finetuning(model, deployment, weight_bits))
    if compared is not None:
        print_compared(deployment, samples, compared)
    output.say(f"\nWrote {folder}/")
    output.next_command(f"neurodeploy profile {folder} --data stimulus.npz")


def print_configuration(deployment: "Deployment", assumptions: tuple[str, ...]) -> None:
    """Print what was used to compile, and what was assumed."""
    hardware, placement = deployment.hardware, deployment.placement
    cores = "1 core" if placement.n_cores == 1 else f"{placement.n_cores} cores"
    output.heading(f"{deployment.target} on {hardware.name}: fits on {cores}")
    output.say(f"  chip: {hardware.title}")
    for line in deployment.history:
        output.say(f"  assumed: {line}" if line in assumptions else f"  {line}")


def print_layers(deployment: "Deployment") -> None:
    """Print a row a population: where it lies, and what rounding did to it."""
    rows = []
    quantisation = {q.population: q for q in deployment.quantisation}
    for population in deployment.program.populations:
        slices = deployment.placement.slices_of(population.name)
        cores = sorted({part.core for part in slices})
        q = quantisation.get(population.name)
        errors = (
            ("", "", "", "", "")
            if q is None
            else (
                str(q.vth),
                ",".join(map(str, q.weight_exp)),
                f"{100 * q.weight_error:.2f} %",
                f"{100 * q.decay_error:.2f} %",
                f"{q.headroom_bits:.1f}",
            )
        )
        span = str(cores[0]) if len(cores) == 1 else f"{cores[0]}-{cores[-1]}"
        rows.append((population.name, str(population.size), span, *errors))
    output.say()
    if not quantisation:
        output.table(("layer", "neurons", "cores"), [row[:3] for row in rows])
        return
    output.table(
        ("layer", "neurons", "cores", "vth", "exp", "weight err", "decay err", "headroom bits"),
        rows,
    )
    zeroed = sum(q.weights_rounded_to_zero for q in deployment.quantisation)
    basis = sorted({q.headroom_basis for q in deployment.quantisation})
    output.say(
        f"\nQuantisation: thresholds exact; {zeroed:,} weights rounded to 0; "
        f"headroom to a wrap by {', '.join(basis)}"
    )


def _on_data(deployment: "Deployment", samples: "Samples") -> "Report":
    """Run the calibration data through the integers, for what only a run can tell."""
    from neurodeploy import toolchain
    from neurodeploy.target import RunOptions

    stimulus = toolchain.stimulus_of(deployment, samples)
    return toolchain.profile(deployment, stimulus, RunOptions(fidelity=toolchain.Fidelity.L0))


def print_on_data(report: "Report") -> None:
    """Print what the integers did on the calibration data."""
    names = ("spikes", "current_wraps", "voltage_saturations", "dead_neurons", "always_on_neurons")
    rows = [
        (layer.name, *(output.number(layer.metrics[name].value) for name in names))
        for layer in report.layers
    ]
    output.heading(f"On the calibration data, {report.n_samples} samples, per inference")
    output.table(("layer", "spikes", "wraps", "saturations", "dead", "always on"), rows)


def _kept(deployment: "Deployment", samples: "Samples", on_data: "Report") -> Kept | None:
    """Return what rounding left of the accuracy; None without labels or a float network."""
    from neurodeploy import toolchain

    rounded = on_data.metrics["accuracy"].value if "accuracy" in on_data.metrics else None
    if samples.y is None or deployment.model is None or rounded is None:
        return None
    return toolchain.float_accuracy(deployment, samples, None), rounded


def print_kept(kept: Kept, finetuning: str) -> None:
    """Print what rounding did to the accuracy, and how to mend it where that is much."""
    before, after = kept
    output.say(
        f"\nRight on the calibration data: {100 * before:.2f} % in floating point, "
        f"{100 * after:.2f} % in integers"
    )
    if before - after > LOSS_TO_MEND:
        output.say(f"Training in these integers may bring it back: {finetuning}")


def _finetuning(model: Path, deployment: "Deployment", weight_bits: int | None) -> str:
    bits = "" if weight_bits is None else f" --weight-bits {weight_bits}"
    return (
        f"neurodeploy train {model} --quantised --chip {deployment.hardware.name} "
        f"--input-coding {deployment.coding.value}{bits} --data train.npz -o finetuned.nir"
    )


def print_compared(
    deployment: "Deployment",
    samples: "Samples | None",
    rows: "tuple[PlacementRow | RefusedPlacement, ...]",
) -> None:
    """Print what each placement costs in a time step."""
    from neurodeploy.toolchain import PlacementRow

    basis = "a spike of all in every step" if samples is None else "the calibration data's spikes"
    output.heading(f"Placements, per step, for {basis}")
    columns = ("placement", "cores", "busiest core", "max/mean", "busiest link", "messages", "hops")
    found = [row for row in rows if isinstance(row, PlacementRow)]
    output.table(columns, [_compared(deployment, row) for row in found])
    for row in rows:
        if not isinstance(row, PlacementRow):
            output.say(f"{row.strategy}: does not fit: {'; '.join(row.reasons)}")


def _compared(deployment: "Deployment", row: "PlacementRow") -> tuple[str, ...]:
    tick_s = deployment.hardware.tick_ps * 1e-12
    work = (
        output.si(row.busiest_core_work * tick_s, "s")
        if row.unit == "ticks"
        else f"{output.number(row.busiest_core_work)} ops"
    )
    traffic = (row.busiest_link_messages, row.messages, row.hops)
    return (
        row.strategy.value,
        str(row.n_cores),
        work,
        f"{row.imbalance:.2f}",
        *(output.number(value) for value in traffic),
    )


def print_usage(deployment: "Deployment") -> None:
    """Print the fullest core of each limit."""
    from neurodeploy.hardware import Evidence

    usage, limits = deployment.placement.usage, deployment.hardware.limits
    rows = []
    for name in usage[0]:
        core = max(range(len(usage)), key=lambda c: usage[c][name].used)
        used = usage[core][name]
        share = "no limit known" if used.limit is None else f"{100 * used.used / used.limit:.1f} %"
        limit = "" if used.limit is None else f"{used.limit:,}"
        evidence = limits[name].evidence.value if name in limits else ""
        label = name.replace("_per_core", "").replace("_", " ")
        rows.append((label, str(core), f"{used.used:,}", limit, share, evidence))
    output.say()
    output.table(("fullest core", "core", "used", "limit", "share", "evidence"), rows)
    if any(row[-1] == Evidence.ASSUMED for row in rows):
        output.say("A limit that is only assumed is shown and refuses nothing.")


def as_json(
    deployment: "Deployment",
    assumptions: tuple[str, ...],
    folder: Path,
    on_data: "Report | None",
    kept: Kept | None,
    compared: "tuple[PlacementRow | RefusedPlacement, ...] | None",
) -> dict[str, object]:
    """Return what `--json` prints."""
    from neurodeploy.report.json_file import as_json as report_json

    return {
        "placements": None if compared is None else [options.as_plain(row) for row in compared],
        "on_calibration_data": None if on_data is None else report_json(on_data)["layers"],
        "accuracy": None if kept is None else {"float": kept[0], "integers": kept[1]},
        "folder": str(folder),
        "digest": deployment.digest,
        "target": deployment.target,
        "chip": deployment.hardware.name,
        "input_coding": deployment.coding.value,
        "cores": deployment.placement.n_cores,
        "placement": deployment.placement.strategy,
        "history": list(deployment.history),
        "assumptions": list(assumptions),
        "usage": options.as_plain(deployment.placement)["usage"],
        "quantisation": [options.as_plain(q) for q in deployment.quantisation],
    }
