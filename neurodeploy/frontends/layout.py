"""In which order the axes of a stimulus stand: stated, never guessed."""

from enum import StrEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from neurodeploy.errors import InputError


class Layout(StrEnum):
    """The order of a file's axes.

    ``sample-step`` is (sample, step, *shape), ours. ``step-sample`` is (step, sample, *shape), as
    snntorch and SpikingJelly have it. ``step-last`` is (sample, *shape, step), as lava-dl has it.
    """

    SAMPLE_STEP = "sample-step"
    STEP_SAMPLE = "step-sample"
    STEP_LAST = "step-last"


def layout_of(name: str | None) -> Layout:
    """Return the layout of that name, ours for None.

    Raises
    ------
    InputError
        If there is none (ND2601).
    """
    if name is None:
        return Layout.SAMPLE_STEP
    if name not in set(Layout):
        raise InputError("ND2601", f"--layout is {name!r}, allowed are {', '.join(Layout)}")
    return Layout(name)


def ordered(x: NDArray[Any], layout: Layout) -> NDArray[Any]:
    """Return `x`, which has at least two axes, as (sample, step, *shape)."""
    match layout:
        case Layout.SAMPLE_STEP:
            return x
        case Layout.STEP_SAMPLE:
            return np.swapaxes(x, 0, 1)
        case Layout.STEP_LAST:
            return np.moveaxis(x, -1, 1)
