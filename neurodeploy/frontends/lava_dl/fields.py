"""Whether the fields of one layer of a `.net` file are integers, there, and as many as needed."""

from collections.abc import Iterator

import numpy as np

from neurodeploy.frontends.lava_dl.layer import Layer

MAX_NEURONS = 1 << 22
"""Neurons a file may declare; checked before anything is allocated."""

NEURON = ("neuron/iDecay", "neuron/vDecay", "neuron/vThMant")

_NEEDED = {
    "input": ("shape",),
    "flatten": ("shape",),
    "dense": ("shape", "weight", *NEURON),
    "conv": ("shape", "weight", *NEURON),
}
_OPTIONAL = (
    *("weight", "bias", "delay", "stride", "padding", "dilation", "groups"),
    *("neuron/refDelay", "neuron/wgtExp", "neuron/weight_exp", "neuron/gradedSpike"),
)
_INT32 = (-(1 << 31), (1 << 31) - 1)


def field_refusals(layer: Layer) -> Iterator[str]:
    """Yield what is absent, no whole number of 32 bits, or of the wrong length."""
    needed = _NEEDED[layer.kind]
    if layer.kind == "input" and layer.neuron_kind is not None:
        needed = (*needed, *NEURON)
    found = [
        *(
            f"{layer.where}: {name} is absent or holds no numbers"
            for name in needed
            if name not in layer.numbers
        ),
        *(
            f"{layer.where}: {name} holds no numbers"
            for name in _OPTIONAL
            if name in layer.unreadable and name not in needed
        ),
        *(
            line
            for name in dict.fromkeys((*needed, *_OPTIONAL))
            if name in layer.numbers
            for line in _of_numbers(layer, name)
        ),
    ]
    yield from found
    if not found:
        yield from _of_shape(layer)


def _of_numbers(layer: Layer, name: str) -> Iterator[str]:
    values = layer.numbers[name]
    with np.errstate(invalid="ignore"):  # NaN, which is found here
        wrong = values[~(np.isfinite(values) & (values == np.floor(values)))]
    if wrong.size:
        number = "1 value that is" if wrong.size == 1 else f"{wrong.size} values that are"
        yield (
            f"{layer.where}: {name} has {number} no integer, such as {wrong[0]:g}; export it "
            "quantised (pre_hook_fx)"
        )
    elif values.min() < _INT32[0] or values.max() > _INT32[1]:
        yield f"{layer.where}: {name} holds values beyond 32 bits"


def _of_shape(layer: Layer) -> Iterator[str]:
    given = layer.integers("shape")
    text = "(" + ", ".join(map(str, given)) + ")"
    if given.min() < 1 or float(np.prod(given.astype(np.float64))) > MAX_NEURONS:
        yield f"{layer.where}: shape {text}, expected 1 to {MAX_NEURONS} neurons"
    elif layer.kind in ("input", "conv") and given.size not in (1, 3):
        yield f"{layer.where}: shape {text}, expected (neurons) or (channels, height, width)"
    else:
        yield from _of_counts(layer)


def _of_counts(layer: Layer) -> Iterator[str]:
    channels = layer.shape[0]
    expected = {
        **dict.fromkeys((*NEURON, "bias", "delay"), (1, channels)),
        **dict.fromkeys(("stride", "padding", "dilation"), (1, 2)),
        "groups": (1,),
    }
    if layer.kind == "input":
        expected |= {"weight": (1,), "bias": (1,)}
    for name, allowed in expected.items():
        n_values = layer.integers(name).size
        if n_values not in allowed:
            numbers = " or ".join(map(str, dict.fromkeys(allowed)))
            yield f"{layer.where}: {name} has {n_values} values, expected {numbers}"
