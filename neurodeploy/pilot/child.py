"""Run one command of this command line in a process of its own, as a user would.

What it prints goes to a file, whole or not at all. Its complaints are the lines ``error[ND1234]:
...`` on standard error; their first digit is its exit code.
"""

import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from neurodeploy.errors import (
    DoesNotCompile,
    GateFailed,
    InputError,
    NeurodeployError,
    TargetFailed,
    TargetUnavailable,
)
from neurodeploy.storage.atomic import new_file

_CLASSES = {
    kind.exit_code: kind
    for kind in (GateFailed, InputError, DoesNotCompile, TargetUnavailable, TargetFailed)
}
_COMPLAINT = re.compile(r"^error\[(ND\d{4})\]: (.*)$", re.MULTILINE)
_ANSWERED = 1
"""Exit code of a gate that failed: what it printed is the answer."""


class ChildFailedError(RuntimeError):
    """A command ended in a way that no command should: a bug, or no memory left."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Complaint:
    """Why a command ended with another exit code than 0."""

    code: str
    problems: tuple[str, ...]

    def error(self) -> NeurodeployError:
        """Return it as what the command itself raised."""
        return _CLASSES[int(self.code[2])](self.code, *self.problems)


Runner = Callable[[tuple[str, ...], Path, Path | None], Complaint | None]
"""Takes the arguments, the folder to run in, and the file for what is printed."""


def in_child(arguments: tuple[str, ...], folder: Path, printed: Path | None) -> Complaint | None:
    """Run ``neurodeploy arguments`` in `folder`; return its complaint, None where there is none.

    Raises
    ------
    ChildFailedError
        If it ended by a bug or a signal.
    """
    command = [sys.executable, "-P", "-m", "neurodeploy", *arguments]
    ended = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)  # noqa: S603  # ourselves
    complaint = _complaint(arguments, ended)
    if printed is not None and ended.returncode in (0, _ANSWERED) and ended.stdout:
        with new_file(printed) as temporary:
            temporary.write_text(ended.stdout, encoding="utf-8", newline="\n")
    return complaint


def _complaint(
    arguments: tuple[str, ...], ended: "subprocess.CompletedProcess[str]"
) -> Complaint | None:
    if ended.returncode == 0:
        return None
    found = _COMPLAINT.findall(ended.stderr)
    if not found or ended.returncode not in _CLASSES:
        said = ended.stderr.strip() or f"it ended with {ended.returncode} and said nothing"
        raise ChildFailedError(f"neurodeploy {' '.join(arguments)}:\n{said}")
    return Complaint(code=found[0][0], problems=tuple(problem for _, problem in found))
