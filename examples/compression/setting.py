"""What the compression experiments share: data, starting networks, training, and measuring."""

from dataclasses import replace

import numpy as np
import torch

from examples.fashion import Fashion, load_fashion
from examples.networks import network
from examples.once import trained
from examples.training import accuracy
from neurodeploy.deployment.host import InputCoding
from neurodeploy.learning.data import Parts
from neurodeploy.learning.options import Method as Training
from neurodeploy.learning.options import TrainOptions
from neurodeploy.machine.fidelity import Fidelity
from neurodeploy.methods.compression import Bench, Measured
from neurodeploy.methods.compression.measure import measured
from neurodeploy.model import Model
from neurodeploy.terms import Reset
from neurodeploy.toolchain import CompileOptions

SEEDS = accuracy.SEEDS
N_STEPS = accuracy.N_STEPS
N_TRAIN, N_VALIDATION, N_TEST = 5000, 5000, 10_000
"""Images an epoch, to choose the epoch with, and to test with; the first of each part."""

N_MEASURED = 1000
"""Images of the validation part on which a deployment is run while it is compressed."""

LEARNING_RATE = 0.05
"""The middle of three that one-shot magnitude was tried with on seed 0's validation part at 3 %:
0.02 gave 87.40 %, 0.05 87.65 %, 0.1 87.75 %.
"""


def data(n_train: int = N_TRAIN) -> Fashion:
    """Return the data with as many images as an epoch shows."""
    torch.set_num_threads(1)
    whole = load_fashion()
    return Fashion(
        train=whole.train.taken(np.arange(n_train)),
        validation=whole.validation.taken(np.arange(N_VALIDATION)),
        test=whole.test.taken(np.arange(N_TEST)),
    )


def dense(seed: int, n_steps: int = N_STEPS) -> Model:
    """Return the trained network that is compressed, `examples.training.accuracy`'s of BPTT."""
    options = accuracy.options(Training.BPTT, seed)
    return trained(
        f"bptt-T{n_steps}-seed{seed}",
        lambda: network(seed, leak=0.5, reset=Reset.ZERO),
        load_fashion(),
        n_steps,
        options,
    ).model


def training(seed: int, epochs: int) -> TrainOptions:
    """Return how all methods train."""
    plain = accuracy.options(Training.BPTT, seed)
    return replace(plain, epochs=epochs, batchnorm=False, learning_rate=LEARNING_RATE)


def bench(images: Fashion, *, test: bool, n_steps: int = N_STEPS) -> Bench:
    """Return where networks are measured; the first layer is the host's, as in `training`."""
    parts: Parts = images.parts(n_steps)
    return Bench(
        samples=images.test if test else images.validation,
        encoding=parts.encoding,
        compile=CompileOptions(
            chip="loihi2", coding=InputCoding.INJECTED, input_range=(0.0, 255.0)
        ),
        fidelity=Fidelity.L0,
    )


def figures(model: Model, before: Measured, images: Fashion) -> dict[str, float]:
    """Return what the deployment of `model` does on the test images, beside that before."""
    after = measured(model, bench(images, test=True))
    labels = after.labels
    changes = [
        float(np.mean(after.predictions[labels == k] == k))
        - float(np.mean(before.predictions[labels == k] == k))
        for k in np.unique(labels)
    ]
    return {
        "accuracy": after.accuracy,
        "before": before.accuracy,
        "flips": float(np.mean(after.predictions != before.predictions)),
        "worst_class": min(changes),
        "synops_hw": after.value("synops_hw") or 0.0,
        "synops_effective": after.value("synops_effective") or 0.0,
        "synops_hw_before": before.value("synops_hw") or 0.0,
        "synops_effective_before": before.value("synops_effective") or 0.0,
        "cores": after.value("cores") or 0.0,
        "cores_before": before.value("cores") or 0.0,
        "synapse_bytes": float(after.synapse_bytes),
        "synapse_bytes_before": float(before.synapse_bytes),
    }
