"""Turn a path into a deployment: a folder is read, a network's file compiled."""

from dataclasses import replace
from pathlib import Path

from neurodeploy.deployment.deployment import Deployment
from neurodeploy.deployment.host import InputCoding
from neurodeploy.errors import InputError
from neurodeploy.frontends.samples import Encoding, Samples, is_analog, series_of
from neurodeploy.model import Model
from neurodeploy.model.nir_file import Conventions
from neurodeploy.toolchain.compiling import (
    CompileOptions,
    compile_network,
    load_deployment,
    with_input_range,
)
from neurodeploy.toolchain.loading import Network, load


def deployment_at(
    path: Path,
    target: str,
    options: CompileOptions,
    conventions: Conventions,
    data: Samples,
    encoding: Encoding | None,
) -> tuple[Deployment, tuple[str, ...]]:
    """Return the deployment at `path` and what was assumed to make it.

    A `.nir` file is compiled for the input range of `data`, and for the host to multiply where its
    values are no integers; nothing else is taken from it, so that a test set chooses nothing.

    Raises
    ------
    InputError
        If there is nothing at `path` (ND2602), or as `load` does.
    """
    if path.is_dir() and not (path / "model.json").is_file():
        return load_deployment(path), ()
    if not path.exists():
        raise InputError("ND2602", f"{path}: no such file or folder")
    network, assumptions = load(path, conventions)
    options, said = suited(network, options, data, encoding)
    assumptions = (*assumptions, *said)
    deployment = compile_network(network, target, options)
    replaced = {line for line in assumptions if line.startswith("input '")}
    return deployment, tuple(line for line in assumptions if line not in replaced)


def suited(
    network: Network, options: CompileOptions, data: Samples, encoding: Encoding | None
) -> tuple[CompileOptions, tuple[str, ...]]:
    """Return `options` with what they leave open taken from `data`, and a line for each of it.

    The range of the input, and that the host multiplies values that are no integers; a Program
    keeps what it has.
    """
    said: list[str] = []
    if not isinstance(network, Model):
        return options, ()
    if options.input_range is None:
        low, high = range_of(data, encoding, network.inputs[0].shape)
        options = replace(options, input_range=(low, high))
        said.append(f"input range {low:g}..{high:g}, that of {data.where}")
    if options.coding is None and _enter_analog(data, encoding):
        options = replace(options, coding=InputCoding.INJECTED)
        said.append(f"input coding injected: x of {data.where} holds values that are not integers")
    return options, tuple(said)


def with_range_of(model: Model, data: Samples, encoding: Encoding | None) -> Model:
    """Return `model` whose input declares the range of the values of `data`."""
    low, high = range_of(data, encoding, model.inputs[0].shape)
    return with_input_range(model, low, high, f"as in {data.where}")


def _enter_analog(data: Samples, encoding: Encoding | None) -> bool:
    """Return whether the steps hold values that are not integers: as given, or repeated."""
    repeated = encoding is None or encoding.coder == "direct"
    return repeated and data.offsets is None and is_analog(data)


def range_of(
    data: Samples, encoding: Encoding | None, shape: tuple[int, ...]
) -> tuple[float, float]:
    """Return the range of the values that will arrive at an input of `shape`, at least 0 to 1."""
    if encoding is not None and encoding.coder in ("rate", "latency", "delta"):
        return 0.0, 1.0
    x = data.x if data.offsets is None else series_of(data, shape, encoding)[0]
    return min(float(x.min()), 0.0), max(float(x.max()), 1.0)
