"""Turn the PATH of a command into a deployment: a folder is read, a `.nir` file compiled."""

from pathlib import Path
from typing import TYPE_CHECKING

from neurodeploy.errors import InputError

if TYPE_CHECKING:
    from neurodeploy.deployment.deployment import Deployment
    from neurodeploy.model.nir_file import Conventions
    from neurodeploy.target import Stimulus
    from neurodeploy.toolchain import CompileOptions, Encoding, Samples


def prepared(
    path: Path,
    target: str,
    options: "CompileOptions",
    conventions: "Conventions",
    data: "Samples",
    encoding: "Encoding | None",
) -> "tuple[Deployment, Stimulus, tuple[str, ...]]":
    """Return the deployment at `path`, its integers for `data`, and what was assumed."""
    from neurodeploy import toolchain

    deployment, assumptions = deployment_at(path, target, options, conventions, data, encoding)
    return deployment, toolchain.stimulus_of(deployment, data, encoding), assumptions


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
    from neurodeploy.model import Model

    if path.is_dir() and not (path / "model.json").is_file():
        return toolchain.load_deployment(path), ()
    if not path.exists():
        raise InputError("ND2602", f"{path}: no such file or folder")
    network, assumptions = toolchain.load(path, conventions)
    if options.input_range is None and isinstance(network, Model):
        low, high = range_of(data, encoding, network.inputs[0].shape)
        options = replace(options, input_range=(low, high))
        assumptions = (*assumptions, f"input range {low:g}..{high:g}, that of {data.where}")
    deployment = toolchain.compile_network(network, target, options)
    replaced = {line for line in assumptions if line.startswith("input '")}
    return deployment, tuple(line for line in assumptions if line not in replaced)


def range_of(
    data: "Samples", encoding: "Encoding | None", shape: tuple[int, ...]
) -> tuple[float, float]:
    """Return the range of the values that will arrive at an input of `shape`, at least 0 to 1."""
    from neurodeploy.toolchain import series_of

    if encoding is not None and encoding.coder in ("rate", "latency", "delta"):
        return 0.0, 1.0
    x = data.x if data.offsets is None else series_of(data, shape, encoding)[0]
    return min(float(x.min()), 0.0), max(float(x.max()), 1.0)
