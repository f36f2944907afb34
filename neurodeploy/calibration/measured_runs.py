"""Measurements of runs: ``runs.csv``, a row a run, and what its deployment did.

Columns: ``run`` (a report.json of `neurodeploy profile`, a folder that holds one, or a deployment's
folder), ``data`` (the stimulus, for a deployment), ``energy_j`` (of one inference) or ``power_w``,
``step_time_s`` (mean over the steps), and their standard deviations ``energy_sigma_j``,
``power_sigma_w``, ``step_time_sigma_s``. Paths are relative to the file. An empty cell was not
measured.
"""

import csv
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from neurodeploy.errors import InputError
from neurodeploy.report.events import Events

VALUES = ("energy_j", "power_w", "step_time_s")
SIGMAS = {
    "energy_j": "energy_sigma_j",
    "power_w": "power_sigma_w",
    "step_time_s": "step_time_sigma_s",
}
_COLUMNS = ("run", "data", *VALUES, *SIGMAS.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasuredRow:
    """A row of the file: where it stands, whose run it is, and what was measured."""

    where: str
    run: Path
    data: Path | None
    measured: Mapping[str, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasuredRun:
    """What was measured of a run, and what happened in one inference of it."""

    where: str
    events: Events
    n_steps: int
    measured: Mapping[str, float]

    @property
    def step_time_s(self) -> float | None:
        """Mean time of a step."""
        return self.measured.get("step_time_s")

    @property
    def time_s(self) -> float | None:
        """Time of an inference."""
        return None if self.step_time_s is None else self.step_time_s * self.n_steps

    @property
    def energy_j(self) -> tuple[float, float | None] | None:
        """Energy of an inference and its standard deviation; of power over the inference's time."""
        if "energy_j" in self.measured:
            return self.measured["energy_j"], self.measured.get("energy_sigma_j")
        if "power_w" not in self.measured or self.time_s is None:
            return None
        sigma = self.measured.get("power_sigma_w")
        return self.measured[
            "power_w"
        ] * self.time_s, None if sigma is None else sigma * self.time_s


def read_rows(path: Path) -> tuple[MeasuredRow, ...]:
    """Return the rows of a file of measurements.

    Raises
    ------
    InputError
        If the file cannot be read or a cell cannot be used (ND2510), every mistake by row and
        column.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "not UTF-8 text"
        raise InputError("ND2510", f"{path}: cannot be read ({reason})") from error
    reader = csv.DictReader(text.splitlines(), restkey="", skipinitialspace=True)
    problems = _header_problems(path, list(reader.fieldnames or []))
    if problems:
        raise InputError("ND2510", *problems)
    rows = []
    for number, cells in enumerate(reader, start=2):
        where = f"{path.name}: row {number}"
        row, found = _row(where, path.parent, cells)
        problems += found
        rows.append(row)
    if not rows:
        problems.append(f"{path}: it has no row beside its header; give one a run")
    if problems:
        raise InputError("ND2510", *problems)
    return tuple(rows)


def _header_problems(path: Path, columns: list[str]) -> list[str]:
    known = ", ".join(_COLUMNS)
    problems = [
        f"{path}: column {name!r} is none of {known}; rename or remove it"
        for name in columns
        if name not in _COLUMNS
    ]
    if "run" not in columns:
        problems.append(f"{path}: the header has no column 'run'; columns are {known}")
    return problems


def _row(
    where: str, folder: Path, cells: Mapping[str, str | None]
) -> tuple[MeasuredRow, list[str]]:
    filled = {name: (text or "").strip() for name, text in cells.items() if name and text}
    problems = []
    measured: dict[str, float] = {}
    for name in (*VALUES, *SIGMAS.values()):
        if filled.get(name):
            number = _number(filled[name])
            if number is None:
                problems.append(f"{where}, column {name}: {filled[name]!r} is no number above 0")
            else:
                measured[name] = number
    problems += [f"{where}, column {text}" for text in _missing(filled, measured)]
    run = folder / filled.get("run", "")
    data = folder / filled["data"] if filled.get("data") else None
    return MeasuredRow(where=where, run=run, data=data, measured=measured), problems


def _missing(filled: Mapping[str, str], measured: Mapping[str, float]) -> list[str]:
    problems = []
    if not filled.get("run"):
        problems.append("run: it is empty; name a report.json or a deployment")
    if not any(filled.get(name) for name in VALUES):
        problems.append(f"{VALUES[0]}: nothing was measured; fill one of {', '.join(VALUES)}")
    if filled.get("energy_j") and filled.get("power_w"):
        problems.append("power_w: energy_j is given too; leave one of them empty")
    takes_time = filled.get("energy_j") or filled.get("power_w")
    if takes_time and not filled.get("step_time_s"):
        problems.append(
            "step_time_s: it is empty; static power is told from events by the time it is drawn"
        )
    problems += [
        f"{sigma}: it has no {value} beside it"
        for value, sigma in SIGMAS.items()
        if sigma in measured and not filled.get(value)
    ]
    return problems


def _number(text: str) -> float | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return number if math.isfinite(number) and number > 0 else None
