"""Run jobs in the worker: one process group, which ends with the call whatever happens."""

import json
import os
import signal
import subprocess
import tempfile
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from neurodeploy.errors import TargetFailed
from neurodeploy_loihi_sim.job import Network, Recording, read_recordings, write_job

WORKER = Path(__file__).parent / "worker" / "run_job.py"

POLL_S = 0.05
END_S = 10
LAST_LINES = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """When to give up.

    Parameters
    ----------
    total_s : of the whole job; None is no limit.
    stall_s : without a step done; it includes the start, in which Lava compiles the network.
    """

    total_s: float | None = None
    stall_s: float = 180.0


@dataclass(frozen=True, slots=True, kw_only=True)
class _Ended:
    """Exit code of the worker, and the last lines it printed."""

    code: int
    printed: str


def compute(
    python: Path,
    networks: Sequence[Network],
    limits: Limits,
    on_steps: Callable[[int], None] | None = None,
) -> list[Recording]:
    """Run `networks` one after the other in one worker and return what their neurons did.

    Parameters
    ----------
    python : interpreter of the environment that holds Lava.
    on_steps : called often with the steps done in the running network; it may raise to cancel.

    Raises
    ------
    TargetFailed
        If Lava raises (ND5101), a process is killed (ND5102), a limit passes (ND5103) or files
        cannot be written (ND5104).
    """
    prefix = "neurodeploy-lava-"
    try:
        with tempfile.TemporaryDirectory(prefix=prefix, ignore_cleanup_errors=True) as name:
            folder = Path(name)
            write_job(folder, networks)
            ended = _run(python, folder, limits, on_steps)
            answer = _answer(folder)
            if "versions" not in answer:
                raise _failure(_said(folder, answer), ended)
            return read_recordings(folder, answer, networks)
    except OSError as error:
        raise _no_room(str(error)) from error


def _run(
    python: Path, folder: Path, limits: Limits, on_steps: Callable[[int], None] | None
) -> _Ended:
    """Run the worker to its end."""
    started = moved = time.monotonic()
    done = 0
    with _worker(python, folder) as (process, lines):
        while not _has_ended(process):
            now, before, done = time.monotonic(), done, _steps_done(folder)
            moved = moved if done == before else now
            if limits.total_s is not None and now - started > limits.total_s:
                raise _out_of_time(f"not done after {limits.total_s:g} s, the limit", done)
            if now - moved > limits.stall_s:
                raise _out_of_time(f"no step done for {limits.stall_s:g} s", done)
            if on_steps is not None:
                on_steps(done)
    return _Ended(code=process.returncode, printed="\n".join(lines))


@contextmanager
def _worker(python: Path, folder: Path) -> Iterator[tuple[subprocess.Popen[str], deque[str]]]:
    """Start the worker; end its whole group when the block ends.

    Every process of the job holds the pipe, so that its end says that all of them are gone.
    """
    process = subprocess.Popen(
        [python, "-E", "-s", "-B", WORKER, folder],  # deaf to PYTHONPATH and the user's packages
        cwd=folder,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    )
    lines: deque[str] = deque(maxlen=LAST_LINES)
    reader = threading.Thread(target=_keep_last, args=(process, lines), daemon=True)
    reader.start()
    try:
        yield process, lines
    finally:
        _end(process)
        reader.join(timeout=END_S)


def _has_ended(process: subprocess.Popen[str]) -> bool:
    try:
        process.wait(timeout=POLL_S)
    except subprocess.TimeoutExpired:
        return False
    return True


def _end(process: subprocess.Popen[str]) -> None:
    """Kill the worker's group, or the worker alone if it does not lead one yet."""
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        process.kill()
    process.wait()


def _keep_last(process: subprocess.Popen[str], lines: deque[str]) -> None:
    assert process.stdout is not None
    with process.stdout:
        lines.extend(line.rstrip() for line in process.stdout)


def _steps_done(folder: Path) -> int:
    path = folder / "progress.bin"
    return int.from_bytes(path.read_bytes()[:8], "little") if path.is_file() else 0


def _answer(folder: Path) -> dict[str, Any]:  # JSON boundary
    path = folder / "answer.json"
    return dict(json.loads(path.read_text())) if path.is_file() else {}


def _said(folder: Path, answer: dict[str, Any]) -> str:
    """Return why the worker says it failed, or nothing."""
    failure = folder / "failure.txt"
    text = failure.read_text() if failure.is_file() else str(answer.get("error", ""))
    return text.strip()


def _failure(said: str, ended: _Ended) -> TargetFailed:
    """Return what to raise for a worker that ended without an answer."""
    if not said and ended.code < 0:
        said = f"its worker was killed by signal {-ended.code}"
    lines = (said or ended.printed or "its worker ended without a word").splitlines()
    last = lines[-1]
    if last.startswith("OSError"):
        return _no_room(last)
    if len(lines) == 1:
        return TargetFailed("ND5102", f"loihi-sim: {last}; try again, with more memory or --limit")
    words = "\n".join(f"  | {line}" for line in lines[-LAST_LINES:])
    return TargetFailed("ND5101", f"loihi-sim: Lava raised {last}; its last words:\n{words}")


def _no_room(reason: str) -> TargetFailed:
    return TargetFailed(
        "ND5104",
        f"loihi-sim: a file of its job could not be written ({reason}); make room in "
        f"{tempfile.gettempdir()}, or set TMPDIR to another folder",
    )


def _out_of_time(what: str, done: int) -> TargetFailed:
    return TargetFailed(
        "ND5103",
        f"loihi-sim: {what}, {done} steps in; its processes were ended; use fewer samples "
        "(--limit), or cpu-emu, which computes the same integers",
    )
