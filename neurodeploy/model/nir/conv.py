"""Convolutions with one group and a square kernel, the only ones that nir 1.0.8 reads back."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from neurodeploy.geometry.conv import Pair
from neurodeploy.model.nir.notes import ConvNotes
from neurodeploy.model.operator import Conv1d, Conv2d

Floats = NDArray[np.float64]


def plain_conv1d(conv: Conv1d) -> Conv1d:
    """Return the same convolution, block-dense in one group."""
    dense = _one_group(conv.as_conv2d)
    return replace(conv, weight=dense.weight[:, :, 0], groups=1)


def plain_conv(conv: Conv2d) -> Conv2d:
    """Return the same convolution, block-dense in one group and zero-padded to a square kernel.

    Raises
    ------
    ValueError
        If no square kernel has the same windows: height and width must grow by an even number of
        pixels in all.
    """
    dense = _one_group(conv)
    side = max(dense.weight.shape[2:])
    grow = [
        (side - size) * d for size, d in zip(dense.weight.shape[2:], conv.dilation, strict=True)
    ]
    more = [side - size for size in dense.weight.shape[2:]]
    if more[0] % 2 or more[1] % 2:
        raise ValueError(
            f"a kernel of {dense.weight.shape[2:]} cannot be centred in a square one, and nir "
            "reads no other"
        )
    borders = [(n // 2, n // 2) for n in more]
    return replace(
        dense,
        weight=np.pad(dense.weight, ((0, 0), (0, 0), *borders)),
        padding=(conv.padding[0] + grow[0] // 2, conv.padding[1] + grow[1] // 2),
    )


def conv_notes(conv: Conv1d | Conv2d) -> ConvNotes:
    """Return what `original_conv` needs to undo `plain_conv` or `plain_conv1d`."""
    conv = conv.as_conv2d if isinstance(conv, Conv1d) else conv
    return ConvNotes(groups=conv.groups, kernel=_kernel(conv), padding=conv.padding)


def original_conv(plain: Conv1d | Conv2d, notes: ConvNotes) -> Conv1d | Conv2d:
    """Return the convolution that `plain` was made of.

    Raises
    ------
    ValueError
        If there is none, because somebody edited the weights or the notes.
    """
    if isinstance(plain, Conv1d):
        weight = _grouped(plain.as_conv2d.weight, notes.groups)
        grouped = replace(plain, weight=weight[:, :, 0], groups=notes.groups)
        same = np.array_equal(plain_conv1d(grouped).weight, plain.weight)
        return _checked(grouped, notes, same=same)
    height, width = notes.kernel
    sides = plain.weight.shape[2:]
    if height > sides[0] or width > sides[1]:
        raise ValueError(f"weights {plain.weight.shape} do not hold kernels of {notes.kernel}")
    top, left = (sides[0] - height) // 2, (sides[1] - width) // 2
    inner = plain.weight[:, :, top : top + height, left : left + width]
    conv = replace(
        plain,
        weight=_grouped(inner, notes.groups),
        padding=notes.padding,
        groups=notes.groups,
    )
    again = plain_conv(conv)
    same = again.padding == plain.padding and np.array_equal(again.weight, plain.weight)
    return _checked(conv, notes, same=same)


def _checked(conv: Conv1d | Conv2d, notes: ConvNotes, *, same: bool) -> Conv1d | Conv2d:
    if not same:
        raise ValueError(
            f"weights outside of the {notes.groups} groups of {notes.kernel} are not zero"
        )
    return conv


def _grouped(weight: Floats, groups: int) -> Floats:
    """Return the blocks on the diagonal, (out, in / groups, height, width)."""
    n_out, n_in, *kernel = weight.shape
    if groups < 1 or n_out % groups or n_in % groups:
        raise ValueError(f"weights {weight.shape} do not hold {groups} groups")
    blocks = weight.reshape(groups, n_out // groups, groups, n_in // groups, *kernel)
    diagonal = blocks[np.arange(groups), :, np.arange(groups)]
    return diagonal.reshape(n_out, n_in // groups, *kernel)


def _one_group(conv: Conv2d) -> Conv2d:
    n_out, n_in, height, width = conv.weight.shape
    groups = conv.groups
    blocks = np.zeros((groups, n_out // groups, groups, n_in, height, width))
    grouped = conv.weight.reshape(groups, n_out // groups, n_in, height, width)
    blocks[np.arange(groups), :, np.arange(groups)] = grouped
    return replace(conv, weight=blocks.reshape(n_out, groups * n_in, height, width), groups=1)


def _kernel(conv: Conv2d) -> Pair:
    return conv.weight.shape[2], conv.weight.shape[3]
