"""Soft labels drawn by how alike a network's classes are (Kim et al., AAAI 2022)."""

import numpy as np
from numpy.typing import NDArray

from neurodeploy.errors import InputError
from neurodeploy.model import Affine, Model

LEAST = 1e-6
"""A Dirichlet parameter is above 0; the least alike class would have 0."""

Floats = NDArray[np.float64]


def class_similarity(model: Model) -> Floats:
    """Return how alike the classes are, (class, class), each row from 0 to 1.

    The cosine between the rows of the last layer's weights, each row of the table stretched to 0
    to 1.

    Raises
    ------
    InputError
        If the classes are not read from one layer of weights (ND2872).
    """
    weight = _last_weights(model)
    norms = np.maximum(np.linalg.norm(weight, axis=1, keepdims=True), np.finfo(np.float64).tiny)
    cosine = (weight / norms) @ (weight / norms).T
    above = cosine - cosine.min(axis=1, keepdims=True)
    return above / np.maximum(above.max(axis=1, keepdims=True), np.finfo(np.float64).tiny)


def soft_labels(similarity: Floats, n_per_class: int, rng: np.random.Generator) -> Floats:
    """Return labels (n_per_class x class, class), drawn from a Dirichlet distribution by class.

    Its parameters are a row of `similarity`, at least `LEAST`; each label sums to 1.
    """
    rows = [rng.dirichlet(np.maximum(row, LEAST), n_per_class) for row in similarity]
    return np.concatenate(rows)


def _last_weights(model: Model) -> Floats:
    into = model.projections_to(model.outputs[0].population)
    dense = [o for p in into for o in p.chain if isinstance(o, Affine) and o.weight.ndim == 2]
    if len(into) != 1 or not dense or into[0].chain[-1] is not dense[-1]:
        raise InputError(
            "ND2872",
            f"the classes of {model.outputs[0].population!r} are not read from one dense layer, "
            "whose weights tell how alike they are; synthesis needs a network that ends in one",
        )
    if len(dense[-1].weight) < 2:
        raise InputError("ND2872", "the network tells one class apart; synthesis needs two")
    return dense[-1].weight
