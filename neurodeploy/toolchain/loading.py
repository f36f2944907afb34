"""Read and write a network, whatever file it is in."""

from pathlib import Path

from neurodeploy.errors import InputError, TargetUnavailable
from neurodeploy.frontends.lava_dl import from_lava_dl
from neurodeploy.model import Model
from neurodeploy.model.model_file import read_model, write_model
from neurodeploy.model.nir_file import Conventions, Findings, inspect_nir, read_nir, write_nir
from neurodeploy.passes.fold_batchnorm import FoldBatchNorm
from neurodeploy.passes.max_as_threshold import MaxAsThreshold
from neurodeploy.program import Program

Network = Model | Program
"""A float network, or one that brings its own integers."""


def load(path: Path, conventions: Conventions | None = None) -> tuple[Network, tuple[str, ...]]:
    """Read a network; return it and a line for each thing that was assumed.

    A `.nir` file gives a Model; so does an `.onnx` file or a folder with ``model.json``, of an
    artificial network. A lava-dl `.net` file gives a Program.

    Raises
    ------
    InputError
        If the file has another suffix (ND2605) or cannot be read.
    """
    if path.is_dir():
        return read_model(path), ()
    match path.suffix.lower():
        case ".nir":
            return read_nir(path, conventions or Conventions())
        case ".net":
            return from_lava_dl(path, aligned=True), (_ALIGNED,)
        case ".onnx":
            return _onnx(path), ()
    raise InputError(
        "ND2605", f"{path}: networks are read from .nir, .onnx and .net (lava-dl) files"
    )


def inspect_file(path: Path, conventions: Conventions) -> tuple[Model | None, Findings]:
    """Read a float network; return it, or None, and all that is to be said about its file.

    Raises
    ------
    InputError
        If the file cannot be read at all; only what is wrong in a NIR graph is a finding.
    """
    if path.suffix.lower() == ".nir":
        return inspect_nir(path, conventions)
    return load_model(path, conventions)[0], ()


def load_model(path: Path, conventions: Conventions | None = None) -> tuple[Model, tuple[str, ...]]:
    """Read a float network; see `load`.

    Raises
    ------
    InputError
        If the file brings integers of its own (ND2606), or as `load` does.
    """
    network, assumptions = load(path, conventions)
    if isinstance(network, Program):
        raise InputError(
            "ND2606", f"{path}: brings integers of its own and has no float network; compile it"
        )
    return network, assumptions


def export_snntorch(
    module: str,
    input_shape: tuple[int, ...],
    weights: Path | None,
    dt_s: float,
    method: str = "forward",
) -> Model:
    """Return the Model of the snntorch network at ``package.module:factory``, as NIR can hold it.

    Batch normalisation is folded, and the maximum of spikes is a sum above a threshold.

    `method` names the method of the network that computes one step.

    Raises
    ------
    TargetUnavailable
        If torch or snntorch is not installed (ND4003).
    """
    try:
        from neurodeploy.frontends.snntorch import from_snntorch, load_module  # needs torch
    except ImportError as error:
        raise missing_extra(error, "train") from error
    network = load_module(module, weights)
    model = from_snntorch(network, input_shape, dt_s, method)
    return MaxAsThreshold().apply(FoldBatchNorm().apply(model))


def write_network(model: Model, path: Path) -> tuple[str, ...]:
    """Write `model` as a `.nir` file, or, where `path` has no suffix, as a folder.

    The folder holds what NIR cannot: maximum pools, selections, artificial networks. `load` reads
    both. Returns what of a `.nir` only readers of our metadata know.

    Raises
    ------
    InputError
        If `path` is neither (ND2601), or NIR has no form for the network (ND2105).
    """
    match path.suffix.lower():
        case ".nir":
            return write_nir(model, path)
        case "":
            write_model(model, path)
            return ()
    raise InputError("ND2601", f"-o is {str(path)!r}, expected a .nir file or a folder")


_ALIGNED = "each layer starts when its input can first arrive, as lava-dl trains it"


def _onnx(path: Path) -> Model:
    from neurodeploy.frontends.onnx import from_onnx  # needs onnx, an extra

    return from_onnx(path)


def missing_extra(error: ImportError, extra: str) -> TargetUnavailable:
    """Return what to raise where a package of `extra` is not installed."""
    return TargetUnavailable(
        "ND4003", f"{error.name} is not installed: pip install 'neurodeploy[{extra}]'"
    )
