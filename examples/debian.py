"""Data that Debian packages, taken out of a package's archive; root is not needed."""

import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path


def fetch(package: str, inside: Path, folder: Path) -> None:
    """Download `package`; make of its folder `inside` a new `folder`.

    Ends with the reason where apt-get is absent, knows no such package or has no network.
    """
    with tempfile.TemporaryDirectory() as name:
        hint = "as root, `apt-get update` renews its lists"
        _run(["apt-get", "download", package], Path(name), hint)
        (archive,) = Path(name).glob("*.deb")
        unpack(archive, inside, folder)


def unpack(archive: Path, inside: Path, folder: Path) -> None:
    """Make of the folder `inside` of `archive` a new `folder`, whole or not at all."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent) as name:
        _run(["dpkg-deb", "-x", str(archive), name], folder.parent, "the archive may be damaged")
        shutil.move(Path(name) / inside, folder)


def _run(command: Sequence[str], here: Path, hint: str) -> None:
    try:
        done = subprocess.run(command, cwd=here, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        raise SystemExit(f"{command[0]} is absent: this is no Debian or Ubuntu") from None
    if done.returncode:
        raise SystemExit(f"{' '.join(command)} failed: {done.stderr.strip()}; {hint}")
