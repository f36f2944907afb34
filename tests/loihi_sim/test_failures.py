"""However a job ends, it ends: an exit code, a message that says why, no process left behind."""

import json
import os
import resource
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from support import lava
from support.cli import run_cli
from support.leftovers import job_processes, shared_memory
from support.models import dense_if_model

from neurodeploy import toolchain
from neurodeploy.errors import TargetFailed
from neurodeploy.program import Dense, Input, Population, Program, Projection
from neurodeploy_loihi_sim import client
from neurodeploy_loihi_sim.client import Limits, compute
from neurodeploy_loihi_sim.job import Network

LONG = 100_000
MINUTE = Limits(total_s=60)


@pytest.fixture(autouse=True)
def jobs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Job folders of a test lie in a place of its own, and nothing of them is left after it."""
    folder = tmp_path / "jobs"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    yield folder
    assert not job_processes(folder)
    assert not list(folder.iterdir())


def chain(n_samples: int = 1) -> Network:
    """Five inputs drive three neurons for `LONG` steps a sample."""
    weights = Dense(mantissa=np.full((3, 5), 20, np.int32))
    program = Program(
        inputs=(Input(name="in", shape=(5,)),),
        populations=(Population(name="out", shape=(3,), du=4095, dv=0, vth=100),),
        projections=(Projection(name="w", sources=("in",), target="out", operator=weights),),
        outputs=(),
    )
    return lava.network(program, {"in": np.ones((n_samples, 1, 5), np.int32)}, LONG)


def failure(
    network: Network,
    limits: Limits = MINUTE,
    on_steps: Callable[[int], None] | None = None,
) -> TargetFailed:
    with pytest.raises(TargetFailed) as caught:
        compute(lava.lava_python(), [network], limits, on_steps)
    return caught.value


def group_of_job(folder: Path) -> list[int]:
    """The worker, then Lava's processes; the keeper of shared memory lives outside the group."""
    pids = job_processes(folder)
    (leader,) = {os.getpgid(pid) for pid in pids} & set(pids)
    return [leader, *(pid for pid in pids if os.getpgid(pid) == leader and pid != leader)]


def test_exception_inside_a_lava_process_gives_lavas_last_words() -> None:
    network = chain()
    (synapses,) = network.layout.synapses
    wrong = replace(network.layout, synapses=(replace(synapses, weight_exp="two"),))
    error = failure(replace(network, layout=wrong))
    assert error.code == "ND5101"
    (text,) = error.problems
    first, *words = text.splitlines()
    assert first.startswith("loihi-sim: Lava raised TypeError: ")
    assert first.endswith("; its last words:")
    assert any("run_spk" in line for line in words)


@pytest.mark.parametrize(
    "wrong", [{"shape": (4,)}, {"u0": np.zeros(7, np.int32)}], ids=["a port", "a process"]
)
def test_exception_while_lava_builds_gives_its_last_words(wrong: dict[str, object]) -> None:
    network = chain()
    (cells,) = network.layout.neurons
    layout = replace(network.layout, neurons=(replace(cells, **wrong),))
    error = failure(replace(network, layout=layout))
    assert error.code == "ND5101"
    assert str(error).startswith("ND5101: loihi-sim: Lava raised ")
    assert "shape" in str(error).lower()


def test_time_limit_ends_the_job() -> None:
    error = failure(chain(), Limits(total_s=4))
    assert error.code == "ND5103"
    (text,) = error.problems
    assert text.startswith("loihi-sim: not done after 4 s, the limit, ")
    assert text.endswith(
        " steps in; its processes were ended; use fewer samples (--limit), or cpu-emu, which "
        "computes the same integers"
    )


def test_a_job_that_does_not_move_is_ended(jobs: Path) -> None:
    def stop_all(done: int) -> None:
        if done > 10:
            for pid in group_of_job(jobs):
                os.kill(pid, signal.SIGSTOP)

    error = failure(chain(), Limits(total_s=60, stall_s=3), stop_all)
    assert error.code == "ND5103"
    assert str(error).startswith("ND5103: loihi-sim: no step done for 3 s, ")


@pytest.mark.parametrize(
    ("victim", "reason"),
    [
        ("worker", "its worker was killed by signal 9"),
        ("lava", "a process of Lava was killed, or ended without a word"),
    ],
)
def test_a_killed_process_ends_the_job(victim: str, reason: str, jobs: Path) -> None:
    held: set[Path] = set()

    def kill(done: int) -> None:
        if done > 10 and not held:
            pids = job_processes(jobs)
            held.update(shared_memory(pids))
            leader, *followers = group_of_job(jobs)
            os.kill(leader if victim == "worker" else followers[-1], signal.SIGKILL)

    error = failure(chain(), MINUTE, kill)
    assert error.code == "ND5102"
    assert error.problems == (f"loihi-sim: {reason}; try again, with more memory or --limit",)
    assert held
    assert not [path for path in held if path.exists()]


def test_cancelling_ends_the_job() -> None:
    class Cancelled(Exception):
        pass

    def cancel(done: int) -> None:
        if done > 10:
            raise Cancelled

    with pytest.raises(Cancelled):
        compute(lava.lava_python(), [chain()], MINUTE, cancel)


def test_the_job_ends_when_its_caller_is_killed(jobs: Path) -> None:
    lava.lava_python()
    script = (
        "import sys, tempfile; sys.path.insert(0, sys.argv[1]); tempfile.tempdir = sys.argv[2]\n"
        "from loihi_sim.test_failures import MINUTE, chain, compute, lava\n"
        "compute(lava.lava_python(), [chain()], MINUTE, lambda done: print(done, flush=True))\n"
    )
    tests = str(Path(__file__).parents[1])
    command = [sys.executable, "-c", script, tests, str(jobs)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as caller:
        assert caller.stdout is not None
        while int(caller.stdout.readline()) < 10:
            pass
        caller.kill()
    deadline = time.monotonic() + 20
    while job_processes(jobs):
        assert time.monotonic() < deadline, "the job outlived its caller"
        time.sleep(0.1)
    for folder in jobs.iterdir():  # what a killed caller cannot remove
        for path in folder.iterdir():
            path.unlink()
        folder.rmdir()


@contextmanager
def file_size_limit(size: int) -> Iterator[None]:
    """Let no file of this process or its children grow beyond `size`, as on a full disk."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_a_full_disk_is_named(jobs: Path) -> None:
    with file_size_limit(1 << 16):
        error = failure(chain(n_samples=3))
    assert error.code == "ND5104"
    (text,) = error.problems
    assert text.startswith("loihi-sim: a file of its job could not be written (OSError: ")
    assert text.endswith(f"; make room in {jobs}, or set TMPDIR to another folder")


def test_a_job_folder_that_cannot_be_made_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    python = lava.lava_python()
    monkeypatch.setattr(tempfile, "tempdir", "/nonexistent")
    with pytest.raises(TargetFailed) as caught:
        compute(python, [chain()], MINUTE)
    assert caught.value.code == "ND5104"
    assert "make room in /nonexistent" in str(caught.value)


def test_a_worker_of_another_protocol_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake = tmp_path / "worker.py"
    answer = json.dumps({"protocol": 99, "versions": {}})
    fake.write_text(f"open('answer.json', 'w').write({answer!r})")
    monkeypatch.setattr(client, "WORKER", fake)
    with pytest.raises(TargetFailed) as caught:
        compute(Path(sys.executable), [chain()], MINUTE)
    assert caught.value.problems == (
        "loihi-sim: its worker speaks protocol 99, this is 3; install neurodeploy anew",
    )


@pytest.fixture
def model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "model.nir"
    toolchain.write_nir(dense_if_model(np.random.default_rng(0), sizes=(6, 5, 4)), path)
    return path


def test_a_failing_worker_is_told_with_exit_code_5(
    model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lava.lava_python()
    fake = tmp_path / "worker.py"
    fake.write_text("")
    monkeypatch.setattr(client, "WORKER", fake)
    np.savez("x.npz", x=np.zeros((2, 10, 6), np.uint8))
    assert run_cli("compile", "model.nir", "-t", "loihi-sim", "-o", "build").code == 0
    result = run_cli("run", "build", "--data", "x.npz")
    assert result.code == 5
    assert result.err.splitlines()[0] == (
        "error[ND5102]: loihi-sim: its worker ended without a word; try again, with more memory or "
        "--limit"
    )


def test_a_missing_environment_is_told_with_exit_code_4(
    model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NEURODEPLOY_CACHE", str(tmp_path / "empty"))
    result = run_cli("compile", "model.nir", "--target", "loihi-sim")
    assert result.code == 4
    assert result.err.splitlines()[0] == (
        "error[ND4002]: target 'loihi-sim': Lava's environment is missing; make it: "
        "neurodeploy env create loihi-sim"
    )
    assert not (tmp_path / "model.loihi-sim").exists()
