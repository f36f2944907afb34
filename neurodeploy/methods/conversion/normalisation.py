"""The normalisation of a network's input, made a part of its first layer."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from neurodeploy.errors import InputError
from neurodeploy.model import Model, Scale, Shift


def with_normalisation(ann: Model, mean: Sequence[float], std: Sequence[float]) -> Model:
    """Return the network that takes ``x`` where `ann` takes ``(x - mean) / std``.

    The padding of a first convolution stays what it is there: zeros of the normalised values.

    Parameters
    ----------
    mean, std : one number, or one of each channel (the first axis), in units of ``x``.

    Raises
    ------
    InputError
        If they do not fit the input's channels, or a deviation is not above 0 (ND2832).
    """
    shape = ann.inputs[0].shape
    problems = [
        f"{len(values)} {what} are given, the input {ann.inputs[0].name!r} has {shape[0]} channels"
        for what, values in (("means", mean), ("deviations", std))
        if len(values) not in (1, shape[0])
    ]
    problems += [f"a deviation is {value:g}, expected above 0" for value in std if not value > 0]
    if problems:
        raise InputError("ND2832", *problems)
    axes = (-1, *[1] * (len(shape) - 1))
    factor = 1.0 / np.array(std, np.float64).reshape(axes)
    offset = -np.array(mean, np.float64).reshape(axes) * factor
    into = (Scale(scale=factor), Shift(shift=offset))
    entry = ann.inputs[0].name
    projections = tuple(
        replace(p, chain=(*into, *p.chain)) if entry in p.sources else p for p in ann.projections
    )
    numbers = (", ".join(f"{value:g}" for value in values) for values in (mean, std))
    line = "the input's normalisation is folded: mean {}, deviation {}".format(*numbers)
    return replace(ann, projections=projections, history=(*ann.history, line))
