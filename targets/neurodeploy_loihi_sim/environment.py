"""Lava's own environment in the user's cache: made beside its place, checked, then moved there.

``environment.json`` in its folder, written last, holds ``schema``, ``facts`` (what `env status`
prints), ``interpreter`` and ``requirements``, the digest of the packages it was made for.
"""

import json
import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

from neurodeploy.errors import TargetFailed, TargetUnavailable
from neurodeploy.storage.atomic import new_folder
from neurodeploy.target.contract import EnvironmentStatus
from neurodeploy_loihi_sim.install import REQUIREMENTS, install, requirements_digest
from neurodeploy_loihi_sim.interpreters import Interpreter, find_interpreter
from neurodeploy_loihi_sim.replay import replay

SCHEMA = 1
MARKER = "environment.json"
CREATE = "neurodeploy env create loihi-sim"


def cache_folder() -> Path:
    """Return where environments are kept: the user's cache, unless told otherwise."""
    told = os.environ.get("NEURODEPLOY_CACHE")
    if told:
        return Path(told).expanduser().absolute()
    base = os.environ.get("XDG_CACHE_HOME")
    return (Path(base) if base else Path.home() / ".cache") / "neurodeploy"


class LavaEnvironment:
    """The environment of `loihi-sim`."""

    @property
    def folder(self) -> Path:
        """Where it is, or would be."""
        return cache_folder() / "loihi-sim"

    def create(
        self, python: str | None, on_progress: Callable[[str], None] | None
    ) -> EnvironmentStatus:
        """Make it anew, with the interpreter `python` or one that is found; then check it.

        Raises
        ------
        TargetUnavailable
            If there is no interpreter (ND4102), a package cannot be installed (ND4103), or Lava
            does not compute as it should (ND4104).
        """
        say = on_progress or (lambda _: None)
        interpreter = find_interpreter(python)
        with new_folder(self.folder, marker=MARKER) as temporary:
            patch = install(interpreter, temporary, say)
            say("replaying small networks against the reference")
            checked = _replayed(temporary / "bin" / "python")
            facts = {
                "interpreter": str(interpreter),
                "packages": _pinned(),
                "patch": "none" if patch is None else f"{patch.file}: {patch.why}",
                "checked": checked,
            }
            _write(temporary, interpreter, facts)
        return self.status()

    def status(self) -> EnvironmentStatus:
        """Return what there is, after starting its interpreter."""
        complaint = self.complaint()
        facts = {"folder": str(self.folder)}
        document = _document(self.folder)
        if document is not None:
            facts |= {str(key): str(value) for key, value in document["facts"].items()}
        if complaint is None:
            complaint = _broken(self.folder / "bin" / "python")
        return EnvironmentStatus(complaint=complaint, facts=facts)

    def remove(self) -> bool:
        """Delete it; return whether there was one."""
        there = (self.folder / MARKER).is_file()
        if there:
            shutil.rmtree(self.folder)
        return there

    def complaint(self) -> str | None:
        """Return None, or what is wrong at first sight and the command that mends it."""
        document = _document(self.folder)
        if document is None:
            return f"Lava's environment is missing; make it: {CREATE}"
        if document["requirements"] != requirements_digest():
            return f"Lava's environment is that of another version; make it anew: {CREATE}"
        if not os.access(self.folder / "bin" / "python", os.X_OK):
            gone = document["interpreter"]
            return f"{gone} of Lava's environment is gone; make it anew: {CREATE}"
        return None

    def python(self) -> Path:
        """Return its interpreter.

        Raises
        ------
        TargetUnavailable
            If it is missing or out of date (ND4101).
        """
        complaint = self.complaint()
        if complaint is not None:
            raise TargetUnavailable("ND4101", f"loihi-sim: {complaint}")
        return self.folder / "bin" / "python"


def _document(folder: Path) -> dict[str, Any] | None:  # JSON boundary
    try:
        document = json.loads((folder / MARKER).read_text())
    except (OSError, ValueError):
        return None
    right = isinstance(document, dict) and document.get("schema") == SCHEMA
    return document if right else None


def _write(folder: Path, interpreter: Interpreter, facts: dict[str, str]) -> None:
    document = {
        "schema": SCHEMA,
        "interpreter": str(interpreter),
        "requirements": requirements_digest(),
        "facts": facts,
    }
    (folder / MARKER).write_text(json.dumps(document, indent=1) + "\n")


def _pinned() -> str:
    """Return the packages as pinned; they are installed exactly so, or not at all."""
    lines = REQUIREMENTS.read_text().splitlines()
    return ", ".join(line.replace("==", " ") for line in lines if line and line[0] != "#")


def _replayed(python: Path) -> str:
    try:
        return replay(python)
    except TargetFailed as error:
        raise TargetUnavailable(
            "ND4104",
            *(f"{problem}" for problem in error.problems),
            "loihi-sim: Lava does not run in the new environment; try another Python: "
            f"{CREATE} --python PATH",
        ) from error


def _broken(python: Path) -> str | None:
    """Return why the interpreter does not import Lava and how to mend it, or None."""
    command = [str(python), "-E", "-s", "-B", "-c", "import lava.magma.core.run_configs"]
    try:
        ended = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        return f"Lava's environment does not start ({error}); make it anew: {CREATE}"
    if ended.returncode:
        said = (ended.stderr.strip() or "no word").splitlines()[-1]
        return f"Lava's environment does not import Lava ({said}); make it anew: {CREATE}"
    return None
