"""`Run`: what came out of running a deployment, in integers only."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from neurodeploy.storage.codec import digest

Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Run:
    """Outputs, counts and ticks of some samples.

    Parameters
    ----------
    n_steps : steps run, drained ones included.
    outputs : (sample, neuron) by output population, in the program's order.
    steps_used : (sample,)
    totals : counts (sample, row, count); rows and columns as `machine.counts` says.
    step_sums, step_maxima : counts (step, row, count), summed and at most over the samples.
    ticks : (3, sample, step), the low, nominal and high bound; None where time is not modelled.
    spikes_per_neuron : (neuron,) by population, summed over samples.
    rasters, currents, voltages : (sample, step, neuron) of the recorded populations.
    """

    n_steps: int
    outputs: Mapping[str, Ints]
    steps_used: Ints
    totals: Ints
    step_sums: Ints
    step_maxima: Ints
    ticks: Ints | None
    spikes_per_neuron: Mapping[str, Ints]
    rasters: Mapping[str, Ints]
    currents: Mapping[str, Ints]
    voltages: Mapping[str, Ints]

    @property
    def digest(self) -> str:
        """Fingerprint of everything it says."""
        return digest(self)

    @property
    def n_samples(self) -> int:
        """Number of samples."""
        return len(self.steps_used)

    def predictions(self) -> Ints:
        """Return the index of the largest value of the first output; ties go to the lowest."""
        return np.argmax(next(iter(self.outputs.values())), axis=1)


def merge(runs: Sequence[Run]) -> Run:
    """Return `runs` as one, in order; merging is associative."""
    first = runs[0]
    ticks = [run.ticks for run in runs if run.ticks is not None]

    def stacked(parts: Sequence[Mapping[str, Ints]]) -> dict[str, Ints]:
        return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}

    return Run(
        n_steps=first.n_steps,
        outputs=stacked([run.outputs for run in runs]),
        steps_used=np.concatenate([run.steps_used for run in runs]),
        totals=np.concatenate([run.totals for run in runs]),
        step_sums=np.sum([run.step_sums for run in runs], axis=0),
        step_maxima=np.max([run.step_maxima for run in runs], axis=0),
        ticks=np.concatenate(ticks, axis=1) if ticks else None,
        spikes_per_neuron={
            name: np.sum([run.spikes_per_neuron[name] for run in runs], axis=0)
            for name in first.spikes_per_neuron
        },
        rasters=stacked([run.rasters for run in runs]),
        currents=stacked([run.currents for run in runs]),
        voltages=stacked([run.voltages for run in runs]),
    )
