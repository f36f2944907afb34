"""What `train` prints while it runs and when it is done."""

import sys
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

from neurodeploy.cli import options, output

if TYPE_CHECKING:
    from neurodeploy.learning.log import Epoch
    from neurodeploy.learning.memory import StepCost
    from neurodeploy.learning.train import Trained

Errors = Mapping[str, tuple[float, ...]]

MOST_COLUMNS = 6
"""Steps whose errors are printed: the first ones doubled, and the last."""


class Progress:
    """A bar on standard error for the epoch that runs, and a line for each that is over.

    Without a terminal there are only the lines; with `quiet` there is nothing.
    """

    def __init__(self, n_epochs: int, *, quiet: bool) -> None:
        from rich.console import Console
        from rich.progress import (
            BarColumn,
            MofNCompleteColumn,
            Progress,
            TextColumn,
            TimeRemainingColumn,
        )

        self.n_epochs, self.quiet, self.number = n_epochs, quiet, 1
        self.bar = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeRemainingColumn(),
            console=Console(stderr=True),
            transient=True,
            disable=quiet or not sys.stderr.isatty(),
        )
        self.task = self.bar.add_task("", total=None)

    def __enter__(self) -> "Progress":
        self.bar.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        del kind, error, traceback
        self.stop()

    def stop(self) -> None:
        """Take the bar away."""
        self.bar.stop()

    def batch(self, done: int, total: int, loss: float) -> None:
        """Show how far the epoch is."""
        label = f"epoch {self.number}/{self.n_epochs}  loss {loss:.3f}"
        self.bar.update(self.task, description=label, completed=done, total=total)

    def epoch(self, epoch: "Epoch") -> None:
        """Print what an epoch gave."""
        self.number = epoch.number + 1
        if not self.quiet:
            output.say(_line(epoch, self.n_epochs))


def print_trained(
    trained: "Trained",
    written: tuple[Path, ...],
    errors: Errors | None,
    costs: "Mapping[str, StepCost] | None",
    *,
    known: tuple[str, ...],
    asked: Path,
) -> None:
    """Print which epoch was kept, what was measured beside, and what was written.

    Parameters
    ----------
    known : the history of the network as it was read.
    asked : where the network was to be written.
    """
    best = max(trained.epochs, key=lambda epoch: epoch.validation_accuracy)
    output.say(
        f"\nKept epoch {best.number}: {100 * trained.best_accuracy:.2f} % right on the validation "
        "part"
    )
    for line in trained.model.history[len(known) :]:
        output.say(f"  {line}")
    if errors:
        _print_errors(errors)
    if costs:
        _print_costs(costs)
    output.say()
    network = "the network" if written[0] == asked else "the network, which NIR has no form for"
    for path, what in zip(
        written, (network, "every epoch's figures", "the same as curves"), strict=True
    ):
        output.say(f"Wrote {path}: {what}")


def as_json(
    trained: "Trained",
    written: tuple[Path, ...],
    assumptions: tuple[str, ...],
    errors: Errors | None,
    costs: "Mapping[str, StepCost] | None",
) -> dict[str, object]:
    """Return what `--json` prints."""
    return {
        "files": [str(path) for path in written],
        "digest": trained.model.digest,
        "best_accuracy": trained.best_accuracy,
        "epochs": [options.as_plain(epoch) for epoch in trained.epochs],
        "assumptions": list(assumptions),
        "history": list(trained.model.history),
        "representation_errors": None if errors is None else options.as_plain(errors),
        "step_costs": None if costs is None else options.as_plain(costs),
    }


def _line(epoch: "Epoch", n_epochs: int) -> str:
    rates = " ".join(f"{name} {rate:.3f}" for name, rate in epoch.rates.items()) or "none"
    return (
        f"epoch {epoch.number}/{n_epochs}: loss {epoch.loss:.3f}, right "
        f"{100 * epoch.train_accuracy:.2f} %, validation "
        f"{100 * epoch.validation_accuracy:.2f} %, rates {rates}"
    )


def _print_errors(errors: Errors) -> None:
    n_steps = len(next(iter(errors.values())))
    shown = [1 << k for k in range(MOST_COLUMNS) if 1 << k < n_steps] + [n_steps]
    output.heading("Rates beside the clamp that DSR takes them for, mean error in thresholds")
    columns = ("layer", *(f"T={n}" for n in shown))
    output.table(
        columns, [(name, *(f"{e[n - 1]:.3f}" for n in shown)) for name, e in errors.items()]
    )


def _print_costs(costs: "Mapping[str, StepCost]") -> None:
    first = next(iter(costs.values()))
    output.heading(f"One training step of {first.batch_size} samples, {first.n_steps} steps")
    rows = [
        (method, f"{cost.saved_bytes / 1e6:.1f} MB", output.si(cost.time_s, "s"))
        for method, cost in costs.items()
    ]
    output.table(("method", "kept for the way back", "time"), rows)
