"""How peak memory grows with the number of samples, beyond the stimulus itself.

Each number of samples is run in a process of its own, which tells the system to forget its largest
resident set when all is loaded and compiled; the stimulus is one sample repeated without a copy.
"""

import statistics
import subprocess
import sys

from tools.bench.data import ROOT
from tools.bench.pairs import spread

SAMPLES = (4_000, 104_000)
TIMES = 7

_PROGRAM = """
import sys
from pathlib import Path
import numpy as np
from neurodeploy.target import RunOptions, Stimulus
from neurodeploy.target.registry import find_target
from tools.bench.works import mnist_work

n = int(sys.argv[1])
work = mnist_work(True)
work.run(512, workers=2)
(name, x), = work.stimulus.x.items()
many = Stimulus(x={name: np.broadcast_to(x[:1], (n, *x.shape[1:]))})
Path("/proc/self/clear_refs").write_text("5")
run, = find_target("cpu-emu").run(work.deployment, [many], RunOptions(workers=2))
assert run.n_samples == n
(peak,) = [line for line in open("/proc/self/status") if line.startswith("VmHWM")]
print(int(peak.split()[1]) * 1024)
"""


def bytes_per_sample(toy: bool) -> tuple[float, float]:
    """Return the growth of the peak for one more sample: the median, and its spread."""
    few, many = (500, 1000) if toy else SAMPLES
    found = [(_peak(many) - _peak(few)) / (many - few) for _ in range(1 if toy else TIMES)]
    return statistics.median(found), spread(tuple(found))


def _peak(n_samples: int) -> int:
    done = subprocess.run(
        [sys.executable, "-c", _PROGRAM, str(n_samples)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return int(done.stdout.split()[-1])
