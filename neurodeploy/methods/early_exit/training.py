"""Train a policy network on rewards that are known for every choice."""

import numpy as np
import torch
from numpy.typing import NDArray

from neurodeploy.learning.twin import Twin
from neurodeploy.methods.early_exit.reward import Rewards
from neurodeploy.model import Model

BATCH = 100
LEARNING_RATE = 3e-3


def trained_policy(
    start: Model, x: NDArray[np.float32], rewards: Rewards, epochs: int, seed: int
) -> Model:
    """Return `start` after ascending the expected reward, Adam with a cosine of learning rates.

    Parameters
    ----------
    x : (sample, *shape)
    """
    twin = Twin(start)
    values = torch.from_numpy(rewards.values.astype(np.float32))
    weights = torch.from_numpy(rewards.weights.astype(np.float32))
    optimiser = torch.optim.Adam(twin.parameters(), lr=LEARNING_RATE)
    n_updates = epochs * -(-len(x) // BATCH)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, n_updates)
    for epoch in range(epochs):
        for chosen in batches_of(len(x), seed + epoch):
            shares = twin(torch.from_numpy(x[chosen][:, None])).logits.softmax(dim=1)
            expected = (weights[chosen] * (shares * values[chosen]).sum(dim=1)).mean()
            optimiser.zero_grad()
            (-expected).backward()
            optimiser.step()
            schedule.step()
    return twin.model()


def batches_of(n_samples: int, seed: int) -> list[NDArray[np.int64]]:
    """Return the samples of each batch, in an order drawn from `seed`."""
    order = np.random.default_rng(seed).permutation(n_samples)
    return [order[first : first + BATCH] for first in range(0, n_samples, BATCH)]
