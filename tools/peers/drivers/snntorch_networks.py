"""The snntorch networks that are counted here and by NeuroBench: one definition for both."""

import numpy as np
import snntorch
import torch
from torch import nn

BETA, N_STEPS, N_SAMPLES = 0.9, 25, 4

SHAPES = {"dense": (64,), "conv": (2, 12, 12)}


def network(kind, pruned, seed):
    """Return a network of `kind`, ``dense`` (64-128-10) or ``conv``, a part of it pruned."""
    torch.manual_seed(seed)
    layers = {
        "dense": lambda: [nn.Linear(64, 128), _leaky(), nn.Linear(128, 10), _leaky(output=True)],
        "conv": lambda: [
            nn.Conv2d(2, 8, 3, padding=1),
            _leaky(),
            nn.Conv2d(8, 6, 3, stride=2, groups=2),
            _leaky(),
            nn.Flatten(),
            nn.Linear(6 * 5 * 5, 10),
            _leaky(output=True),
        ],
    }[kind]()
    net = nn.Sequential(*layers)
    for module in net:
        if isinstance(module, nn.Linear | nn.Conv2d):
            module.weight.data *= 2.0
            if pruned:
                module.weight.data[torch.rand_like(module.weight) < pruned] = 0.0
    return net.eval()


def stimulus(kind, coding, seed):
    """Return float32 (sample, step, *shape): spikes, or the same image in every step."""
    rng = np.random.default_rng(seed)
    shape = (N_SAMPLES, N_STEPS, *SHAPES[kind])
    if coding == "spikes":
        return (rng.random(shape) < 0.2).astype(np.float32)
    image = rng.random((N_SAMPLES, 1, *SHAPES[kind])).astype(np.float32)
    return np.broadcast_to(image * (image > 0.3), shape).copy()


def _leaky(**options):
    return snntorch.Leaky(beta=BETA, init_hidden=True, **options)
