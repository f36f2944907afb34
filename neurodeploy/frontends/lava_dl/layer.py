"""`Layer`: one layer of a `.net` file as it stands there."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from neurodeploy.program import Population

Integers = NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Layer:
    """A layer's type, its numbers by name (those of the neuron as ``neuron/NAME``).

    `unreadable` names the fields that do not hold numbers. `neuron_kind` is None where the layer
    has no neuron.
    """

    index: int
    kind: str
    neuron_kind: str | None
    numbers: Mapping[str, NDArray[Any]]
    unreadable: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """The name of its population."""
        return f"{self.kind}{self.index}"

    @property
    def where(self) -> str:
        """Where a message places it."""
        return f"layer {self.index} ({self.kind})"

    @property
    def shape(self) -> tuple[int, ...]:
        """(channels, height, width), or (neurons,) where it has no space."""
        given = tuple(int(n) for n in self.integers("shape"))
        return (int(np.prod(given)),) if self.kind in ("dense", "flatten") else given

    def integers(self, name: str, default: int = 0) -> Integers:
        """Return a field as a list of integers, `default` where the file has none."""
        return self.tensor(name, default).ravel()

    def tensor(self, name: str, default: int = 0) -> Integers:
        """Return a field as integers in the file's shape, `default` where the file has none."""
        return np.asarray(self.numbers.get(name, default)).astype(np.int64)

    def pair(self, name: str, default: int) -> tuple[int, int]:
        """Return a field as (height, width); a single number counts for both."""
        given = self.integers(name, default)
        return int(given[0]), int(given[-1])

    def weight_matrix(self) -> Integers:
        """Return a dense layer's weights (n_out, n_in)."""
        return self.tensor("weight").reshape(self.shape[0], -1)

    def kernel(self) -> Integers:
        """Return a convolution's weights (out, in / groups, height, width), as torch orders them.

        lava-dl trains with three-dimensional convolutions over (height, width, time), so that
        older files end in an axis of one.
        """
        weight = self.tensor("weight")
        return weight.reshape(weight.shape[:4])

    def population(self, *, t_start: int) -> Population:
        """Return its neurons.

        ``du = iDecay - 1``, ``dv = vDecay``, ``vth = vThMant``, bias exponent 6: netx's
        `Network.get_neuron_params`. A parameter with several values has one a channel.
        """
        return Population(
            name=self.name,
            shape=self.shape,
            du=self._by_channel("neuron/iDecay") - 1,
            dv=self._by_channel("neuron/vDecay"),
            vth=self._by_channel("neuron/vThMant"),
            bias_mant=self._by_channel("bias") if self.kind != "input" else np.zeros((), np.int32),
            bias_exp=np.asarray(6, np.int32),
            t_start=t_start,
        )

    def _by_channel(self, name: str) -> NDArray[np.int32]:
        values = self.integers(name).astype(np.int32)
        return values.reshape(-1, *[1] * (len(self.shape) - 1))
