"""Everything in a `.net` file that a Program cannot express, each with its layer."""

from collections.abc import Iterator, Sequence

import numpy as np

from neurodeploy.frontends.lava_dl.fields import MAX_NEURONS, field_refusals
from neurodeploy.frontends.lava_dl.input_transform import transform_of
from neurodeploy.frontends.lava_dl.layer import Layer
from neurodeploy.frontends.lava_dl.shapes import shape_refusals
from neurodeploy.frontends.lava_dl.weights import changed_by_netx

KINDS = ("input", "flatten", "dense", "conv")
NEURONS = ("LOIHI", "CUBA")

_BIAS = (-(1 << 15), (1 << 15) - 1)


def refusals(layers: Sequence[Layer]) -> tuple[str, ...]:
    """Return one line for each thing that has no form in a Program; none if all is well.

    A layer whose own fields cannot be used is not asked how it fits to its neighbours.
    """
    found: list[str] = []
    sound: list[Layer] = []
    for layer in layers:
        own = tuple(_own(layer))
        found.extend(own)
        if not own:
            sound.append(layer)
    for layer in sound:
        before = [other for other in sound if other.index == layer.index - 1]
        if before or layer.index == 0:
            found.extend(shape_refusals(layer, before[0] if before else None))
    return (*found, *_of_all(layers, sound))


def _of_all(layers: Sequence[Layer], sound: Sequence[Layer]) -> Iterator[str]:
    if not any(layer.kind in ("dense", "conv") for layer in layers):
        yield "no dense or conv layer, so that there is nothing to run"
    n_neurons = sum(int(np.prod(layer.shape)) for layer in sound)
    if n_neurons > MAX_NEURONS:
        yield f"{n_neurons} neurons in all, at most {MAX_NEURONS} are read"
    last = next((layer for layer in reversed(layers) if layer.kind != "flatten"), None)
    if last is not None and last in sound and last.integers("delay").any():
        yield f"{last.where}: delays on axons that lead nowhere; remove the last layer's delay"


def _own(layer: Layer) -> Iterator[str]:
    """Yield what can be said of `layer` alone; numbers are looked at once they are known good."""
    for rule in (_kind, field_refusals, _neuron_rules):
        found = tuple(rule(layer))
        yield from found
        if found:
            return
    yield from _values(layer)


def _kind(layer: Layer) -> Iterator[str]:
    if layer.kind not in KINDS:
        yield (
            f"{layer.where}: a layer of this type has no form here, nor in lava-dl's netx; those "
            f"of type {', '.join(KINDS)} have"
        )
        return
    if layer.kind == "input" and layer.index > 0:
        yield f"{layer.where}: only the first layer can be an input"
    if layer.kind in ("dense", "conv") and layer.neuron_kind is None:
        yield f"{layer.where}: no neurons, so that nothing spikes; export it with a neuron model"
    if layer.neuron_kind is not None and layer.neuron_kind not in NEURONS:
        family = " (sigma-delta)" if layer.neuron_kind == "SDNN" else ""
        yield (
            f"{layer.where}: neurons of type {layer.neuron_kind!r}{family} have no form in a "
            f"Program; those of type {' and '.join(NEURONS)} have"
        )
    if "weight/real" in layer.numbers or "weight/imag" in layer.numbers:
        yield f"{layer.where}: complex weights; only real ones have a form in a Program"


def _neuron_rules(layer: Layer) -> Iterator[str]:
    refractory = int(layer.integers("neuron/refDelay", 1).max())
    if refractory > 1:
        yield (
            f"{layer.where}: refDelay {refractory}; neurons are never refractory here, as in netx, "
            "so that only 1 can be read"
        )
    if layer.integers("neuron/gradedSpike").any():
        yield f"{layer.where}: graded spikes; these neurons send spikes without a payload"
    for name in ("wgtExp", "weight_exp"):
        exponent = layer.integers(f"neuron/{name}")
        if exponent.any():
            yield (
                f"{layer.where}: {name} {exponent[0]}, which training uses and netx ignores; "
                f"multiply the weights by 2**{name} and set it to 0"
            )


def _values(layer: Layer) -> Iterator[str]:
    """Yield the numbers that Lava would keep as others, or could not use."""
    bias, delay = layer.integers("bias"), layer.integers("delay")
    transform = transform_of(layer)
    low, high = (bias.min(), bias.max()) if transform is None else (transform.low, transform.high)
    if low < _BIAS[0] or high > _BIAS[1]:
        yield (
            f"{layer.where}: biases from {low} to {high}; Lava keeps 16 bits, {_BIAS[0]} to "
            f"{_BIAS[1]}"
        )
    if delay.min() < 0:
        yield f"{layer.where}: delay {delay.min()}; spikes cannot come early"
    if layer.kind != "dense":
        return
    weight = layer.tensor("weight")
    changed = weight[changed_by_netx(weight)]
    if changed.size:
        yield (
            f"{layer.where}: {changed.size} weights that lava-dl stores as other numbers, such as "
            f"{changed[np.argmax(np.abs(changed))]}; use even numbers from -256 to 254"
        )
