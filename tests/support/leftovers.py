"""What a job in Lava may leave behind: its processes, and the shared memory of its channels."""

import os
import re
from pathlib import Path


def job_processes(folder: Path) -> list[int]:
    """Processes that run in a job folder below `folder`; without /proc none can be seen."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            runs_in = os.readlink(entry / "cwd")
        except OSError:
            continue
        if runs_in.startswith(f"{folder}/neurodeploy-lava-"):
            found.append(int(entry.name))
    return sorted(found)


def shared_memory(pids: list[int]) -> set[Path]:
    """Segments of shared memory that the processes hold."""
    found: set[Path] = set()
    for pid in pids:
        try:
            maps = Path(f"/proc/{pid}/maps").read_text()
        except OSError:
            continue
        found |= {Path(name) for name in re.findall(r"/dev/shm/psm_\w+", maps)}
    return found
