"""Install the wheel without torch and follow docs/start.md: python -m tools.wheels.first_report

Arguments are versions of Python; else 3.11, 3.12 and 3.13. They are looked for on PATH and under
pyenv; one that is nowhere is named and left out. pip needs its index.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

from tools.wheels.content import ROOT, build

VERSIONS = ("3.11", "3.12", "3.13")
PAGE = ROOT / "docs" / "start.md"
INSTALL = re.compile(r"^env/bin/pip install \.$", re.MULTILINE)
WITHOUT = ("torch", "snntorch", "onnx", "optuna", "art", "distributed")
"""What a plain install leaves out."""
BROUGHT = f"from importlib.util import find_spec as f; assert not [n for n in {WITHOUT} if f(n)]"
MARK = "at second "


def interpreter(version: str) -> Path | None:
    """Return a Python of that version that starts; a shim of pyenv may not."""
    on_path = shutil.which(f"python{version}")
    pyenv = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv") / "versions"
    candidates = [
        *([Path(on_path)] if on_path else []),
        *sorted(pyenv.glob(f"{version}.*/bin/python{version}")),
    ]
    return next((path for path in candidates if _starts(path)), None)


def script(wheel: Path, python: Path) -> str:
    """Return the commands of the page, for this wheel and this Python."""
    blocks = re.findall(r"```sh\n(.*?)```", PAGE.read_text(), re.DOTALL)
    text, n_found = INSTALL.subn(f"env/bin/pip install -q {wheel}", "".join(blocks))
    if n_found != 1 or not text.startswith("python -m venv env\n"):
        raise SystemExit(f"{PAGE} does not begin with an environment and its install")
    return text.replace("python -m", str(python) + " -m", 1)


def followed(wheel: Path, python: Path, folder: Path) -> Mapping[str, float]:
    """Run the page's commands in `folder` as one shell; return seconds by command.

    Ends where a command fails, none wrote report.html, or pip brought what it should leave out.
    """
    commands = script(wheel, python).splitlines()
    clock = [f'echo "{MARK}$EPOCHREALTIME"\n{command}' for command in commands]
    text = "\n".join([*clock, f'echo "{MARK}$EPOCHREALTIME"', f'env/bin/python -c "{BROUGHT}"'])
    done = subprocess.run(
        ["bash", "-e"],
        input=text,
        cwd=folder,
        env=_environment(folder),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if done.returncode or not list(folder.glob("**/report.html")):
        raise SystemExit(f"{python}: {done.stdout}\nended with {done.returncode}")
    at = [
        float(line.removeprefix(MARK)) for line in done.stdout.split("\n") if line.startswith(MARK)
    ]
    return {c: end - begin for c, begin, end in zip(commands, at[:-1], at[1:], strict=True)}


def _environment(folder: Path) -> Mapping[str, str]:
    """Return what a newcomer's shell has, and what pip needs to reach its index."""
    home = folder / "home"
    home.mkdir()
    kept = {k: v for k, v in os.environ.items() if k.startswith(("PIP_", "SSL_", "REQUESTS_"))}
    return {**kept, "PATH": "/usr/bin:/bin", "HOME": str(home)}


def _starts(python: Path) -> bool:
    done = subprocess.run(
        [python, "-c", "import venv, ensurepip"], capture_output=True, check=False
    )
    return done.returncode == 0


def main() -> int:
    asked, missing = sys.argv[1:] or VERSIONS, []
    with tempfile.TemporaryDirectory() as name:
        wheel = build(Path(name))
        for version in asked:
            python = interpreter(version)
            if python is None:
                missing.append(version)
                print(f"Python {version}: not on this machine, left out", flush=True)
                continue
            folder = Path(name) / version
            folder.mkdir()
            took = followed(wheel, python, folder)
            print(f"Python {version}, {python}: {sum(took.values()):.0f} s", flush=True)
            for command, seconds in took.items():
                print(f"  {seconds:6.1f} s  {command}", flush=True)
    return 1 if len(missing) == len(asked) else 0


if __name__ == "__main__":
    sys.exit(main())
