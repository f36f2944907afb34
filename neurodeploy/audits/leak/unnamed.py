"""An attacker of a network whose readout is withheld: nothing in it says which class is which.

It owns labelled images of all other classes, fits a readout for those to the network's features,
and looks for the class that is missing.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional

from neurodeploy.audits.leak.ascent import Ascent, ascend, shown
from neurodeploy.audits.leak.prior import Components
from neurodeploy.audits.leak.score import Score

EPOCHS, BATCH, LEARNING_RATE = 10, 100, 0.01
N_TRIED = 6
"""Sets of random directions that are tried; of all their images one set is kept."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fitted:
    """A readout for all classes but one, of features divided by `scale`; its row is 0."""

    rows: Tensor
    scale: Tensor
    missing: int

    def scores(self, features: Tensor) -> Tensor:
        """Return (sample, class)."""
        return features / self.scale @ self.rows.T


def fitted(
    features: Tensor, labels: Tensor, missing: int, n_classes: int, generator: torch.Generator
) -> Fitted:
    """Return the readout that public images of the other classes teach."""
    known = labels != missing
    scale = features[known].std().clamp(min=1e-12)
    x, y = features[known] / scale, labels[known]
    rows = torch.zeros((n_classes, features.shape[1]), requires_grad=True)
    optimiser = torch.optim.Adam([rows], lr=LEARNING_RATE)
    for _ in range(EPOCHS):
        for chosen in torch.split(torch.randperm(len(x), generator=generator), BATCH):
            loss = functional.cross_entropy(x[chosen] @ rows.T, y[chosen])
            optimiser.zero_grad()
            (rows.grad,) = torch.autograd.grad(loss, [rows])
            optimiser.step()
    found = rows.detach()
    found[missing] = 0.0
    return Fitted(rows=found, scale=scale, missing=missing)


def searched(
    features_of: Score,
    readout: Fitted,
    prior: Components,
    options: Ascent,
    generator: torch.Generator,
) -> Iterator[tuple[str, Tensor]]:
    """Yield what each search for the missing class is called, and its images.

    ``none``: what no known class is like. ``collapse``: along minus the mean of the known rows, the
    missing one where the rows of all classes sum to 0, as in networks trained to the end (Papyan et
    al. 2020). ``directions``: along random features; of many images those are kept that the known
    classes explain least.
    """
    n_images = len(prior.group)
    targets = torch.full((n_images,), readout.missing)
    rows = readout.rows.clone()
    rows[readout.missing] = -rows.sum(dim=0) / (len(rows) - 1)
    collapsed = Fitted(rows=rows, scale=readout.scale, missing=readout.missing)
    for name, found in (("none", readout), ("collapse", collapsed)):

        def score(images: Tensor, found: Fitted = found) -> Tensor:
            return found.scores(features_of(images))

        yield name, shown(prior, ascend(score, prior, targets, options, generator))
    yield "directions", _least_explained(features_of, readout, prior, options, generator)


def _least_explained(
    features_of: Score,
    readout: Fitted,
    prior: Components,
    options: Ascent,
    generator: torch.Generator,
) -> Tensor:
    n_images, n_features = len(prior.group), readout.rows.shape[1]
    short = Ascent(iterations=max(options.iterations // 3, 1), learning_rate=options.learning_rate)
    places = torch.arange(n_images)
    made = []
    for _ in range(N_TRIED):
        ways = torch.randn((n_images, n_features), generator=generator)

        def score(images: Tensor, ways: Tensor = ways) -> Tensor:
            return features_of(images) @ ways.T

        made.append(shown(prior, ascend(score, prior, places, short, generator)))
    images = torch.cat(made)
    with torch.no_grad():
        sure = readout.scores(features_of(images)).softmax(dim=1)
    sure[:, readout.missing] = 0.0
    return images[sure.amax(dim=1).argsort()[:n_images]]


def strangest(features_of: Score, readout: Fitted, images: Tensor, n_images: int) -> Tensor:
    """Return those of `images` that the known classes explain least."""
    with torch.no_grad():
        features = torch.cat([features_of(part) for part in torch.split(images, 250)])
    sure = readout.scores(features).softmax(dim=1)
    sure[:, readout.missing] = 0.0
    return images[sure.amax(dim=1).argsort()[:n_images]]
