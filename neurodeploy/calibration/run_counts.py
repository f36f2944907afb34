"""What a run did, from its report.json."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from neurodeploy.errors import InputError
from neurodeploy.report.events import Events
from neurodeploy.report.report import Report


@dataclass(frozen=True, slots=True, kw_only=True)
class RunCounts:
    """Events of one inference, its steps, and the chip that it was placed on."""

    chip: str
    n_steps: int
    events: Events


def counts_of(report: Report) -> RunCounts:
    """Return the counts of a report."""
    return RunCounts(chip=report.chip, n_steps=report.n_steps, events=report.events)


def read_counts(path: Path, where: str) -> RunCounts:
    """Return the counts of the report.json at `path`; `where` names who asks.

    Raises
    ------
    InputError
        If it is no report with events (ND2510).
    """
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
        events = document["events"]
        return RunCounts(
            chip=str(document["chip"]),
            n_steps=int(document["n_steps"]),
            events=Events(energy=_numbers(events["energy"]), time=_numbers(events["time"])),
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise InputError(
            "ND2510",
            f"{where}, column run: {path} is no report.json with events ({error}); "
            "make one with `neurodeploy profile ... -o DIR`",
        ) from error


def _numbers(table: Mapping[str, object]) -> dict[str, float]:
    return {str(name): float(str(value)) for name, value in table.items()}
