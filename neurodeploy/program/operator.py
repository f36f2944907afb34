"""The one weighted operator a projection carries: dense, sparse or convolution, or none at all."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from neurodeploy.geometry.conv import ConvGeometry
from neurodeploy.storage.arrays import frozen

Shape = tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Dense:
    """Every source neuron reaches every target neuron.

    Parameters
    ----------
    mantissa : int32 (n_out, n_in)
        Stored weights; columns follow the source in C order.
    """

    mantissa: NDArray[np.int32]

    def __post_init__(self) -> None:
        object.__setattr__(self, "mantissa", frozen(self.mantissa, np.int32))
        if self.mantissa.ndim != 2:
            raise ValueError(f"dense mantissas have shape {self.mantissa.shape}, not (n_out, n_in)")

    @property
    def n_out(self) -> int:
        """Neurons it drives."""
        return int(self.mantissa.shape[0])

    @property
    def n_in(self) -> int:
        """Neurons it listens to."""
        return int(self.mantissa.shape[1])


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Sparse:
    """Listed synapses only, ordered by source: those of source i are ``indptr[i]:indptr[i + 1]``.

    Parameters
    ----------
    n_out : int
    indptr : int64 (n_in + 1,)
    targets : int32 (n_synapses,)
    mantissa : int32 (n_synapses,)
    """

    n_out: int
    indptr: NDArray[np.int64]
    targets: NDArray[np.int32]
    mantissa: NDArray[np.int32]

    def __post_init__(self) -> None:
        object.__setattr__(self, "indptr", frozen(self.indptr, np.int64))
        object.__setattr__(self, "targets", frozen(self.targets, np.int32))
        object.__setattr__(self, "mantissa", frozen(self.mantissa, np.int32))
        consistent = (
            self.targets.shape == self.mantissa.shape == (int(self.indptr[-1]),)
            and self.indptr[0] == 0
            and bool((np.diff(self.indptr) >= 0).all())
        )
        if not consistent:
            raise ValueError("sparse synapses: indptr, targets and mantissa disagree")
        if self.targets.size and not 0 <= self.targets.min() <= self.targets.max() < self.n_out:
            raise ValueError(f"sparse synapses: a target lies outside 0..{self.n_out - 1}")

    @property
    def n_in(self) -> int:
        """Neurons it listens to."""
        return len(self.indptr) - 1

    @classmethod
    def from_dense(cls, mantissa: NDArray[np.int32], stored: NDArray[np.bool_]) -> "Sparse":
        """Return the synapses where `stored` (n_out, n_in) is true."""
        sources, targets = np.nonzero(stored.T)
        indptr = np.concatenate([[0], np.cumsum(np.bincount(sources, minlength=stored.shape[1]))])
        return cls(
            n_out=stored.shape[0],
            indptr=indptr,
            targets=targets.astype(np.int32),
            mantissa=mantissa[targets, sources],
        )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Conv:
    """A two-dimensional convolution; its sums wrap at the format's `conv_sum_bits`.

    Parameters
    ----------
    mantissa : int32 (out_channels, in_channels / groups, kernel height, kernel width)
        Cross-correlation, as in torch.
    geometry : ConvGeometry
    """

    mantissa: NDArray[np.int32]
    geometry: ConvGeometry

    def __post_init__(self) -> None:
        object.__setattr__(self, "mantissa", frozen(self.mantissa, np.int32))
        if self.mantissa.shape != self.geometry.weight_shape:
            raise ValueError(
                f"conv mantissas have shape {self.mantissa.shape}, "
                f"the geometry says {self.geometry.weight_shape}"
            )

    @property
    def n_out(self) -> int:
        """Neurons it drives."""
        return int(np.prod(self.geometry.output_shape))

    @property
    def n_in(self) -> int:
        """Neurons it listens to."""
        return int(np.prod(self.geometry.input_shape))


@dataclass(frozen=True, slots=True, kw_only=True)
class Direct:
    """No weights and no latency: the source's value is the target's input in the same step."""


Operator = Dense | Sparse | Conv | Direct
