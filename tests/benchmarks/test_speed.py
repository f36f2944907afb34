"""Seconds of our parts by pytest-benchmark; nothing is asserted of a time, only of the results."""

from collections.abc import Callable

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from neurodeploy.machine.fidelity import Fidelity
from neurodeploy.target import Run
from tools.bench.data import Missing
from tools.bench.work import Work
from tools.bench.works import WORKS

pytestmark = pytest.mark.bench


def made(name: str) -> Work:
    try:
        return WORKS[name](True)
    except Missing as error:
        pytest.skip(str(error))


@pytest.mark.parametrize("level", [Fidelity.L0, Fidelity.L1, Fidelity.L2, Fidelity.L3])
@pytest.mark.parametrize("name", ["mnist", "braille", "dense"])
def test_run(benchmark: BenchmarkFixture, name: str, level: Fidelity) -> None:
    work = made(name)
    run: Callable[[], Run] = lambda: work.run(work.stimulus.n_samples, 1, level)  # noqa: E731
    found = benchmark.pedantic(run, rounds=3, warmup_rounds=1)
    assert found.digest == run().digest
    assert work.synops(found) > 0


@pytest.mark.parametrize("name", ["scnn", "pilotnet", "resnet20", "sparse"])
def test_run_of_a_large_network(benchmark: BenchmarkFixture, name: str) -> None:
    work = made(name)
    found = benchmark.pedantic(lambda: work.run(2, 1), rounds=3, warmup_rounds=1)
    assert found.digest == work.run(2, 2).digest
