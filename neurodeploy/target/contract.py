"""The whole contract of a target."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from neurodeploy.deployment.deployment import Deployment
from neurodeploy.hardware import Hardware
from neurodeploy.hardware.violation import Violation
from neurodeploy.machine.timing import Fidelity
from neurodeploy.program import Program
from neurodeploy.storage.codec import digest
from neurodeploy.target.run import Run

__all__ = ["RunOptions", "Stimulus", "Target", "Violation"]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Stimulus:
    """Integers for every input of a program.

    Parameters
    ----------
    x : integers (sample, step, *shape) by input name.
    labels : integers (sample,) or None.
    coder : what made the integers, with its seed; per-sample seeds derive from the sample's index.
    host_macs : multiplications and additions that the host did for one sample.
    """

    x: Mapping[str, NDArray[np.integer]]
    labels: NDArray[np.int64] | None = None
    coder: str = "as given"
    host_macs: int = 0

    @property
    def digest(self) -> str:
        """Fingerprint of everything it says."""
        return digest(self)

    @property
    def n_samples(self) -> int:
        """Number of samples."""
        return len(next(iter(self.x.values())))

    @property
    def n_steps(self) -> int:
        """Steps of each sample."""
        return int(next(iter(self.x.values())).shape[1])


@dataclass(frozen=True, slots=True, kw_only=True)
class RunOptions:
    """How to run.

    Parameters
    ----------
    record : populations whose rasters, currents and voltages are kept.
    workers : threads; None is one a processor.
    on_progress : called with the number of samples done; it may raise to cancel.
    """

    record: frozenset[str] = frozenset()
    fidelity: Fidelity = Fidelity.L1
    workers: int | None = None
    on_progress: Callable[[int], None] | None = None


class Target(Protocol):
    """Something that can run a deployment; the class docstring says what it is in one line."""

    name: str
    default_chip: str

    def health(self) -> str | None:
        """Return None, or what is missing and the command that mends it."""

    def violations(self, program: Program, hardware: Hardware) -> tuple[Violation, ...]:
        """Return everything in `program` that this target cannot run on `hardware`."""

    def emit(self, deployment: Deployment, folder: Path) -> None:
        """Write what a user takes away into `folder`; may write nothing."""

    def run(
        self, deployment: Deployment, stimuli: Iterable[Stimulus], options: RunOptions
    ) -> Iterator[Run]:
        """Yield one Run for each stimulus, in order."""
