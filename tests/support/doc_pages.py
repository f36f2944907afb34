"""A page of the documentation as a reader would follow it: its files written, its commands run."""

import contextlib
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from support.cli import run_cli

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"

_BLOCK = re.compile(
    r"(?:<!-- (?P<marker>[^\n]*?) -->\n)?^```(?P<info>[^\n]*)\n(?P<body>.*?)^```$",
    re.MULTILINE | re.DOTALL,
)
_CAPTION = re.compile(r"^:caption: (?P<name>\S+)$", re.MULTILINE)
_FILE = re.compile(r"file: (?P<name>\S+)")
_EXITS = re.compile(r"exits with (\d+)")
_SHELL = re.compile(r"[|;&$`]")
INSTALLS, LAVA, ELSEWHERE = "installs", "needs Lava", "run in "


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A fenced block: the comment before it, what stands behind the fence, and its text."""

    marker: str
    info: str
    body: str

    @property
    def code(self) -> int:
        """The exit code that its commands end with, as the comment before it says."""
        found = _EXITS.search(self.marker)
        return int(found[1]) if found else 0

    @property
    def file(self) -> str | None:
        """The name of the file that the reader makes of it."""
        captioned = self.info.startswith("{")
        found = _CAPTION.search(self.body) if captioned else _FILE.fullmatch(self.marker)
        return found["name"] if found else None

    @property
    def lines(self) -> list[str]:
        """Its commands, continued lines joined."""
        joined = self.body.replace("\\\n", " ").splitlines()
        return [line for line in joined if line.strip() and not line.startswith("#")]

    def content(self, page: Path) -> str:
        """Return what stands in that file."""
        if self.info.startswith("{literalinclude}"):
            return (page.parent / self.info.split()[1]).read_text()
        lines = self.body.splitlines()
        first = next(i for i, line in enumerate(lines) if not line.startswith(":"))
        return "\n".join(lines[first:]).strip("\n") + "\n"


def blocks(page: Path) -> list[Block]:
    """Return the page's blocks in order."""
    return [
        Block(marker=m["marker"] or "", info=m["info"].strip(), body=m["body"])
        for m in _BLOCK.finditer(page.read_text())
    ]


def follow(page: Path, folder: Path, *, only: str | None = None) -> None:
    """Do in `folder` what the page says, and stop at the first thing that goes otherwise.

    With `only`, just the commands behind that comment.
    """
    for block in blocks(page):
        if block.file is not None:
            place = folder / block.file
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(block.content(page))
        elif block.info == "sh" and _wanted(block, only):
            for line in block.lines:
                run_line(line, folder, block.code)
        elif block.info == "python" and block.marker == "runs" and not only:
            run_line(f"python -c {shlex.quote(block.body)}", folder)


def _wanted(block: Block, only: str | None) -> bool:
    if only:
        return block.marker == only
    return block.marker not in (INSTALLS, LAVA) and not block.marker.startswith(ELSEWHERE)


def run_line(line: str, folder: Path, code: int = 0) -> None:
    """Run one command in `folder`; it ends with `code`."""
    words = shlex.split(line, comments=True)
    own_code = (folder / "neurodeploy").is_dir() or (folder / "site").is_dir()
    if words[0] == "neurodeploy" and not own_code and not _SHELL.search(line):
        ended, shown = _in_this_process(words[1:], folder)
    else:
        ended, shown = _in_a_shell(line, folder)
    assert ended == code, f"{line}\nexit code {ended}, not {code}\n{shown}"


def _in_this_process(words: list[str], folder: Path) -> tuple[int, str]:
    """Return exit code and what was shown; `> FILE` at the end is obeyed."""
    *words, into = (*words[:-2], words[-1]) if words[-2:-1] == [">"] else (*words, None)
    with contextlib.chdir(folder):
        done = run_cli(*words)
        if into is not None:
            Path(into).write_text(done.out)
    return done.code, done.out + done.err


def _in_a_shell(line: str, folder: Path) -> tuple[int, str]:
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", _offline(line)],
        cwd=folder,
        env=_environment(folder),
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


def _offline(line: str) -> str:
    """Return the line, installing what lies in the folder, into the folder, without network."""
    quiet = "--quiet --disable-pip-version-check --no-index --no-deps --no-build-isolation"
    return line.replace("pip install ./", f"python -m pip install {quiet} --target site ./")


def _environment(folder: Path) -> dict[str, str]:
    own = folder if (folder / "neurodeploy").is_dir() else ROOT
    path = [str(folder / "site"), str(own), str(own / "targets")]
    return {
        **os.environ,
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "PYTHONPATH": os.pathsep.join(path),
    }


def pages() -> Iterator[Path]:
    """Return README.md and every page of docs."""
    yield ROOT / "README.md"
    yield from sorted(DOCS.rglob("*.md"))
