"""What a converted network says after each step."""

from collections.abc import Callable

import numpy as np
import torch
from numpy.typing import NDArray

from neurodeploy.frontends.samples import Samples
from neurodeploy.learning.data import batches
from neurodeploy.learning.twin.twin import Twin
from neurodeploy.methods.conversion.stepping import steps_of
from neurodeploy.model import I, Model
from neurodeploy.passes.fold_batchnorm import FoldBatchNorm
from neurodeploy.passes.fold_scale import FoldScale

Progress = Callable[[int, int], None]
"""Called after every batch with samples done and samples in all."""


def logits_over_steps(
    model: Model,
    samples: Samples,
    n_steps: int,
    *,
    batch_size: int = 50,
    on_progress: Progress | None = None,
) -> NDArray[np.float32]:
    """Return the summed logits after each step, (sample, step, class).

    One run of `n_steps` gives the answer of every shorter one. An integrator holds the sum; of
    another output the steps are added up.
    """
    twin = Twin(FoldScale().apply(FoldBatchNorm().apply(model))).eval()
    output = model.population(model.outputs[0].population)
    sums = np.zeros((samples.n_samples, n_steps, output.size), np.float32)
    done = 0
    for chosen in batches(samples, batch_size, None):
        x = torch.from_numpy(np.ascontiguousarray(samples.x[chosen], np.float32))
        with torch.no_grad():
            for step in steps_of(twin, x, n_steps):
                sums[chosen, step.number - 1] = step.outputs[output.name].flatten(1).numpy()
        done += len(chosen)
        if on_progress is not None:
            on_progress(done, samples.n_samples)
    return sums if isinstance(output.neuron, I) else np.cumsum(sums, axis=1)


def accuracy_over_steps(
    logits: NDArray[np.float32], labels: NDArray[np.int64]
) -> NDArray[np.float64]:
    """Return the share of right answers after each step, (step,); ties go to the lowest class."""
    right: NDArray[np.float64] = (logits.argmax(axis=2) == labels[:, None]).mean(axis=0)
    return right


def ann_predictions(ann: Model, samples: Samples, batch_size: int = 500) -> NDArray[np.int64]:
    """Return the answers of an artificial network, (sample,)."""
    twin = Twin(ann).eval()
    answers = np.zeros(samples.n_samples, np.int64)
    for chosen in batches(samples, batch_size, None):
        x = torch.from_numpy(np.ascontiguousarray(samples.x[chosen], np.float32))
        with torch.no_grad():
            answers[chosen] = twin(x[:, None]).logits.argmax(dim=1).numpy()
    return answers
