"""Turn the PATH of a command into a deployment: a folder is read, a `.nir` file compiled."""

from pathlib import Path
from typing import TYPE_CHECKING

from neurodeploy.errors import InputError

if TYPE_CHECKING:
    from neurodeploy.deployment.deployment import Deployment
    from neurodeploy.model.nir_file import Conventions
    from neurodeploy.toolchain import CompileOptions, Encoding, Samples


def deployment_at(
    path: Path,
    target: str,
    options: "CompileOptions",
    conventions: "Conventions",
    data: "Samples",
    encoding: "Encoding | None",
) -> "tuple[Deployment, tuple[str, ...]]":
    """Return the deployment at `path` and what was assumed to make it.

    A `.nir` file is compiled for the input range of `data`; nothing else is taken from it, so that
    a test set chooses nothing.
    """
    from dataclasses import replace

    from neurodeploy import toolchain

    if path.is_dir():
        return toolchain.load_deployment(path), ()
    if not path.is_file():
        raise InputError("ND2602", f"{path}: no such file or folder")
    model, assumptions = toolchain.load(path, conventions)
    if options.input_range is None:
        low, high = range_of(data, encoding)
        options = replace(options, input_range=(low, high))
    deployment = toolchain.compile_model(model, target, options)
    kept = tuple(line for line in assumptions if line in deployment.history)
    return deployment, (*kept, f"input range {low:g}..{high:g}, that of {data.where}")


def range_of(data: "Samples", encoding: "Encoding | None") -> tuple[float, float]:
    """Return the range of the values that will arrive, at least 0 to 1."""
    if encoding is not None and encoding.coder == "rate":
        return 0.0, 1.0
    return min(float(data.x.min()), 0.0), max(float(data.x.max()), 1.0)
