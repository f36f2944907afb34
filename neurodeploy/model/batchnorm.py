"""A BatchNorm that has no weights before it to fold into, as operators of its own."""

from neurodeploy.model.operator import BatchNorm, Conv1d, Conv2d, Operator, Scale, Shift


def standing_alone(norm: BatchNorm, n_axes: int) -> tuple[Operator, ...]:
    """Return operators that compute `norm` on values of `n_axes` axes.

    On one or two axes of pixels that is a convolution of each channel with one weight, for which
    NIR has a node; elsewhere a factor and an offset.
    """
    channels = (-1, *[1] * (n_axes - 1))
    weight, groups = norm.factor.reshape(-1, *[1] * n_axes), len(norm.mean)
    match n_axes:
        case 2:
            return (Conv1d(weight=weight, bias=norm.offset, groups=groups),)
        case 3:
            return (Conv2d(weight=weight, bias=norm.offset, groups=groups),)
    scale, shift = norm.factor.reshape(channels), norm.offset.reshape(channels)
    return Scale(scale=scale), Shift(shift=shift)
