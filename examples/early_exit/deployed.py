"""A trained network on its chip, its exit calibrated on validation images, measured on the test's.

The host computes the first convolution once an image; its result enters in every step.
"""

from dataclasses import replace

import numpy as np

import neurodeploy
from examples.fashion import Fashion
from neurodeploy import toolchain
from neurodeploy.deployment.deployment import Deployment
from neurodeploy.deployment.host import InputCoding
from neurodeploy.exits.calibrate import Chosen
from neurodeploy.frontends.samples import Encoding, Samples
from neurodeploy.machine.fidelity import Fidelity
from neurodeploy.model import Model
from neurodeploy.report.report import Report
from neurodeploy.target import RunOptions
from neurodeploy.toolchain.exiting import ExitData

CHIP = "loihi2"
BATCH = 2500
PIXELS = (0.0, 255.0)


def deployed(model: Model, coding: InputCoding = InputCoding.INJECTED) -> Deployment:
    """Return `model` in integers on the chip."""
    return neurodeploy.compile(model, chip=CHIP, input_coding=coding, input_range=PIXELS)


def exit_data(samples: Samples, n_steps: int) -> ExitData:
    """Return images that are shown `n_steps` times."""
    return ExitData(samples=samples, encoding=Encoding(coder="direct", n_steps=n_steps))


def profiled(
    deployment: Deployment, samples: Samples, n_steps: int, fidelity: Fidelity = Fidelity.L1
) -> Report:
    """Return the report of `samples`, run with exit and without."""
    encoding = Encoding(coder="direct", n_steps=n_steps)
    stimulus = toolchain.stimulus_of(deployment, samples, encoding)
    return toolchain.profile(deployment, stimulus, RunOptions(fidelity=fidelity, workers=1))


def in_parts(
    deployment: Deployment, data: Fashion, n_steps: int, names: tuple[str, ...]
) -> dict[str, float]:
    """Return figures of all test images: means over parts of equal size, for memory's sake."""
    n = data.test.n_samples
    parts = [
        profiled(deployment, data.test.taken(np.arange(first, min(first + BATCH, n))), n_steps)
        for first in range(0, n, BATCH)
    ]
    return {
        name: float(np.mean([part.metrics[name].value or 0.0 for part in parts])) for name in names
    }


def of_choice(chosen: Chosen) -> dict[str, object]:
    """Return what was chosen, as JSON takes it."""
    policy = replace(chosen.policy, calibration=None)
    return {
        "rule": policy.rule.value,
        "score": policy.score.value,
        "threshold": policy.threshold,
        "where": policy.where.value,
        "validation_accuracy": chosen.outcome.accuracy,
        "validation_full_accuracy": chosen.outcome.full_accuracy,
        "validation_mean_step": chosen.outcome.mean_step,
    }
