"""Reports of all sizes: one core and three layers, sixty layers, 128 cores."""

import functools
import itertools

import numpy as np

from neurodeploy import toolchain
from neurodeploy.machine.fidelity import Fidelity
from neurodeploy.model import Conv2d, If, Input, Model, Output, Population, Projection
from neurodeploy.report.report import Report
from neurodeploy.target import RunOptions
from neurodeploy.terms import Reset
from support.deploy import deployed, stimulus_of
from support.models import dense_if_model, input_spikes

SIZES = ("one_core", "sixty_layers", "many_cores")


@functools.cache
def report_of(size: str, workers: int = 1, fidelity: Fidelity = Fidelity.L1) -> Report:
    """Return the report named by one of `SIZES`."""
    rng = np.random.default_rng(5)
    if size == "many_cores":
        model, chip, n_samples, n_steps = _conv_model(rng), "loihi1", 3, 4
    else:
        sizes = (40, *[48] * 59, 10) if size == "sixty_layers" else (20, 30, 20, 10)
        model, chip, n_samples, n_steps = dense_if_model(rng, sizes=sizes), "loihi2", 60, 12
    deployment = deployed(model, chip=chip)
    stimulus = stimulus_of(deployment, input_spikes(rng, n_samples, n_steps, model.inputs[0].shape))
    options = RunOptions(workers=workers, fidelity=fidelity)
    return toolchain.profile(deployment, stimulus, options)


def _conv_model(rng: np.random.Generator) -> Model:
    """Four convolutions of 8 channels of 40 x 40 neurons, 32 cores each."""
    names = ["input", "edges", "corners", "parts", "wholes"]
    return Model(
        inputs=(Input(name="input", shape=(8, 40, 40)),),
        populations=tuple(
            Population(
                name=name,
                shape=(8, 40, 40),
                neuron=If(r=np.full((), 1e4), v_threshold=np.full((), 1.0)),
                reset=Reset.ZERO,
            )
            for name in names[1:]
        ),
        projections=tuple(
            Projection(
                name=f"to_{target}",
                sources=(source,),
                target=target,
                chain=(
                    Conv2d(
                        weight=rng.normal(0.05, 0.2, (8, 8, 3, 3)),
                        bias=np.zeros(8),
                        padding=(1, 1),
                    ),
                ),
            )
            for source, target in itertools.pairwise(names)
        ),
        outputs=(Output(population=names[-1]),),
        dt_s=1e-4,
    )
