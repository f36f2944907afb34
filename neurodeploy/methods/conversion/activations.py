"""Thresholds from the activations of the artificial network: their maximum or a percentile."""

import numpy as np
import torch
from numpy.typing import NDArray

from neurodeploy.errors import InputError
from neurodeploy.frontends.samples import Encoding, Samples
from neurodeploy.learning.data import batches, series
from neurodeploy.learning.twin.twin import Twin
from neurodeploy.model import Model, Relu

ONCE = Encoding(coder="direct", n_steps=1)
"""An artificial network sees each sample once."""

Floats = NDArray[np.float64]


def activation_percentiles(
    ann: Model, samples: Samples, percentile: float, batch_size: int
) -> dict[str, float]:
    """Return the percentile of each rectifier's activations over all samples and units.

    The largest activation is the percentile 100; a layer that is 0 everywhere gives 0.

    Raises
    ------
    InputError
        If a layer is active, but so seldom that its percentile is 0 (ND2832).
    """
    tails = {
        p.name: _Tail(p.size * samples.n_samples, percentile)
        for p in ann.populations
        if isinstance(p.neuron, Relu)
    }
    twin = Twin(ann).eval()
    with torch.no_grad():
        for chosen in batches(samples, batch_size, None):
            outputs = twin(series(samples, chosen, ONCE, ann.inputs[0].shape)).outputs
            for name, tail in tails.items():
                tail.take(outputs[name].numpy().ravel())
    refuse_seldom({name: tail.value() for name, tail in tails.items()}, _active(tails))
    return {name: tail.value() for name, tail in tails.items()}


def refuse_seldom(values: dict[str, float], active: set[str]) -> None:
    """Refuse percentiles that are 0 in layers that are active (ND2832)."""
    problems = [
        f"population {name!r}: the percentile of its values is {value:g}, though some are larger; "
        "take a higher percentile, or the rule max"
        for name, value in values.items()
        if value <= 0 and name in active
    ]
    if problems:
        raise InputError("ND2832", *problems)


def _active(tails: "dict[str, _Tail]") -> set[str]:
    """Return the layers with any value above 0."""
    return {name for name, tail in tails.items() if tail.largest() > 0}


class _Tail:
    """The largest values of many, enough for one exact percentile of all."""

    def __init__(self, n_values: int, percentile: float) -> None:
        self.place = (n_values - 1) * percentile / 100  # from the smallest, as numpy interpolates
        self.n_values, self.n_kept = n_values, n_values - int(np.floor(self.place))
        self.kept: NDArray[np.float32] = np.zeros(0, np.float32)

    def take(self, values: NDArray[np.float32]) -> None:
        joined = np.concatenate([self.kept, values])
        if len(joined) > self.n_kept:
            joined = np.partition(joined, len(joined) - self.n_kept)[-self.n_kept :]
        self.kept = joined

    def largest(self) -> float:
        return float(self.kept.max())

    def value(self) -> float:
        low, *rest = np.sort(self.kept)[:2].astype(np.float64)
        share = self.place - np.floor(self.place)
        return float(low + share * (rest[0] - low)) if rest else float(low)
