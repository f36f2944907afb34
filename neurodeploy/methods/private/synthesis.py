"""Samples from an artificial network alone (Kim et al., AAAI 2022); no data is read."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from neurodeploy.errors import InputError
from neurodeploy.frontends.samples import Samples
from neurodeploy.learning.twin import Trainable, Twin
from neurodeploy.methods.private.soft_labels import class_similarity, soft_labels
from neurodeploy.model import Linear, Max, Model, Relu
from neurodeploy.storage.codec import digest

Progress = Callable[[int, int], None]
"""Called after every batch with samples done and samples in all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SynthesisOptions:
    """How samples are made.

    Parameters
    ----------
    n_per_class : samples a class; the paper's code makes 1,000.
    temperature : what scores are divided by; the paper's code has 20.
    iterations : steps of Adam; the paper's code takes 1,500 to 2,500 at a rate of 1e-3.
    learning_rate : in shares of the input's range.
    batch_size : samples made at once.
    levels : values between the ends of the input's range that samples are rounded to, 256 as a
        picture has; None keeps what was found.
    """

    n_per_class: int = 60
    temperature: float = 20.0
    iterations: int = 150
    learning_rate: float = 0.02
    batch_size: int = 200
    levels: int | None = 256
    seed: int = 0

    def __post_init__(self) -> None:
        rules = {
            f"{self.n_per_class} samples a class, expected at least 1": self.n_per_class >= 1,
            f"the temperature is {self.temperature:g}, expected above 0": self.temperature > 0,
            f"{self.iterations} iterations, expected at least 1": self.iterations >= 1,
            f"the learning rate is {self.learning_rate:g}, expected above 0": (
                self.learning_rate > 0
            ),
            f"the batch size is {self.batch_size}, expected at least 1": self.batch_size >= 1,
            f"{self.levels} levels, expected at least 2": self.levels is None or self.levels >= 2,
        }
        problems = [problem for problem, fine in rules.items() if not fine]
        if problems:
            raise InputError("ND2873", *problems)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Synthesis:
    """What was made: samples labelled by the network itself, in random order.

    Parameters
    ----------
    asked : (sample,), the class that each was made for. The paper's code labels it so; here the
        label is what the network says.
    """

    samples: Samples
    asked: NDArray[np.int64]
    options: SynthesisOptions

    @property
    def agreeing(self) -> float:
        """Share of samples that the network puts in the class they were made for."""
        return float(np.mean(self.samples.y == self.asked))

    @property
    def line(self) -> str:
        """What a history says of it."""
        return (
            f"{self.samples.n_samples} samples synthesised from the network alone, seed "
            f"{self.options.seed}, {digest(self.samples.x)[:19]}"
        )


def synthesise(
    model: Model, options: SynthesisOptions, on_progress: Progress | None = None
) -> Synthesis:
    """Return samples that `model` gives its classes' soft labels, made from noise.

    For a label p the cross entropy ``-sum p log softmax(f(x) / temperature)`` is brought down by
    Adam on x, which stays within the input's declared range.

    Parameters
    ----------
    model : an artificial network.

    Raises
    ------
    InputError
        If `model` has other neurons than rectifiers (ND2872), or no dense last layer (ND2872).
    """
    _check(model)
    rng = np.random.default_rng(options.seed)
    wanted = soft_labels(class_similarity(model), options.n_per_class, rng)
    asked = np.repeat(np.arange(wanted.shape[1]), options.n_per_class)
    order = rng.permutation(len(wanted))
    wanted, asked = wanted[order], asked[order]
    twin = Twin(model, trainable=Trainable(weights=False)).eval()
    generator = torch.Generator().manual_seed(options.seed)
    made, labels = [], []
    for first in range(0, len(wanted), options.batch_size):
        soft = torch.from_numpy(wanted[first : first + options.batch_size]).float()
        units = _rounded(_descended(twin, soft, options, generator), options.levels)
        made.append(values_of(model, units))
        labels.append(_told(twin, made[-1]))
        if on_progress is not None:
            on_progress(min(first + options.batch_size, len(wanted)), len(wanted))
    x, y = np.concatenate([m.numpy() for m in made]), np.concatenate(labels)
    return Synthesis(
        samples=Samples(x=x, y=y, where="samples synthesised from the network"),
        asked=asked,
        options=options,
    )


def uniform_noise(model: Model, n_samples: int, seed: int) -> Samples:
    """Return uniform noise over the input's range, labelled by the network: the plain baseline."""
    twin = Twin(model, trainable=Trainable(weights=False)).eval()
    generator = torch.Generator().manual_seed(seed)
    units = torch.rand((n_samples, *model.inputs[0].shape), generator=generator)
    x = values_of(model, units)
    return Samples(x=x.numpy(), y=_told(twin, x), where="uniform noise over the input's range")


def values_of(model: Model, units: Tensor) -> Tensor:
    """Return shares of the input's range, 0 to 1, as its values."""
    node = model.inputs[0]
    return node.low + (node.high - node.low) * units


def _check(model: Model) -> None:
    others = [p.name for p in model.populations if not isinstance(p.neuron, Relu | Linear | Max)]
    if others or len(model.inputs) != 1:
        names = ", ".join(map(repr, others)) or f"{len(model.inputs)} inputs"
        raise InputError(
            "ND2872",
            f"samples are synthesised from an artificial network of rectifiers with one input, "
            f"found {names}",
        )


def _descended(
    twin: Twin, soft: Tensor, options: SynthesisOptions, generator: torch.Generator
) -> Tensor:
    shape = twin.template.inputs[0].shape
    units = torch.rand((len(soft), *shape), generator=generator).requires_grad_(True)
    optimiser = torch.optim.Adam([units], lr=options.learning_rate)
    for _ in range(options.iterations):
        logits = twin(values_of(twin.template, units)[:, None]).logits / options.temperature
        # Summed, not averaged: a sample's steps then do not depend on how many are made at once.
        loss = functional.cross_entropy(logits, soft, reduction="sum")
        optimiser.zero_grad()
        (units.grad,) = torch.autograd.grad(loss, [units])
        optimiser.step()
        with torch.no_grad():
            units.clamp_(0.0, 1.0)
    return units.detach()


def _rounded(units: Tensor, levels: int | None) -> Tensor:
    return units if levels is None else torch.round(units * (levels - 1)) / (levels - 1)


def _told(twin: Twin, x: Tensor) -> NDArray[np.int64]:
    with torch.no_grad():
        return twin(x[:, None]).logits.argmax(dim=1).numpy()
