"""A network that fills the chip is placed, and profiled at L1, within a small machine's memory."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from neurodeploy.placement import Strategy

TOOL = Path(__file__).parents[2] / "tools" / "bench_placement.py"
MOST_GIB = 4.0


@pytest.mark.slow
@pytest.mark.parametrize("strategy", Strategy)
def test_900_000_neurons_of_convolutions_are_placed_and_profiled(strategy: Strategy) -> None:
    """In a process of its own, so that the peak of its memory is its own; it prints its times."""
    command = [sys.executable, str(TOOL), "--strategy", strategy.value]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    sys.stdout.write(done.stdout)
    found = re.search(r"^([\d,]+) neurons on (\d+) cores$", done.stdout, re.MULTILINE)
    assert found is not None
    assert int(found[1].replace(",", "")) == 901_120
    assert int(found[2]) <= 120
    peaks = [float(gib) for gib in re.findall(r"peak ([\d.]+) GiB", done.stdout)]
    assert len(peaks) == 4
    assert max(peaks) < MOST_GIB
