"""Read an ONNX file as a Model, if the package onnx is there."""

from pathlib import Path

from neurodeploy.errors import TargetUnavailable
from neurodeploy.model import Model


def from_onnx(path: Path, input_shape: tuple[int, ...] | None = None) -> Model:
    """Return the Model of the artificial network in an ONNX file.

    ReLU become Relu populations and maximum pools Max populations; what lies between them becomes
    the chains of projections, branches that meet are projections to one population. A value with
    weights that is used twice or goes on as a sum is a Linear population. Softmax at the very end
    is dropped. The Model is one step long: ``model.simulate(x[:, None])``.

    Parameters
    ----------
    input_shape : shape of one sample, without the batch axis; needed where the file leaves an axis
        open.

    Raises
    ------
    TargetUnavailable
        If the package onnx is not installed (ND4003).
    InputError
        If the file cannot be read (ND2210) or holds what cannot be read (ND2211: all of it, by
        name), or if its values are those of no network (ND2110).
    """
    try:
        from neurodeploy.frontends.onnx.walk import walk  # needs onnx
    except ImportError as error:
        raise TargetUnavailable(
            "ND4003", f"{error.name} is not installed: pip install 'neurodeploy[onnx]'"
        ) from error
    return walk(path, input_shape)
