"""Run the command line in this process and see what a user sees."""

import io
import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass

from neurodeploy.cli.app import main


@dataclass(frozen=True)
class Result:
    code: int
    out: str
    err: str


def run_cli(*arguments: object) -> Result:
    out, err = io.StringIO(), io.StringIO()
    code = 0
    with _argv("neurodeploy", *map(str, arguments)), redirect_stdout(out), redirect_stderr(err):
        try:
            main()
        except SystemExit as end:
            code = end.code if isinstance(end.code, int) else 0
    return Result(code, out.getvalue(), err.getvalue())


@contextmanager
def _argv(*arguments: str) -> Iterator[None]:
    before = sys.argv
    sys.argv = list(arguments)
    try:
        yield
    finally:
        sys.argv = before
