"""A peer's program, kept alive between its turns: one JSON object a line, to it and from it.

The program reads its network from an `.npz`, says ``{"ready": ...}``, then for each request
``{"samples": N, "batch": B, "threads": T}`` does the work once and answers ``{"seconds": S, ...}``.
"""

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tools.peers.environments import CACHE

DRIVERS = Path(__file__).parent / "drivers"


class PeerFailed(Exception):
    """A peer's program ended, or said something else than an answer."""


class Peer:
    """A running program of a peer."""

    def __init__(self, process: subprocess.Popen[str], errors: Path) -> None:
        self._process, self._errors = process, errors

    def ask(self, **request: object) -> dict[str, Any]:
        """Return the answer to one request."""
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(json.dumps(request) + "\n")
            self._process.stdin.flush()
        except BrokenPipeError as error:
            raise PeerFailed(self._said()) from error
        return self.answer()

    def answer(self) -> dict[str, Any]:
        """Return the next line that is an object; what a library prints besides is passed over."""
        assert self._process.stdout is not None
        for line in self._process.stdout:
            if line.startswith("{"):
                return dict(json.loads(line))
        raise PeerFailed(self._said())

    def _said(self) -> str:
        return self._errors.read_text()[-2000:] or "it ended without a word"


def python_of(environment: str) -> Path | None:
    """Return the interpreter of a peer's environment, ours for "", None where there is none."""
    if not environment:
        return Path(sys.executable)
    made = CACHE / environment / ".made"
    return CACHE / environment / "bin" / "python" if made.exists() else None


@contextmanager
def running(python: Path, driver: str, *arguments: object) -> Iterator[Peer]:
    """Start a driver and end it with the block."""
    with tempfile.TemporaryDirectory() as folder:
        errors = Path(folder) / "errors.txt"
        with errors.open("w") as said:
            process = subprocess.Popen(
                [str(python), str(DRIVERS / driver), *map(str, arguments)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=said,
                text=True,
            )
            try:
                peer = Peer(process, errors)
                peer.answer()
                yield peer
            finally:
                process.kill()
                process.wait()
