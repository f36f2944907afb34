"""Fill a new environment: the pinned packages, and on Python 3.11 a patch of one file of Lava."""

import hashlib
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from neurodeploy.errors import TargetUnavailable
from neurodeploy_loihi_sim.interpreters import Interpreter

REQUIREMENTS = Path(__file__).parent / "requirements.txt"
PIP_S = 1800

Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Patch:
    """A change of one file, known by the digests before and after."""

    file: str
    why: str
    replacements: tuple[tuple[str, str], ...]
    sha256_before: str
    sha256_after: str


VAR_MODEL = Patch(
    file="lava/magma/compiler/var_model.py",
    why="eight mutable dataclass defaults, which Python 3.11 refuses",
    replacements=(
        ("import dataclass, InitVar", "import dataclass, field, InitVar"),
        ("ByteEncoder = ByteEncoder()", "ByteEncoder = field(default_factory=ByteEncoder)"),
    ),
    sha256_before="3b8acb73dc3ff38d159065aa0339b90f371f99f162e68d10a3117afbd916afa8",
    sha256_after="6aafe7e7d89d463effc9a24ba717948ddad9e7ca95e49e751b9413b06c373047",
)


def install(interpreter: Interpreter, folder: Path, on_progress: Progress) -> Patch | None:
    """Make an environment in `folder` and install Lava; return the patch that was needed.

    Raises
    ------
    TargetUnavailable
        If a step fails (ND4103), with the last words of what failed.
    """
    on_progress(f"making an environment with {interpreter}")
    _call([interpreter.path, "-m", "venv", "--clear", str(folder)], "venv")
    on_progress("installing lava-nc 0.10.0 and what it needs, about 60 MB")
    python = folder / "bin" / "python"
    options = ["--no-deps", "--quiet", "--disable-pip-version-check", "--no-input"]
    if interpreter.needs_patch:
        options.append("--ignore-requires-python")
    _call([str(python), "-m", "pip", "install", *options, "-r", str(REQUIREMENTS)], "pip")
    if not interpreter.needs_patch:
        return None
    on_progress(f"patching {VAR_MODEL.file}: {VAR_MODEL.why}")
    version = "python{}.{}".format(*interpreter.version)
    apply(VAR_MODEL, folder / "lib" / version / "site-packages")
    return VAR_MODEL


def apply(patch: Patch, packages: Path) -> None:
    """Change the file of `patch`; refuse one that is not what the patch was made for."""
    path = packages / patch.file
    text = path.read_text()
    _expect(path, text, patch.sha256_before)
    for old, new in patch.replacements:
        text = text.replace(old, new)
    _expect(path, text, patch.sha256_after)
    path.write_text(text)


def requirements_digest() -> str:
    """Return the fingerprint of the pinned packages."""
    return "sha256:" + hashlib.sha256(REQUIREMENTS.read_bytes()).hexdigest()


def _expect(path: Path, text: str, sha256: str) -> None:
    found = hashlib.sha256(text.encode()).hexdigest()
    if found != sha256:
        raise TargetUnavailable(
            "ND4103",
            f"loihi-sim: {path.name} has sha256 {found}, the patch for Python 3.11 is for "
            f"{sha256}; use Python 3.10: neurodeploy env create loihi-sim --python PATH",
        )


def _call(command: list[str], what: str) -> None:
    try:
        ended = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=PIP_S,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise _failed(what, str(error)) from error
    if ended.returncode:
        raise _failed(what, ended.stdout)


def _failed(what: str, said: str) -> TargetUnavailable:
    words = "\n".join(f"  | {line}" for line in said.strip().splitlines()[-8:])
    return TargetUnavailable(
        "ND4103",
        f"loihi-sim: {what} could not fill its environment; check network, proxy and disk, then: "
        f"neurodeploy env create loihi-sim; its last words:\n{words}",
    )
