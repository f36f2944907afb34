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
from neurodeploy.machine.fidelity import Fidelity
from neurodeploy.program import Program
from neurodeploy.storage.codec import digest
from neurodeploy.target.run import Run

__all__ = ["Environment", "EnvironmentStatus", "RunOptions", "Stimulus", "Target", "Violation"]


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
    fidelity : how far time is modelled; the bound by default, which costs next to nothing.
    workers : threads; None is one a processor.
    time_limit_s : when a target that can wait for ever gives up; None leaves it to the target.
    on_progress : called with the number of samples done; it may raise to cancel.
    """

    record: frozenset[str] = frozenset()
    fidelity: Fidelity = Fidelity.L1
    workers: int | None = None
    time_limit_s: float | None = None
    on_progress: Callable[[int], None] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EnvironmentStatus:
    """What is known of a target's environment.

    Parameters
    ----------
    complaint : None, or what is missing and the command that mends it.
    facts : what it is made of, by name: folder, interpreter, versions, patches.
    """

    complaint: str | None
    facts: Mapping[str, str]


class Environment(Protocol):
    """Packages of a target's own that cannot live beside neurodeploy, kept in the user's cache."""

    def create(
        self, python: str | None, on_progress: Callable[[str], None] | None
    ) -> EnvironmentStatus:
        """Make it anew, with the interpreter `python` or one that is found; then check it."""

    def status(self) -> EnvironmentStatus:
        """Return what there is, after starting its interpreter."""

    def remove(self) -> bool:
        """Delete it; return whether there was one."""


class Target(Protocol):
    """Something that can run a deployment; the class docstring says what it is in one line.

    `environment` is None for a target that needs nothing of its own.
    """

    name: str
    default_chip: str
    environment: Environment | None

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
