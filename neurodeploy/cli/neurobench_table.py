"""NeuroBench's counts as a table: as trained beside as deployed."""

from typing import TYPE_CHECKING

from neurodeploy.cli import output

if TYPE_CHECKING:
    from neurodeploy.report.neurobench import Block, NeuroBench


def print_neurobench(found: "NeuroBench") -> None:
    """Print both blocks under NeuroBench's names, and the notes."""
    output.heading(f"NeuroBench's counts, first {found.n_samples} samples")
    trained = {} if found.as_trained is None else _flat(found.as_trained)
    deployed = _flat(found.as_deployed)
    output.table(
        ("", "as trained", "as deployed"),
        [(name, _text(trained.get(name)), _text(value)) for name, value in deployed.items()],
    )
    for note in found.notes:
        output.say(note)


def _flat(block: "Block") -> dict[str, float]:
    found: dict[str, float] = {}
    for name, value in block.items():
        if isinstance(value, float | int):
            found[name] = value
        else:
            found |= value
    return found


def _text(value: float | None) -> str:
    if value is None:
        return ""
    return f"{value:.4f}" if 0 < abs(value) < 1 else output.number(value)
