"""Where the windows of a convolution or a pool lie: pads, auto_pad, ceil_mode."""

from dataclasses import dataclass

from neurodeploy.frontends.onnx.limits import check_size
from neurodeploy.frontends.onnx.node import Node
from neurodeploy.geometry.conv import Pair
from neurodeploy.model import Select

Shape = tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """Windows over (height, width).

    `before` and `after` are the zeros around the input that windows reach, `declared_after` those
    that the file asks for: ``ceil_mode`` may reach further.
    """

    kernel: Pair
    stride: Pair
    dilation: Pair
    before: Pair
    after: Pair
    declared_after: Pair
    output: Pair

    @property
    def is_padded(self) -> bool:
        """Whether windows reach zeros around the input."""
        return any((*self.before, *self.after))

    def padding(self, shape: Shape) -> Select:
        """Return the operator that puts the zeros around an input of `shape`."""
        return Select(
            start=(0, 0, 0),
            stop=shape,
            step=(1, 1, 1),
            before=(0, *self.before),
            after=(0, *self.after),
        )


def window_of(node: Node, kernel: tuple[int, ...], shape: Shape) -> Window:
    """Return the windows of `node` over an input of `shape` (channels, height, width).

    Raises
    ------
    ValueError
        If they are not two-dimensional, or do not fit.
    """
    strides, dilations = node.integers("strides", (1, 1)), node.integers("dilations", (1, 1))
    pads = node.integers("pads", (0, 0, 0, 0))
    if len(shape) != 3 or [len(kernel), len(strides), len(dilations), len(pads)] != [2, 2, 2, 4]:
        raise ValueError(
            f"takes windows {kernel} of samples {shape}; only height and width of "
            "(channels, height, width) are read"
        )
    if min((*kernel, *strides, *dilations)) < 1 or min(pads) < 0:
        raise ValueError(
            f"has kernel {kernel}, strides {strides}, dilations {dilations}, pads {pads}; "
            "they must be positive, pads at least 0"
        )
    mode, ceil = node.text("auto_pad", "NOTSET"), bool(node.integer("ceil_mode", 0))
    axes = [
        _axis(shape[1 + a], kernel[a], strides[a], dilations[a], mode, (pads[a], pads[2 + a]), ceil)
        for a in (0, 1)
    ]
    (before_h, declared_h, after_h, out_h), (before_w, declared_w, after_w, out_w) = axes
    check_size((shape[0], out_h, out_w))
    return Window(
        kernel=(kernel[0], kernel[1]),
        stride=(strides[0], strides[1]),
        dilation=(dilations[0], dilations[1]),
        before=(before_h, before_w),
        after=(after_h, after_w),
        declared_after=(declared_h, declared_w),
        output=(out_h, out_w),
    )


def _axis(
    n_in: int, kernel: int, stride: int, dilation: int, mode: str, pads: Pair, ceil: bool
) -> tuple[int, int, int, int]:
    """Return zeros before, declared after, reached after, and the number of windows."""
    reach = dilation * (kernel - 1) + 1
    before, after = _pads(n_in, reach, stride, mode, pads)
    room = n_in + before + after - reach
    if room < 0:
        raise ValueError(f"has windows of {reach}, the padded input has {room + reach}")
    n_out = room // stride + 1
    if ceil and room % stride and n_out * stride < n_in + before:
        n_out += 1
    return before, after, max(after, (n_out - 1) * stride + reach - n_in - before), n_out


def _pads(n_in: int, reach: int, stride: int, mode: str, pads: Pair) -> Pair:
    match mode:
        case "NOTSET" | "":
            return pads
        case "VALID":
            return 0, 0
        case "SAME_UPPER" | "SAME_LOWER":
            total = max(0, (-(-n_in // stride) - 1) * stride + reach - n_in)
            less, more = total // 2, total - total // 2
            return (less, more) if mode == "SAME_UPPER" else (more, less)
    raise ValueError(f"has auto_pad {mode!r}, which is no mode of ONNX")
