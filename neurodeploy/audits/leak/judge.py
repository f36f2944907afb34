"""An independent network that says whose image it is shown, and how far images are from real."""

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from neurodeploy.errors import InputError
from neurodeploy.learning.twin import Twin
from neurodeploy.model import Linear, Model, Relu

BATCH = 500

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Opinion:
    """What the judge takes images for, (sample,), and its features of them, (sample, feature)."""

    classes: NDArray[np.int64]
    features: Floats


def opinion(judge: Model, images: Tensor) -> Opinion:
    """Return the judge's opinion of `images`, (sample, *shape) within 0 and 1 of its range.

    Features are what arrives at the readout: the last hidden population.

    Raises
    ------
    InputError
        If the judge is no artificial network with one readout layer (ND2871).
    """
    last = features_of(judge)
    node, twin = judge.inputs[0], Twin(judge).eval()
    classes, features = [], []
    with torch.no_grad():
        for part in torch.split(images, BATCH):
            trace = twin((node.low + (node.high - node.low) * part)[:, None])
            classes.append(trace.logits.argmax(dim=1).numpy())
            features.append(trace.outputs[last][0].flatten(1).double().numpy())
    return Opinion(classes=np.concatenate(classes), features=np.concatenate(features))


def features_of(judge: Model) -> str:
    """Return the population whose values are the judge's features."""
    kinds = {p.name for p in judge.populations if not isinstance(p.neuron, Relu | Linear)}
    into = judge.projections_to(judge.outputs[0].population)
    if kinds or len(into) != 1 or len(into[0].sources) != 1:
        raise InputError(
            "ND2871",
            "the judge is no artificial network whose classes are read from one layer; give one of "
            "rectifiers, as .onnx or as a network's folder",
        )
    return into[0].sources[0]


def frechet(one: Floats, other: Floats) -> float:
    """Return the Fréchet distance of two sets of features taken as Gaussians.

    ``|m1 - m2|^2 + tr(C1 + C2 - 2 (C1 C2)^(1/2))`` (Heusel et al. 2017, equation 6); the trace of
    the root is the sum of the roots of the eigenvalues of ``C1^(1/2) C2 C1^(1/2)``.
    """
    means = one.mean(axis=0) - other.mean(axis=0)
    first, second = np.cov(one, rowvar=False), np.cov(other, rowvar=False)
    sizes, vectors = np.linalg.eigh(first)
    root = (vectors * np.sqrt(np.clip(sizes, 0.0, None))) @ vectors.T
    between = np.linalg.eigvalsh(root @ second @ root)
    return float(
        means @ means
        + np.trace(first)
        + np.trace(second)
        - 2.0 * np.sqrt(np.clip(between, 0.0, None)).sum()
    )
