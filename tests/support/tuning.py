"""The network of the demo, spoiled, and digits to tune it on."""

from dataclasses import replace
from pathlib import Path

import numpy as np

from neurodeploy import toolchain
from neurodeploy.frontends.demo import DEMO_NETWORK, N_STEPS
from neurodeploy.frontends.digits import load_digits
from neurodeploy.frontends.samples import Encoding, Samples, samples_of
from neurodeploy.model import Lif, Model

THRESHOLD, LEAK = 8.0, 5.0
RATE = Encoding(coder="rate", n_steps=N_STEPS)


def demo_network() -> Model:
    return toolchain.load_model(DEMO_NETWORK)[0]


def spoiled_network() -> Model:
    """Thresholds times 8, and leaks of 0.5 instead of 0.1."""
    model = demo_network()
    populations = []
    for p in model.populations:
        n = p.neuron
        assert isinstance(n, Lif)
        worse = replace(
            n, v_threshold=n.v_threshold * THRESHOLD, tau_s=n.tau_s / LEAK, r=n.r / LEAK
        )
        populations.append(replace(p, neuron=worse))
    return replace(model, populations=tuple(populations))


def digit_samples(n_samples: int | None = None) -> Samples:
    """Digits of training and validation; the test's are left alone."""
    digits = load_digits()
    x = np.concatenate([digits.train.x, digits.validation.x])[:n_samples]
    y = np.concatenate([digits.train.y, digits.validation.y])[:n_samples]
    return samples_of(x, y, "train.npz")


def write_digits(path: Path, n_samples: int | None = None) -> None:
    samples = digit_samples(n_samples)
    assert samples.y is not None
    np.savez(path, x=samples.x, y=samples.y)
