"""NeuroBench's counts as a table: as trained beside as deployed."""

from typing import TYPE_CHECKING

from neurodeploy.cli import output

if TYPE_CHECKING:
    from neurodeploy.report.neurobench import NeuroBench


def print_neurobench(found: "NeuroBench") -> None:
    """Print both blocks under NeuroBench's names, and the notes."""
    from neurodeploy.report.neurobench.block import flat

    output.heading(f"NeuroBench's counts, first {found.n_samples} samples")
    trained = {} if found.as_trained is None else flat(found.as_trained)
    deployed = flat(found.as_deployed)
    output.table(
        ("", "as trained", "as deployed"),
        [(path[-1], _text(trained.get(path)), _text(value)) for path, value in deployed.items()],
    )
    for note in found.notes:
        output.say(note)


def _text(value: float | None) -> str:
    if value is None:
        return ""
    return f"{value:.4f}" if 0 < abs(value) < 1 else output.number(value)
