"""The float model on the samples that the integers get."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from neurodeploy.model import Model
from neurodeploy.verification.recording import Advance

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class FloatRun:
    """Outputs (sample, step, neuron) in the model's own time, and readouts (sample, neuron)."""

    outputs: Mapping[str, Floats]
    readouts: Mapping[str, Floats]

    def predictions(self) -> NDArray[np.int64]:
        """Index of the largest value of the first output (sample,); ties go to the lowest."""
        return np.argmax(next(iter(self.readouts.values())), axis=1)


def run_float(model: Model, x: NDArray[np.floating], advance: Advance) -> FloatRun:
    """Run `model` on `x` (sample, step, *shape), one sample after the other to save memory."""
    names = [population.name for population in model.populations]
    outputs: dict[str, list[Floats]] = {name: [] for name in names}
    readouts: dict[str, list[Floats]] = {output.population: [] for output in model.outputs}
    for sample in x:
        simulation = model.simulate(sample[None], record=names)
        for name, parts in outputs.items():
            parts.append(simulation.rasters[name].reshape(len(sample), -1))
        for name, parts in readouts.items():
            parts.append(simulation.readouts[name].ravel())
        advance()
    return FloatRun(
        outputs={name: np.stack(parts) for name, parts in outputs.items()},
        readouts={name: np.stack(parts) for name, parts in readouts.items()},
    )
