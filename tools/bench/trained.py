"""784-1000-10, trained on 6,000 MNIST digits with snntorch in some seconds, and kept.

Bernoulli-coded input of about 6 %, and a term in the loss that pulls the hidden layer to 15 %.
"""

from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tools.bench.data import mnist

SIZES = (784, 1000, 10)
BETA, GAIN, WANTED_RATE = 0.9, 0.48, 0.15
N_TRAIN, BATCH, N_STEPS, SEED = 6000, 100, 10, 0


def weights(cache: Path) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return both layers' weights (out, in), trained now or before."""
    if not cache.exists():
        found = _train()
        cache.parent.mkdir(parents=True, exist_ok=True)
        np.savez(cache, hidden=found[0], output=found[1])
    with np.load(cache) as kept:
        return kept["hidden"], kept["output"]


def coded(images: NDArray[np.float32], n_steps: int, seed: int) -> NDArray[np.uint8]:
    """Return spikes (sample, step, pixel), each with the probability GAIN times its brightness."""
    rng = np.random.default_rng(seed)
    shape = (len(images), n_steps, images.shape[1])
    return (rng.random(shape, np.float32) < GAIN * images[:, None]).astype(np.uint8)


def _train() -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    import snntorch
    import torch
    from torch.nn.functional import cross_entropy

    torch.manual_seed(SEED)
    images, labels = mnist("train", N_TRAIN)
    target = torch.from_numpy(labels)
    hidden, output = (torch.nn.Linear(a, b, bias=False) for a, b in pairwise(SIZES))
    first, second = snntorch.Leaky(beta=BETA), snntorch.Leaky(beta=BETA)
    optimiser = torch.optim.Adam([hidden.weight, output.weight], lr=1e-3)
    spikes = torch.from_numpy(coded(images, N_STEPS, SEED)).float().transpose(0, 1)
    for start in range(0, N_TRAIN, BATCH):
        part = slice(start, start + BATCH)
        states = first.init_leaky(), second.init_leaky()
        rate, score = torch.zeros(()), torch.zeros(())
        for step in spikes[:, part]:
            fired, v1 = first(hidden(step), states[0])
            _, v2 = second(output(fired), states[1])
            states = v1, v2
            rate, score = rate + fired.mean() / N_STEPS, score + v2 / N_STEPS
        loss = cross_entropy(score, target[part]) + 20 * (rate - WANTED_RATE) ** 2
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    return hidden.weight.detach().numpy(), output.weight.detach().numpy()
