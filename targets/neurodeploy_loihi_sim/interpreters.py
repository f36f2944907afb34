"""Find a Python that Lava can live in: 3.10, or 3.11 with a patch; each candidate is started."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from neurodeploy.errors import TargetUnavailable

NATIVE = (3, 10)
PATCHED = (3, 11)

_PROBE = (
    "import ensurepip, platform, sys, venv; "
    "print(platform.python_implementation(), *sys.version_info[:3])"
)
START_S = 30
UV_S = 600


@dataclass(frozen=True, slots=True, kw_only=True)
class Interpreter:
    """A Python that was started and can make environments; `found` says where."""

    path: str
    version: tuple[int, int, int]
    found: str

    @property
    def needs_patch(self) -> bool:
        """Whether Lava imports only after a patch."""
        return self.version[:2] == PATCHED

    def __str__(self) -> str:
        return f"Python {'.'.join(map(str, self.version))} ({self.found}: {self.path})"


def find_interpreter(given: str | None) -> Interpreter:
    """Return `given` if it will do; else the first that will.

    The order is: Python 3.10 on PATH, under pyenv, brought by uv; then 3.11, that runs neurodeploy,
    on PATH, under pyenv.

    Raises
    ------
    TargetUnavailable
        If none will do (ND4102); the message says what was tried and what to install.
    """
    tried: list[str] = []
    if given is not None:
        found = _first([(given, "--python")], (NATIVE, PATCHED), tried)
    else:
        found = _search(tried)
    if found is not None:
        return found
    raise TargetUnavailable(
        "ND4102",
        *(f"loihi-sim: {line}" for line in tried),
        "loihi-sim: no Python 3.10 or 3.11 that can make environments was found; install one, for "
        "instance with `pyenv install 3.10`, `uv python install 3.10` or "
        "`apt install python3.11-venv`, then: neurodeploy env create loihi-sim",
    )


def _search(tried: list[str]) -> Interpreter | None:
    return (
        _first([*_on_path("3.10"), *_under_pyenv("3.10")], (NATIVE,), tried)
        or _first(_by_uv(tried), (NATIVE,), tried)
        or _first(
            [(sys.executable, "runs neurodeploy"), *_on_path("3.11"), *_under_pyenv("3.11")],
            (PATCHED,),
            tried,
        )
    )


def _first(
    candidates: list[tuple[str, str]], versions: tuple[tuple[int, int], ...], tried: list[str]
) -> Interpreter | None:
    """Return the first candidate (path, where found) that runs and has one of `versions`."""
    for path, found in candidates:
        version, reason = _started(path)
        if version is not None and version[:2] in versions:
            return Interpreter(path=path, version=version, found=found)
        allowed = " or ".join(f"{major}.{minor}" for major, minor in versions)
        if version is not None:
            reason = f"is Python {'.'.join(map(str, version))}, Lava needs {allowed}"
        tried.append(f"{path} ({found}) {reason}")
    return None


def _started(path: str) -> tuple[tuple[int, int, int] | None, str]:
    """Return the version that `path` says it is, or why it cannot make environments.

    A shim of pyenv can be on PATH and fail; Debian's Python can lack ensurepip.
    """
    try:
        ended = subprocess.run(
            [path, "-c", _PROBE], capture_output=True, text=True, timeout=START_S, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return None, f"does not start: {error}"
    words = ended.stdout.split()
    if ended.returncode == 0 and len(words) == 4 and words[0] == "CPython":
        return (int(words[1]), int(words[2]), int(words[3])), ""
    said = (ended.stderr.strip() or ended.stdout.strip() or "nothing").splitlines()
    return None, f"cannot make environments: {said[-1] if 'Error' in said[-1] else said[0]}"


def _on_path(version: str) -> list[tuple[str, str]]:
    folders = [Path(folder) for folder in os.get_exec_path()]
    names = (f"python{version}", "python3")
    files = [folder / name for name in names for folder in folders if (folder / name).is_file()]
    return [(str(file), "on PATH") for file in _of_version(files, version)]


def _of_version(files: list[Path], version: str) -> Iterator[Path]:
    """Yield each file once; a plain `python3` only where it is the version looked for."""
    seen: set[Path] = set()
    for file in files:
        plain = file.name == "python3"
        if file.resolve() in seen or (plain and not _is(file, version)):
            continue
        seen.add(file.resolve())
        yield file


def _is(file: Path, version: str) -> bool:
    found, _ = _started(str(file))
    return found is not None and f"{found[0]}.{found[1]}" == version


def _under_pyenv(version: str) -> list[tuple[str, str]]:
    root = _printed("pyenv", "root")
    if root is None:
        return []
    files = sorted(Path(root, "versions").glob(f"{version}*/bin/python{version}"))
    return [(str(file), "pyenv") for file in files]


def _by_uv(tried: list[str]) -> list[tuple[str, str]]:
    """Return the Python 3.10 that uv has or can download."""
    if shutil.which("uv") is None:
        return []
    path = _printed("uv", "python", "find", "3.10")
    if path is None and _printed("uv", "python", "install", "3.10") is not None:
        path = _printed("uv", "python", "find", "3.10")
    if path is None:
        tried.append("uv has no Python 3.10 and could not bring one")
        return []
    return [(path, "uv")]


def _printed(*command: str) -> str | None:
    """Return what `command` prints, or None if it fails or is not there."""
    try:
        ended = subprocess.run(command, capture_output=True, text=True, timeout=UV_S, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return None
    return ended.stdout.strip() if ended.returncode == 0 else None
