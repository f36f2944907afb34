"""`neurodeploy fix`."""

from pathlib import Path
from typing import Annotated

import typer

from neurodeploy.cli import options, output


def fix(
    model: Annotated[Path, typer.Argument(help="A .nir file, however unusual.")],
    out: Annotated[
        Path, typer.Option("--output", "-o", help="The clean .nir file to write, or a folder.")
    ],
    dt: options.Dt = None,
    reset: options.ResetRule = None,
    if_gain: options.IfGain = None,
    discretisation: options.DiscretisationRule = None,
    framework: options.Framework = None,
    json: options.Json = False,
) -> None:
    """Write a clean .nir file that `nir.read` accepts, and say what was changed.

    What NIR cannot say (time step, reset rule, initial state, readout) is kept in its metadata.
    """
    from neurodeploy import toolchain

    network, changes = toolchain.load_model(
        model, options.conventions(dt, reset, if_gain, discretisation, framework)
    )
    unseen = toolchain.write_network(network, out)
    if json:
        output.print_json(
            {"file": str(out), "digest": network.digest, "changes": changes, "unseen": unseen}
        )
        return
    for line in changes:
        output.say(f"changed or assumed: {line}")
    for line in unseen:
        output.say(f"only readers of our metadata know: {line}")
    output.say(f"Wrote {out}")
    output.next_command(f"neurodeploy inspect {out}")
