"""`Work`: one network, placed, with its stimulus."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from neurodeploy.deployment.deployment import Deployment
from neurodeploy.machine.counts import HARDWARE_SYNOPS
from neurodeploy.machine.fidelity import Fidelity
from neurodeploy.target import Run, RunOptions, Stimulus
from neurodeploy.target.registry import find_target
from neurodeploy.terms import Reset
from tools.bench.clock import timed

WORKERS = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """A network to be measured.

    Parameters
    ----------
    title : what it is, for the page.
    """

    name: str
    title: str
    deployment: Deployment
    stimulus: Stimulus

    def run(self, n_samples: int, workers: int = WORKERS, fidelity: Fidelity = Fidelity.L1) -> Run:
        """Run the first `n_samples`, over again from the first where there are fewer."""
        return _run(self.deployment, self.taken(n_samples), workers, fidelity)

    def seconds(
        self, n_samples: int, workers: int = WORKERS, fidelity: Fidelity = Fidelity.L1
    ) -> float:
        """Return the seconds of one sample in a run of `n_samples`, counting on."""
        stimulus = self.taken(n_samples)
        return timed(lambda: _run(self.deployment, stimulus, workers, fidelity)) / n_samples

    def under(self, reset: Reset | None) -> "Work":
        """Return the same network with another reset rule, or itself for None."""
        if reset is None:
            return self
        program = self.deployment.program
        populations = tuple(replace(p, reset=reset) for p in program.populations)
        changed = replace(self.deployment, program=replace(program, populations=populations))
        return replace(self, deployment=changed)

    def taken(self, n_samples: int) -> Stimulus:
        """Return a stimulus of `n_samples`."""
        index = np.arange(n_samples) % self.stimulus.n_samples
        whole = n_samples == self.stimulus.n_samples
        x = self.stimulus.x if whole else {n: x[index] for n, x in self.stimulus.x.items()}
        return Stimulus(x=x)

    def synops(self, run: Run) -> float:
        """Return the synaptic operations of one sample, zeros included."""
        return float(run.totals[:, :, HARDWARE_SYNOPS].sum()) / run.n_samples


def _run(deployment: Deployment, stimulus: Stimulus, workers: int, fidelity: Fidelity) -> Run:
    options = RunOptions(workers=workers, fidelity=fidelity)
    (run,) = find_target("cpu-emu").run(deployment, [stimulus], options)
    return run


Maker = Callable[[bool], Work]
"""Makes a work; True for a size that only shows that everything works."""
