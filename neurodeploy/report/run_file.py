"""`run.json`: what may differ between two runs of equal inputs, kept apart from `report.json`."""

import json
import platform
from datetime import UTC, datetime
from pathlib import Path

from neurodeploy.storage.atomic import new_file
from neurodeploy.version import __version__


def write_run_facts(path: Path, *, stimulus: str, workers: int | None) -> None:
    """Write the time, the machine, the paths and the thread count of a run."""
    facts = {
        "neurodeploy": __version__,
        "finished": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": platform.platform(),
        "python": platform.python_version(),
        "stimulus": stimulus,
        "workers": workers,
    }
    with new_file(path) as temporary:
        temporary.write_text(json.dumps(facts, indent=1, sort_keys=True) + "\n")
