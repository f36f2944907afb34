"""Figures that the user measured on the device: ``name = value`` or ``name,value``, one a line.

Names are those of the metrics, in their units; ``step_time_s`` is a step's mean time. Empty lines
and those that begin with ``#`` say nothing; nor does a first line ``metric,value``.
"""

import difflib
import hashlib
import math
from collections.abc import Iterator
from pathlib import Path

from neurodeploy.errors import InputError
from neurodeploy.report.metric import REGISTRY, Basis, Metric

STEP_TIME = "step_time_s"


def read_measured(path: Path, n_steps: int) -> dict[str, Metric]:
    """Return what was measured of an inference of `n_steps`, by the names of the registry.

    Raises
    ------
    InputError
        If the file cannot be read, or a line names no metric or gives no number (ND2513); every
        mistake by its line.
    """
    try:
        content = path.read_bytes()
        lines = content.decode("utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "not UTF-8 text"
        raise InputError("ND2513", f"{path}: cannot be read ({reason})") from error
    source = f"{path.name} (sha256:{hashlib.sha256(content).hexdigest()})"
    found: dict[str, Metric] = {}
    problems = []
    for where, name, text in _entries(path, lines):
        value = _number(text)
        metric = "latency_s" if name == STEP_TIME else name
        if metric not in REGISTRY:
            problems.append(f"{where}: there is no metric {name!r}{_nearest(name)}")
        elif value is None:
            problems.append(f"{where}: {name} is {text!r}, expected a number")
        elif metric in found:
            problems.append(f"{where}: {metric} is given twice")
        else:
            times = n_steps if name == STEP_TIME else 1
            found[metric] = _measured(metric, value * times, source)
    if not found and not problems:
        problems.append(f"{path}: it names no metric; write lines such as power_w = 0.11")
    if problems:
        raise InputError("ND2513", *problems)
    return found


def _entries(path: Path, lines: list[str]) -> Iterator[tuple[str, str, str]]:
    for number, line in enumerate(lines, start=1):
        plain = line.strip()
        header = number == 1 and plain.replace(" ", "") == "metric,value"
        if not plain or plain.startswith("#") or header:
            continue
        name, _, text = plain.partition("=" if "=" in plain else ",")
        yield f"{path.name}: line {number}", name.strip(), text.strip()


def _number(text: str) -> float | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def _nearest(name: str) -> str:
    close = difflib.get_close_matches(name, [*REGISTRY, STEP_TIME], n=1)
    return f"; did you mean {close[0]!r}?" if close else "; `neurodeploy profile` lists them"


def _measured(name: str, value: float, source: str) -> Metric:
    return Metric(
        value=value,
        unit=REGISTRY[name].unit,
        basis=Basis.MEASURED,
        low=value,
        high=value,
        source=source,
    )
