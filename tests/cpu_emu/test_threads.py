"""Threads stay on processors of their own where there are as many of them as processors."""

import os
import sys
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from neurodeploy_cpu_emu.threads import threads

if sys.platform != "linux":
    pytest.skip("threads are bound on Linux alone", allow_module_level=True)


def bound(pool: ThreadPoolExecutor, n: int) -> list[set[int]]:
    """Return where each of `n` threads may run, all of them there at once."""
    meeting = Barrier(n)

    def there() -> set[int]:
        meeting.wait(10)
        return os.sched_getaffinity(0)

    with pool:
        futures = [pool.submit(there) for _ in range(n)]
        return [future.result() for future in futures]


@pytest.mark.parametrize("n_processors", [2, 3])
def test_as_many_threads_as_processors_have_one_each(
    n_processors: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    own, asked = os.sched_getaffinity(0), []
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(range(n_processors)))
    monkeypatch.setattr(os, "sched_setaffinity", lambda _, where: asked.append(where))
    bound(threads(n_processors), n_processors)
    assert sorted(map(list, asked)) == [[k] for k in range(n_processors)]
    monkeypatch.undo()
    assert os.sched_getaffinity(0) == own


def test_threads_are_where_they_were_bound() -> None:
    own = os.sched_getaffinity(0)
    found = bound(threads(len(own)), len(own)) if len(own) > 1 else [own]
    assert sorted(map(list, found)) == [[k] for k in sorted(own)]
    assert os.sched_getaffinity(0) == own


def test_more_threads_than_processors_share_them(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[set[int]] = []
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {4, 7})
    monkeypatch.setattr(os, "sched_setaffinity", lambda _, where: asked.append(where))
    bound(threads(4), 4)
    assert sorted(map(list, asked)) == [[4], [4], [7], [7]]


@pytest.mark.parametrize("n", [1, 2])
def test_fewer_threads_than_processors_are_free(n: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0, 1, 2})
    monkeypatch.setattr(os, "sched_setaffinity", lambda *_: pytest.fail("bound"))
    bound(threads(n), n)


def test_where_binding_is_forbidden_threads_are_free(monkeypatch: pytest.MonkeyPatch) -> None:
    def forbidden(*_: object) -> None:
        raise PermissionError

    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0, 1})
    monkeypatch.setattr(os, "sched_setaffinity", forbidden)
    assert len(bound(threads(2), 2)) == 2
