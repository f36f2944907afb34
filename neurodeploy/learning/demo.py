"""Train the network of `neurodeploy demo`: digits as rates, two layers of Leaky neurons."""

import copy
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import numpy as np
import snntorch
import torch
from numpy.typing import NDArray
from snntorch import surrogate
from torch import nn

from neurodeploy.frontends.demo import N_STEPS
from neurodeploy.frontends.digits import Part, load_digits
from neurodeploy.frontends.encoders import rate

N_HIDDEN = 96
BETA = 0.9
N_EPOCHS = 60
BATCH = 128
LEARNING_RATE = 8e-3
SPIKE_COST = 2e-2
"""Loss for each hidden spike per neuron and step: what is never sent costs the chip nothing."""

Progress = Callable[[int, int, float], None]
"""Called with the epoch, the number of epochs and the accuracy on the validation part."""


def train_demo(seed: int, on_progress: Progress | None = None) -> nn.Sequential:
    """Return the trained network, the one of all epochs that was best on the validation part.

    Cross entropy of the output spike counts, surrogate gradients through time (Neftci et al.
    2019), Adam with a cosine schedule; new input spikes in every epoch. The test part is not
    looked at.

    Parameters
    ----------
    seed : of weights, order and input spikes; equal seeds give equal networks on one machine.
    """
    digits = load_digits()
    held_out = rate(digits.validation.x, N_STEPS, seed)
    with torch.random.fork_rng(devices=[]), _one_thread():
        torch.manual_seed(seed)
        network = _network()
        optimiser = torch.optim.Adam(network.parameters(), LEARNING_RATE)
        schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, N_EPOCHS)
        best, best_state = -1.0, network.state_dict()
        for epoch in range(1, N_EPOCHS + 1):
            _train_epoch(network, optimiser, digits.train, seed=seed + epoch)
            schedule.step()
            accuracy = _accuracy(network, held_out, digits.validation.y)
            if accuracy >= best:
                best, best_state = accuracy, copy.deepcopy(network.state_dict())
            if on_progress is not None:
                on_progress(epoch, N_EPOCHS, accuracy)
    network.load_state_dict(best_state)
    return network.eval()


@contextmanager
def _one_thread() -> Iterator[None]:
    """Keep torch on one thread: threads that wait for each other cost small layers the most."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)


def _network() -> nn.Sequential:
    def leaky() -> nn.Module:
        return snntorch.Leaky(
            beta=BETA, reset_mechanism="zero", spike_grad=surrogate.fast_sigmoid(slope=10)
        )

    return nn.Sequential(
        OrderedDict(
            fc1=nn.Linear(64, N_HIDDEN),
            hidden=leaky(),
            fc2=nn.Linear(N_HIDDEN, 10),
            classes=leaky(),
        )
    )


def _train_epoch(
    network: nn.Sequential, optimiser: torch.optim.Optimizer, part: Part, seed: int
) -> None:
    spikes = torch.from_numpy(rate(part.x, N_STEPS, seed).astype(np.float32))
    labels = torch.from_numpy(part.y)
    for chosen in torch.split(torch.randperm(len(labels)), BATCH):
        hidden, counts = _run(network, spikes[chosen])
        loss = nn.functional.cross_entropy(counts, labels[chosen]) + SPIKE_COST * hidden
        optimiser.zero_grad()
        torch.autograd.backward(loss)
        optimiser.step()


def _run(network: nn.Sequential, spikes: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Return the hidden spikes per sample and neuron, and the output counts (sample, class)."""
    first, hidden_neurons, second, output_neurons = network
    hidden = _fire(hidden_neurons, first(spikes))
    output = _fire(output_neurons, second(hidden))
    return hidden.sum(dim=1).mean(), output.sum(dim=1)


def _fire(neurons: nn.Module, current: torch.Tensor) -> torch.Tensor:
    """Return the spikes for a `current`, both (sample, step, neuron)."""
    v = torch.zeros_like(current[:, 0])
    steps = []
    for step in range(current.shape[1]):
        spikes, v = neurons(current[:, step], v)
        steps.append(spikes)
    return torch.stack(steps, dim=1)


def _accuracy(
    network: nn.Sequential, spikes: NDArray[np.uint8], labels: NDArray[np.int64]
) -> float:
    with torch.no_grad():
        _, counts = _run(network, torch.from_numpy(spikes.astype(np.float32)))
    return float((counts.argmax(dim=1).numpy() == labels).mean())
