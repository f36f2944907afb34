"""A pilot that is killed goes on where it was, and ends with the same bytes."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.piloted import FILES, OPTIONS, content, write_files

from neurodeploy.pilot.child import Complaint, in_child
from neurodeploy.pilot.manifest import Manifest, Status
from neurodeploy.pilot.run import Event, run_pilot
from neurodeploy.pilot.stages import STAGES

pytest.importorskip("torch", reason="pip install 'neurodeploy[train]'")

WHOLE, KILLED = Path("whole"), Path("killed")


class Killed(BaseException):
    """Stands for SIGKILL: nothing in a pilot catches it or tidies up behind it."""


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Manifest]:
    """Yield a pilot that nothing interrupted, in the working directory."""
    before = Path.cwd()
    os.chdir(tmp_path_factory.mktemp("pilot"))
    write_files()
    yield run_pilot(FILES, WHOLE, OPTIONS)
    os.chdir(before)


def test_every_stage_of_the_small_pilot_is_done(whole: Manifest) -> None:
    assert [stage.name for stage in whole.stages] == list(STAGES)
    assert {stage.status for stage in whole.stages} == {Status.DONE}
    assert not whole.failed


def test_killed_in_every_stage_and_after_it_it_ends_with_the_same_bytes(whole: Manifest) -> None:
    for stage in STAGES:
        for killed in (_killed_in, _killed_after):
            with pytest.raises(Killed):
                killed(stage)
    kept: list[bool] = []
    ended = run_pilot(
        FILES, KILLED, OPTIONS, on_stage=lambda event: kept.append(event.kept), run=_refused
    )
    assert kept == [False, True] * len(STAGES)
    assert ended == whole
    assert content(KILLED) == content(WHOLE)


def _killed_in(stage: str) -> None:
    """Kill the pilot in a stage, when half of what it writes is written."""

    def run(arguments: tuple[str, ...], folder: Path, printed: Path | None) -> Complaint | None:
        if arguments[0] != stage:
            return in_child(arguments, folder, printed)
        (folder / stage / "half").mkdir()
        (folder / stage / "half" / "written.json").write_text("{")
        raise Killed

    run_pilot(FILES, KILLED, OPTIONS, run=run)


def _killed_after(stage: str) -> None:
    def on_stage(event: Event) -> None:
        if event.name == stage and event.record is not None:
            raise Killed

    run_pilot(FILES, KILLED, OPTIONS, on_stage=on_stage)


def _refused(arguments: tuple[str, ...], folder: Path, printed: Path | None) -> Complaint | None:
    raise AssertionError(f"{arguments[0]} is done again")


def test_each_command_alone_gives_the_same_bytes(whole: Manifest) -> None:
    before = content(WHOLE)
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    for stage in whole.stages:
        assert stage.command is not None
        ended = subprocess.run(
            ["bash", "-c", stage.command],
            cwd=WHOLE,
            env={**os.environ, "PATH": path},
            capture_output=True,
            text=True,
            check=False,
        )
        assert ended.returncode == 0, ended.stderr
    assert content(WHOLE) == before


KILL_SOON = """
import sys
from pathlib import Path
from support.piloted import FILES, OPTIONS
from neurodeploy.pilot.run import run_pilot
run_pilot(FILES, Path("trained"), OPTIONS)
"""


def test_a_training_that_is_killed_goes_on_from_its_checkpoint(whole: Manifest) -> None:
    tests = Path(__file__).resolve().parents[1]
    inherited = os.environ.get("PYTHONPATH", "")
    pilot = subprocess.Popen(
        [sys.executable, "-c", KILL_SOON],
        env={**os.environ, "PYTHONPATH": f"{tests}{os.pathsep}{inherited}"},
        start_new_session=True,
    )
    checkpoint = Path("trained/train/network.checkpoint")
    while not checkpoint.is_file() and pilot.poll() is None:
        time.sleep(0.005)
    os.killpg(pilot.pid, signal.SIGKILL)
    assert pilot.wait() == -signal.SIGKILL
    ended = run_pilot(FILES, Path("trained"), OPTIONS)
    assert ended == whole
    assert content(Path("trained")) == content(WHOLE)
