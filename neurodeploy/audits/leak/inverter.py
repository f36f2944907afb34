"""A learned inverter: a network that makes images of scores (Yang et al., CCS 2019)."""

import torch
from torch import Tensor, nn
from torch.nn import functional

from neurodeploy.audits.leak.score import Score

HIDDEN = 128
EPOCHS = 15
BATCH = 100
LEARNING_RATE = 2e-3
SURE = (0.6, 1.0)
"""Between which shares of its largest seen score a class that was never seen is asked for."""


def inverted(
    score: Score, public: Tensor, labels: Tensor, targets: Tensor, generator: torch.Generator
) -> Tensor:
    """Return images (sample, *shape), 0 to 1, that an inverter makes for each target.

    For each class the inverter learns from public images of the other classes alone; then it is
    asked for scores that are high for the class and low for all others.
    """
    with torch.no_grad():
        scores = torch.cat([score(part) for part in public.split(500)])
    scale = scores.std().clamp(min=1e-12)
    images = torch.empty((len(targets), *public.shape[1:]))
    for one in torch.unique(targets):
        others = labels != one
        network = _learned(scores[others] / scale, public[others], generator)
        places = targets == one
        asked = _asked(
            scores[others] / scale, labels[others], int(one), int(places.sum()), generator
        )
        with torch.no_grad():
            images[places] = network(asked).reshape(-1, *public.shape[1:])
    return images


def _learned(scores: Tensor, images: Tensor, generator: torch.Generator) -> nn.Module:
    size = images[0].numel()
    network = nn.Sequential(
        _linear(scores.shape[1], HIDDEN, generator),
        nn.ReLU(),
        _linear(HIDDEN, HIDDEN, generator),
        nn.ReLU(),
        _linear(HIDDEN, size, generator),
        nn.Sigmoid(),
    )
    optimiser = torch.optim.Adam(network.parameters(), lr=LEARNING_RATE)
    for _ in range(EPOCHS):
        for chosen in torch.randperm(len(scores), generator=generator).split(BATCH):
            made = network(scores[chosen])
            loss = functional.mse_loss(made, images[chosen].flatten(1))
            optimiser.zero_grad()
            torch.autograd.backward(loss)
            optimiser.step()
    return network


def _asked(
    scores: Tensor, labels: Tensor, target: int, n_images: int, generator: torch.Generator
) -> Tensor:
    """Return scores (image, class): those of images of other classes, their class exchanged."""
    chosen = torch.randint(len(scores), (n_images,), generator=generator)
    asked = scores[chosen].clone()
    rows, own = torch.arange(n_images), labels[chosen]
    high = asked[rows, own].clone()
    low, top = SURE
    share = low + (top - low) * torch.rand(n_images, generator=generator)
    asked[rows, own] = asked[rows, target]
    asked[rows, target] = share * torch.maximum(high, scores.max(dim=1).values.mean())
    return asked


def _linear(n_in: int, n_out: int, generator: torch.Generator) -> nn.Linear:
    layer = nn.Linear(n_in, n_out)
    with torch.no_grad():
        bound = (6.0 / n_in) ** 0.5
        layer.weight.uniform_(-bound, bound, generator=generator)
        layer.bias.zero_()
    return layer
