"""Tensors of torch as arrays of float64 with the values that torch computes with."""

import numpy as np
import torch
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Shape = tuple[int, ...]


def array(tensor: torch.Tensor) -> Floats:
    """Return the values of `tensor` as float64."""
    return tensor.detach().cpu().to(torch.float64).numpy()


def fitted(name: str, tensor: torch.Tensor, shape: Shape) -> Floats:
    """Return the parameter `tensor`, which broadcasts to values of `shape`.

    A batch axis of 1 is left out. A single number is rounded to float32 first: torch computes so
    with it whatever its type.

    Raises
    ------
    ValueError
        If it does not broadcast.
    """
    values = array(tensor if tensor.ndim else tensor.to(torch.float32))
    surplus = max(values.ndim - len(shape), 0)
    if values.shape[:surplus] == (1,) * surplus:
        values = values.reshape(values.shape[surplus:])
    try:
        fits = np.broadcast_shapes(values.shape, shape) == shape
    except ValueError:
        fits = False
    if not fits:
        raise ValueError(f"{name} of shape {values.shape} does not fit neurons of shape {shape}")
    return values
