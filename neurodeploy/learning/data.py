"""Training data: checked before the first epoch, split, and cut into batches."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from neurodeploy.deployment.host import InputCoding
from neurodeploy.errors import InputError
from neurodeploy.frontends.samples import Encoding, Samples, series_of
from neurodeploy.model import Model


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """What is trained on, and what decides which epoch is kept; `encoding` makes the steps."""

    train: Samples
    validation: Samples
    encoding: Encoding | None


def split(samples: Samples, encoding: Encoding | None, share: float, seed: int) -> Parts:
    """Return `samples` with a share of them, drawn at random, set aside for validation.

    Raises
    ------
    InputError
        If there are no labels, or too few samples for both parts (ND2803).
    """
    if samples.y is None:
        raise InputError("ND2803", no_labels(samples))
    n_validation = round(share * samples.n_samples)
    if not 0 < n_validation < samples.n_samples:
        raise InputError(
            "ND2803",
            f"{samples.where}: {samples.n_samples} samples, of which a share of {share:g} leaves "
            f"{n_validation} for validation; both parts need at least one",
        )
    order = np.random.default_rng(seed).permutation(samples.n_samples)
    return Parts(
        train=samples.taken(order[n_validation:]),
        validation=samples.taken(order[:n_validation]),
        encoding=encoding,
    )


def check(model: Model, parts: Parts) -> None:
    """Refuse data that does not fit the model, before anything is computed.

    Raises
    ------
    InputError
        If labels are missing or outside the outputs' range (ND2803), or shapes do not fit (ND2306,
        ND2307).
    """
    problems = []
    n_classes = model.population(model.outputs[0].population).size
    for part in (parts.train, parts.validation):
        series_of(part.taken(np.arange(1)), model.inputs[0].shape, parts.encoding)
        problems += _label_problems(part, n_classes)
    if problems:
        raise InputError("ND2803", *dict.fromkeys(problems))


def check_payload(model: Model, parts: Parts, coding: InputCoding) -> None:
    """Refuse values that a deployment with this input coding would refuse.

    Raises
    ------
    InputError
        If they are no integers, or outside the declared range (ND2305).
    """
    node, shape = model.inputs[0], model.inputs[0].shape
    problems = []
    for part in (parts.train, parts.validation):
        x = part.x if _as_they_are(part, parts.encoding) else _first_series(part, parts, shape)
        whole = coding is InputCoding.INJECTED or x.dtype.kind != "f" or (x == np.rint(x)).all()
        if not whole:
            problems.append(
                f"{part.where}: x holds values that are not integers; encode them (--encode rate), "
                "or train for --input-coding injected"
            )
        low, high = float(x.min()), float(x.max())
        if low < node.low or high > node.high:
            problems.append(
                f"{part.where}: values from {low:g} to {high:g}; the network is declared for "
                f"inputs from {node.low:g} to {node.high:g}"
            )
    if problems:
        raise InputError("ND2305", *dict.fromkeys(problems))


def no_labels(samples: Samples) -> str:
    """Return the message for data without labels."""
    return f"{samples.where}: holds no labels y, which training needs"


def labels_of(part: Samples, chosen: NDArray[np.int64]) -> Tensor:
    """Return the labels of the chosen samples, (sample,)."""
    assert part.y is not None  # `check` has seen to it
    return torch.from_numpy(part.y[chosen])


def batches(part: Samples, size: int, seed: int | None) -> Iterator[NDArray[np.int64]]:
    """Yield the places of batches in `part`; in an order drawn from `seed`, else as they are."""
    order = np.arange(part.n_samples)
    if seed is not None:
        order = np.random.default_rng(seed).permutation(order)
    for first in range(0, len(order), size):
        yield order[first : first + size]


def series(
    part: Samples,
    chosen: NDArray[np.int64],
    encoding: Encoding | None,
    shape: tuple[int, ...],
    device: str = "cpu",
) -> Tensor:
    """Return the chosen samples as (sample, step, *shape) float32.

    Values repeated in every step (`direct`) are not copied. Random encoders draw by each sample's
    index in the data set and `encoding.seed`, whatever batch it is in.
    """
    taken = part.taken(chosen)
    if encoding is not None and encoding.coder == "direct" and encoding.n_steps is not None:
        still = torch.from_numpy(np.ascontiguousarray(taken.x, np.float32)).to(device)
        return still[:, None].expand(-1, encoding.n_steps, *[-1] * len(shape))
    given, _ = series_of(taken, shape, encoding)
    return torch.from_numpy(np.ascontiguousarray(given, np.float32)).to(device)


def reseeded(encoding: Encoding | None, seed: int) -> Encoding | None:
    """Return `encoding` with another seed."""
    return None if encoding is None else replace(encoding, seed=seed)


def _as_they_are(part: Samples, encoding: Encoding | None) -> bool:
    return part.offsets is None and (encoding is None or encoding.coder == "direct")


def _first_series(part: Samples, parts: Parts, shape: tuple[int, ...]) -> NDArray[np.generic]:
    """Return the first sample as it is encoded: encoders give whole numbers, whatever sample."""
    return series_of(part.taken(np.arange(1)), shape, parts.encoding)[0]


def _label_problems(part: Samples, n_classes: int) -> list[str]:
    if part.y is None:
        return [no_labels(part)]
    low, high = int(part.y.min()), int(part.y.max())
    if low >= 0 and high < n_classes:
        return []
    return [
        f"{part.where}: labels y lie in {low}..{high}, the network's output has {n_classes} "
        f"neurons: expected 0..{n_classes - 1}"
    ]
