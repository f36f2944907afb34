"""`neurodeploy export`."""

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from neurodeploy.cli import options, output
from neurodeploy.errors import InputError

if TYPE_CHECKING:
    from neurodeploy.toolchain import Encoding, Samples


class Form(StrEnum):
    """What can be written."""

    NIR = "nir"
    SANA_FE = "sana-fe"


def export(
    source: Annotated[
        str,
        typer.Argument(help="package.module:factory of an snntorch network; or a deployment."),
    ],
    out: Annotated[
        Path, typer.Option("--output", "-o", help="The .nir file, or the folder, to write.")
    ],
    form: Annotated[
        Form,
        typer.Option("--to", help="nir, from an snntorch network; sana-fe, from a deployment."),
    ] = Form.NIR,
    input_shape: Annotated[
        str | None,
        typer.Option("--input-shape", help="nir: shape of one step's input, e.g. 1,28,28."),
    ] = None,
    weights: Annotated[
        Path | None, typer.Option("--weights", help="nir: checkpoint, read with weights_only.")
    ] = None,
    dt: Annotated[float, typer.Option("--dt", help="nir: time step in seconds.")] = 1e-4,
    step_method: Annotated[
        str, typer.Option("--step-method", help="nir: method that computes one step.")
    ] = "forward",
    data: Annotated[
        Path | None,
        typer.Option("--data", help="sana-fe: stimulus .npz whose spikes the inputs replay."),
    ] = None,
    sample: Annotated[
        int, typer.Option("--sample", min=0, help="sana-fe: which sample of --data.")
    ] = 0,
    replay: Annotated[
        bool,
        typer.Option("--replay", help="sana-fe: replay every neuron's spikes; costs only."),
    ] = False,
    observable: options.Observable = None,
    encode: options.Encode = None,
    steps: options.Steps = None,
    seed: options.Seed = 0,
    delta_threshold: options.DeltaThreshold = None,
    step_us: options.StepUs = None,
    layout: options.Order = None,
    json: options.Json = False,
) -> None:
    """Write an snntorch network as .nir, or a deployment as SANA-FE's architecture and network.

    nir: imports the factory, loads the weights, folds batch normalisation, keeps reset rules and
    delays; a folder (model.json) holds what NIR has no node for; needs the extra `train`.
    sana-fe: arch.yaml and snn.yaml, and export.json, which lists what the two models do not share.
    """
    if form is Form.NIR:
        _export_nir(source, out, input_shape, weights, dt, step_method, json=json)
        return
    given = None
    if data is not None:
        given = options.stimulus(
            data,
            labels=None,
            observable=observable,
            limit=None,
            layout=layout,
            encode=encode,
            steps=steps,
            seed=seed,
            delta_threshold=delta_threshold,
            step_us=step_us,
        )
    _export_sanafe(Path(source), out, given, sample, replay=replay, json=json)


def _export_nir(
    module: str,
    out: Path,
    input_shape: str | None,
    weights: Path | None,
    dt: float,
    step_method: str,
    *,
    json: bool,
) -> None:
    from neurodeploy import toolchain

    if input_shape is None:
        raise InputError("ND2601", "--to nir needs --input-shape, e.g. --input-shape 1,28,28")
    shape = _shape(input_shape)
    model = toolchain.export_snntorch(module, shape, weights, dt, step_method)
    toolchain.write_network(model, out)
    if json:
        output.print_json({"file": str(out), "digest": model.digest, "history": model.history})
        return
    for line in model.history:
        output.say(line)
    output.say(f"Wrote {out}: {len(model.populations)} layers, {model.digest}")
    output.next_command(f"neurodeploy inspect {out}")


def _export_sanafe(
    build: Path,
    out: Path,
    given: "tuple[Samples, Encoding | None] | None",
    sample: int,
    *,
    replay: bool,
    json: bool,
) -> None:
    from neurodeploy import toolchain

    deployment = toolchain.load_deployment(build)
    stimulus = None if given is None else toolchain.stimulus_of(deployment, *given)
    found = toolchain.export_sanafe(deployment, out, stimulus, sample=sample, replay=replay)
    if json:
        output.print_json(
            {
                "folder": str(out),
                "groups": dict(found.names),
                "replayed": list(found.replays),
                "n_steps": found.n_steps,
                "differences": list(found.differences),
            }
        )
        return
    output.say(f"Wrote {out}/: arch.yaml, snn.yaml and export.json")
    if found.n_steps is not None:
        output.say(f"the inputs' spikes are sample {sample}'s: {found.n_steps} steps")
    if found.replays:
        output.say(f"replayed: {', '.join(found.replays)}")
    output.heading("What the two models do not share")
    for line in found.differences:
        output.say(f"- {line}")


def _shape(text: str) -> tuple[int, ...]:
    try:
        shape = tuple(int(part) for part in text.split(","))
    except ValueError:
        raise InputError("ND2601", f"--input-shape is {text!r}, expected e.g. 1,28,28") from None
    if min(shape) < 1:
        raise InputError("ND2601", f"--input-shape is {text!r}, every axis must be positive")
    return shape
