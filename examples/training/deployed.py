"""What a network does once it is deployed."""

import numpy as np

import neurodeploy
from examples.fashion import Fashion
from neurodeploy.deployment.host import InputCoding
from neurodeploy.frontends.samples import Encoding
from neurodeploy.model import Model

BATCH = 1000


def measured(
    model: Model,
    data: Fashion,
    n_steps: int,
    coding: InputCoding,
    weight_bits: int | None = None,
) -> dict[str, float]:
    """Return accuracy and SOPs an inference of the deployment on all test images, on cpu-emu."""
    deployment = neurodeploy.compile(
        model,
        chip="loihi2",
        input_coding=coding,
        input_range=(0.0, 255.0),
        weight_bits=weight_bits,
    )
    encoding = Encoding(coder="direct", n_steps=n_steps)
    names = ("accuracy", "synops_hw", "synops_effective")
    totals = dict.fromkeys(names, 0.0)
    for first in range(0, data.test.n_samples, BATCH):
        part = data.test.taken(np.arange(first, first + BATCH))
        report = neurodeploy.profile(deployment, part.x, part.y, encoding=encoding)
        for name in names:
            totals[name] += report.metrics[name].value * BATCH / data.test.n_samples
    return totals
