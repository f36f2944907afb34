"""Printing: tables that fit 80 columns, figures with prefixes, JSON, progress, what comes next."""

import json
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from neurodeploy.cli.compiling import watched

if TYPE_CHECKING:
    from rich.console import Console

_PREFIXES = ((1e9, "G"), (1e6, "M"), (1e3, "k"), (1.0, ""), (1e-3, "m"), (1e-6, "u"), (1e-9, "n"))


def console() -> "Console":
    """Return a console on standard output; 80 columns where there is no terminal."""
    from rich.console import Console  # rich is slow to import, and `--help` answers without it

    return Console(highlight=False, soft_wrap=False)


def say(text: str = "") -> None:
    """Print a line of plain text; only a terminal's width wraps it."""
    console().print(text, markup=False, soft_wrap=True)


def heading(text: str) -> None:
    """Print a heading."""
    console().print(f"\n[bold]{text}[/bold]")


def print_json(value: object) -> None:
    """Print one JSON document."""
    print(json.dumps(value, indent=1, sort_keys=True))


def table(columns: Sequence[str], rows: Sequence[Sequence[str]], *, left: int = 1) -> None:
    """Print a table, its first `left` columns to the left, the others to the right."""
    from rich.table import Table

    grid = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    for k, column in enumerate(columns):
        grid.add_column(column, justify="left" if k < left else "right", overflow="fold")
    for row in rows:
        grid.add_row(*row)
    console().print(grid, markup=False)


def next_command(command: str) -> None:
    """Print the command that usually comes next."""
    say(f"\nNext: {command}")


def si(value: float | None, unit: str, digits: int = 3) -> str:
    """Return `value` with a prefix, ``unknown`` for None."""
    if value is None:
        return "unknown"
    if value == 0:
        return f"0 {unit}"
    rounded = float(f"{value:.{digits}g}")  # first, lest 999.9 u become 1e+03 u
    for factor, prefix in _PREFIXES:
        if abs(rounded) >= factor:
            return f"{rounded / factor:.{digits}g} {prefix}{unit}"
    return f"{rounded / 1e-12:.{digits}g} p{unit}"


def number(value: float | None) -> str:
    """Return a count with thousands separated, at most one decimal."""
    if value is None:
        return "unknown"
    return f"{value:,.0f}" if value == int(value) or abs(value) >= 1000 else f"{value:,.1f}"


@contextmanager
def progress(label: str, total: int | None, *, quiet: bool) -> Iterator[Any]:
    """Yield a function that takes the number done, and perhaps the total.

    It draws on standard error, and only where that is a terminal. While kernels are compiled it
    says so, and at the end how many were, for a user's first run takes longer than the others.
    """
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeRemainingColumn,
    )

    disable = quiet or not sys.stderr.isatty()
    bar = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=Console(stderr=True),
        transient=True,
        disable=disable,
    )
    with bar:
        task = bar.add_task(label, total=total)

        def advance(done: int, of: int | None = None) -> None:
            bar.update(task, completed=done, total=total if of is None else of)

        def compiling(n_kernels: int, busy: bool) -> None:
            told = f"compiling kernels, first run only: {n_kernels}"
            bar.update(task, description=told if busy else label)

        with watched(compiling) as kernels:
            yield advance
    if kernels.n_begun and not disable:
        print(
            f"compiled {kernels.n_begun} kernels in {kernels.seconds:.0f} s; "
            "they are kept for the next run",
            file=sys.stderr,
        )
