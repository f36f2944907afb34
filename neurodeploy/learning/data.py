"""Training data: checked before the first epoch, split, and cut into batches."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from neurodeploy.errors import InputError
from neurodeploy.frontends.samples import Encoding, Samples, series_of
from neurodeploy.model import Model


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Part:
    """Samples x (sample, ...), with steps or to be encoded, and labels y (sample,)."""

    x: NDArray[np.generic]
    y: NDArray[np.int64]

    def __len__(self) -> int:
        """Return the number of samples."""
        return len(self.y)


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """What is trained on, and what decides which epoch is kept; `encoding` makes the steps."""

    train: Part
    validation: Part
    encoding: Encoding | None


def split(samples: Samples, encoding: Encoding | None, share: float, seed: int) -> Parts:
    """Return `samples` with a share of them, drawn at random, set aside for validation.

    Raises
    ------
    InputError
        If there are no labels, or too few samples for both parts (ND2803).
    """
    if samples.y is None:
        raise InputError("ND2803", f"{samples.where}: holds no labels y, which training needs")
    n_validation = round(share * len(samples.y))
    if not 0 < n_validation < len(samples.y):
        raise InputError(
            "ND2803",
            f"{samples.where}: {len(samples.y)} samples, of which a share of {share:g} leaves "
            f"{n_validation} for validation; both parts need at least one",
        )
    order = np.random.default_rng(seed).permutation(len(samples.y))
    held, kept = order[:n_validation], order[n_validation:]
    return Parts(train=_part(samples, kept), validation=_part(samples, held), encoding=encoding)


def check(model: Model, parts: Parts, where: str) -> None:
    """Refuse data that does not fit the model, before anything is computed.

    Raises
    ------
    InputError
        If labels are outside the outputs' range (ND2803), or shapes do not fit (ND2306, ND2307).
    """
    n_classes = model.population(model.outputs[0].population).size
    for part in (parts.train, parts.validation):
        first = Samples(x=part.x[:1], y=part.y[:1], where=where)
        series_of(first, model.inputs[0].shape, parts.encoding)
        low, high = int(part.y.min()), int(part.y.max())
        if low < 0 or high >= n_classes:
            raise InputError(
                "ND2803",
                f"{where}: labels y lie in {low}..{high}, the network's output has {n_classes} "
                f"neurons: expected 0..{n_classes - 1}",
            )


def batches(part: Part, size: int, seed: int | None) -> Iterator[NDArray[np.int64]]:
    """Yield the indices of batches; in an order drawn from `seed`, else as they are."""
    order = np.arange(len(part))
    if seed is not None:
        order = np.random.default_rng(seed).permutation(order)
    for first in range(0, len(order), size):
        yield order[first : first + size]


def series(
    part: Part, chosen: NDArray[np.int64], encoding: Encoding | None, shape: tuple[int, ...]
) -> Tensor:
    """Return the chosen samples as (sample, step, *shape) float32.

    Values repeated in every step (`direct`) are not copied. Random encoders draw anew for each
    sample's index and `encoding.seed`.
    """
    x = part.x[chosen]
    if encoding is not None and encoding.coder == "direct" and encoding.n_steps is not None:
        still = torch.from_numpy(np.ascontiguousarray(x, np.float32))
        return still[:, None].expand(-1, encoding.n_steps, *[-1] * len(shape))
    samples = Samples(x=x, y=None, where="the training data")
    given, _ = series_of(samples, shape, encoding)  # random encoders draw by sample and seed
    return torch.from_numpy(np.ascontiguousarray(given, np.float32))


def reseeded(encoding: Encoding | None, seed: int) -> Encoding | None:
    """Return `encoding` with another seed."""
    return None if encoding is None else replace(encoding, seed=seed)


def _part(samples: Samples, chosen: NDArray[np.int64]) -> Part:
    assert samples.y is not None
    return Part(x=samples.x[chosen], y=samples.y[chosen])
