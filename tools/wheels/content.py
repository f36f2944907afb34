"""Build the wheel and hold what is in it against the repository: python -m tools.wheels.content"""

import subprocess
import sys
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DIST = ROOT / "dist"
PACKAGES = {
    "neurodeploy": "neurodeploy",
    "targets/neurodeploy_cpu_emu": "neurodeploy_cpu_emu",
    "targets/neurodeploy_loihi_sim": "neurodeploy_loihi_sim",
}
"""Folders of the repository, and what they are called in the wheel."""
RECORDS = {"METADATA", "RECORD", "WHEEL", "entry_points.txt", "licenses/LICENSE"}


def build(folder: Path) -> Path:
    """Build the wheel into `folder`; equal sources give equal bytes."""
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    (wheel,) = folder.glob("neurodeploy-*.whl")
    return wheel


def problems(wheel: Path) -> list[str]:
    """Return every file that is missing from the wheel, and every one that has no place in it."""
    with zipfile.ZipFile(wheel) as archive:
        found = set(archive.namelist())
    wanted = _tracked() | {f"{_record(wheel)}/{name}" for name in RECORDS}
    return [
        *(f"missing: {name}" for name in sorted(wanted - found)),
        *(f"has no place in it: {name}" for name in sorted(found - wanted)),
    ]


def _tracked() -> set[str]:
    listed = subprocess.run(
        ["git", "ls-files", "-z", *PACKAGES], cwd=ROOT, check=True, capture_output=True, text=True
    )
    return {_inside(name) for name in listed.stdout.split("\0") if name}


def _inside(name: str) -> str:
    folder = next(folder for folder in PACKAGES if name.startswith(f"{folder}/"))
    return PACKAGES[folder] + name.removeprefix(folder)


def _record(wheel: Path) -> str:
    name, version = wheel.name.split("-")[:2]
    return f"{name}-{version}.dist-info"


def main() -> int:
    DIST.mkdir(exist_ok=True)
    for old in DIST.glob("neurodeploy-*.whl"):
        old.unlink()
    wheel = build(DIST)
    found = problems(wheel)
    print(f"{wheel}: {wheel.stat().st_size / 1e6:.1f} MB", *found, sep="\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
