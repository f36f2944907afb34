"""`neurodeploy export`."""

from pathlib import Path
from typing import Annotated

import typer

from neurodeploy.cli import options, output
from neurodeploy.errors import InputError


def export(
    module: Annotated[str, typer.Argument(help="package.module:factory of an snntorch network.")],
    input_shape: Annotated[
        str, typer.Option("--input-shape", help="Shape of one step's input, e.g. 1,28,28.")
    ],
    out: Annotated[
        Path, typer.Option("--output", "-o", help="The .nir file to write, or a folder.")
    ],
    weights: Annotated[
        Path | None, typer.Option("--weights", help="Checkpoint, read with weights_only.")
    ] = None,
    dt: Annotated[float, typer.Option("--dt", help="Time step in seconds.")] = 1e-4,
    step_method: Annotated[
        str, typer.Option("--step-method", help="Method of the network that computes one step.")
    ] = "forward",
    json: options.Json = False,
) -> None:
    """Write an snntorch network as a .nir file, reset rules and delays kept.

    A folder (model.json) holds what NIR has no node for. Imports the factory, loads the weights,
    folds batch normalisation; needs the extra `train`.
    """
    from neurodeploy import toolchain

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


def _shape(text: str) -> tuple[int, ...]:
    try:
        shape = tuple(int(part) for part in text.split(","))
    except ValueError:
        raise InputError("ND2601", f"--input-shape is {text!r}, expected e.g. 1,28,28") from None
    if min(shape) < 1:
        raise InputError("ND2601", f"--input-shape is {text!r}, every axis must be positive")
    return shape
