"""What `harden` prints when it is done."""

from pathlib import Path
from typing import TYPE_CHECKING

from neurodeploy.cli import options, output

if TYPE_CHECKING:
    from neurodeploy.methods.robust.harden import Hardened, Standing

Row = tuple[str, str, str]


def print_hardened(
    hardened: "Hardened", written: tuple[Path, ...], *, known: tuple[str, ...]
) -> None:
    """Print how the network stood before and stands now, and what was written.

    Parameters
    ----------
    known : the history of the network as it was read.
    """
    trained = hardened.trained
    best = max(trained.epochs, key=lambda epoch: epoch.validation_accuracy)
    output.say(f"\nKept epoch {best.number}")
    for line in trained.model.history[len(known) :]:
        output.say(f"  {line}")
    output.heading("On the validation part")
    output.table(("", "before", "now"), _rows(hardened))
    output.say("One attack says little of robustness; an ensemble says more: `attack`.")
    output.say()
    for path, what in zip(
        written,
        ("the network", "every epoch's figures", "the same as curves"),
        strict=True,
    ):
        output.say(f"Wrote {path}: {what}")


def as_json(
    hardened: "Hardened", written: tuple[Path, ...], assumptions: tuple[str, ...]
) -> dict[str, object]:
    """Return what `--json` prints."""
    trained = hardened.trained
    return {
        "files": [str(path) for path in written],
        "digest": trained.model.digest,
        "before": options.as_plain(hardened.before),
        "now": options.as_plain(hardened.after),
        "epochs": [options.as_plain(epoch) for epoch in trained.epochs],
        "assumptions": list(assumptions),
        "history": list(trained.model.history),
    }


def _rows(hardened: "Hardened") -> list[Row]:
    stands = (hardened.before, hardened.after)
    rows = [_row("right", *(_percent(s.clean.accuracy) for s in stands))]
    if all(s.moved is not None for s in stands):
        rows.append(_row("right, moved as in training", *(_moved(s) for s in stands)))
    return rows + [
        _row(f"spikes a neuron and step, {name}", *(f"{s.clean.rates[name]:.3f}" for s in stands))
        for name in hardened.after.clean.rates
    ]


def _row(what: str, before: str, now: str) -> Row:
    return what, before, now


def _moved(standing: "Standing") -> str:
    assert standing.moved is not None
    return _percent(standing.moved.accuracy)


def _percent(share: float) -> str:
    return f"{100 * share:.2f} %"
