"""`Stage`: one command of this command line, what it reads, and the file that tells its result."""

import shlex
from dataclasses import dataclass

from neurodeploy.pilot.manifest import Status


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """One command, run in the pilot's folder; it writes into the folder of the stage's name.

    Parameters
    ----------
    arguments : of `neurodeploy`.
    main : the file that tells what was found.
    printed : whether `main` is what the command prints; else it writes it itself.
    reads : roles of inputs and names of earlier stages.
    refusal : what the stage is where its command refuses; None where the pilot then ends.
    refused_by : the codes that it may refuse with; empty is any.
    gate : whether exit code 1 is an answer.
    checkpoint : file in its folder that an interrupted command goes on from.
    """

    name: str
    arguments: tuple[str, ...]
    main: str
    printed: bool = True
    reads: tuple[str, ...] = ()
    refusal: Status | None = None
    refused_by: tuple[str, ...] = ()
    gate: bool = False
    checkpoint: str | None = None

    @property
    def command(self) -> str:
        """What a user pastes to do this stage alone."""
        line = shlex.join(("neurodeploy", *self.arguments))
        return f"{line} > {shlex.quote(self.main)}" if self.printed else line

    def answers(self, code: str) -> bool:
        """Return whether the complaint `code` is a gate's answer: exit code 1."""
        return self.gate and code[2] == "1"

    def refused(self, code: str) -> Status | None:
        """Return what the stage is where its command refuses with `code`; None ends the pilot."""
        return self.refusal if not self.refused_by or code in self.refused_by else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Skipped:
    """A stage that is not done, and why."""

    name: str
    status: Status
    reason: str


Planned = Stage | Skipped
