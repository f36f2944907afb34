"""A first run says that it compiles kernels; a second has nothing to say."""

import io
import sys

import numba
import pytest
from rich.console import Console

from neurodeploy.cli import output
from neurodeploy.cli.compiling import watched


def test_kernels_that_are_compiled_are_counted() -> None:
    told: list[tuple[int, bool]] = []
    inner = numba.njit(lambda x: x + 1)
    outer = numba.njit(lambda x: inner(x) * 2)
    with watched(lambda n, busy: told.append((n, busy))) as kernels:
        assert outer(1) == 4
        assert outer(2) == 6
    assert kernels.n_begun == 2
    assert kernels.seconds > 0
    assert told[0] == (1, True)
    assert told[-1] == (2, False)
    with watched(lambda n, busy: told.append((n, busy))) as again:
        outer(3)
    assert again.n_begun == 0


def test_terminal_is_told_of_kernels_and_a_pipe_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    for stream, expected in ((Terminal(), True), (io.StringIO(), False)):
        monkeypatch.setattr(sys, "stderr", stream)
        assert Console(stderr=True).file is not None
        with output.progress("samples", 1, quiet=False) as advance:
            numba.njit(lambda x: x - 1)(1)
            advance(1)
        assert ("compiled 1 kernels in" in stream.getvalue()) is expected
