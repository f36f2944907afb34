"""`neurodeploy run`."""

from pathlib import Path
from typing import Annotated

import typer

from neurodeploy.cli import options, output
from neurodeploy.cli.source import prepared
from neurodeploy.errors import InputError


def run(
    path: Annotated[Path, typer.Argument(help="A deployment folder, or a .nir file.")],
    data: options.Data,
    target: options.Target = "cpu-emu",
    chip: options.Chip = None,
    out: Annotated[
        Path | None,
        typer.Option("--output", "-o", help=".npz for outputs, predictions and recorded rasters."),
    ] = None,
    record: Annotated[
        list[str] | None,
        typer.Option("--record", help="Layer whose spikes, u and v are kept; may be repeated."),
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
    workers: Annotated[
        int | None, typer.Option("--workers", min=1, help="Threads; else one a processor.")
    ] = None,
    dask: options.Dask = None,
    input_coding: options.Coding = None,
    input_range: options.InputRange = None,
    dt: options.Dt = None,
    reset: options.ResetRule = None,
    if_gain: options.IfGain = None,
    discretisation: options.DiscretisationRule = None,
    framework: options.Framework = None,
    json: options.Json = False,
) -> None:
    """Run every sample in integers and print what came out.

    Reads a deployment (or compiles a .nir file) and a stimulus; writes outputs with -o.
    """
    from neurodeploy import toolchain
    from neurodeploy.target import RunOptions
    from neurodeploy.target.run_arrays import write_run

    samples, coder = options.stimulus(
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
    deployment, stimulus, assumptions = prepared(
        path,
        target,
        options.compile_options(chip, input_coding, input_range),
        options.conventions(dt, reset, if_gain, discretisation, framework),
        samples,
        coder,
    )
    _refuse_unknown(record or [], [p.name for p in deployment.program.populations])
    with output.progress("samples", stimulus.n_samples, quiet=json) as advance:
        choice = RunOptions(
            record=frozenset(record or ()),
            fidelity=toolchain.Fidelity.L0,
            workers=workers,
            on_progress=advance,
        )
        result = toolchain.run(deployment, stimulus, choice, dask=dask)
    if out is not None:
        write_run(result, out)
    predictions = result.predictions()
    right = None if samples.y is None else int((predictions == samples.y).sum())
    spikes = {name: int(count.sum()) for name, count in result.spikes_per_neuron.items()}
    if json:
        output.print_json(
            {
                "samples": result.n_samples,
                "steps": result.n_steps,
                "predictions": predictions.tolist(),
                "right": right,
                "spikes": spikes,
                **({} if result.checks is None else {"steps_used": result.steps_used.tolist()}),
                "assumptions": list(assumptions),
            }
        )
        return
    for line in assumptions:
        output.say(f"assumed: {line}")
    if right is not None:
        output.say(f"{right} of {result.n_samples} right ({100 * right / result.n_samples:.2f} %)")
    if result.checks is not None:
        output.say(
            f"stopped after {result.mean_steps:.2f} of {result.n_steps} steps, mean over samples, "
            "by the deployment's exit policy"
        )
    output.table(
        ("layer", "spikes per sample"),
        [(name, output.number(total / result.n_samples)) for name, total in spikes.items()],
    )
    if out is not None:
        output.say(f"\nWrote {out}")
    output.next_command(f"neurodeploy profile {path} --data {data}")


def _refuse_unknown(record: list[str], layers: list[str]) -> None:
    unknown = [name for name in record if name not in layers]
    if unknown:
        raise InputError(
            "ND2604",
            f"--record names {', '.join(map(repr, unknown))}; the layers are {', '.join(layers)}",
        )
