"""How peak memory grows with the number of samples, beyond the stimulus itself.

Each number of samples is run in a process of its own, whose largest resident set the system tells;
the stimulus is one sample repeated without being copied.
"""

import subprocess
import sys

from tools.bench.data import ROOT

SAMPLES = (4_000, 24_000)

_PROGRAM = """
import resource, sys
import numpy as np
from neurodeploy.machine.fidelity import Fidelity
from neurodeploy.target import RunOptions, Stimulus
from neurodeploy.target.registry import find_target
from tools.bench.works import mnist_work

n = int(sys.argv[1])
work = mnist_work(True)
(name, x), = work.stimulus.x.items()
many = Stimulus(x={name: np.broadcast_to(x[:1], (n, *x.shape[1:]))})
options = RunOptions(workers=2, fidelity=Fidelity.L1)
run, = find_target("cpu-emu").run(work.deployment, [many], options)
assert run.n_samples == n
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024)
"""


def bytes_per_sample(toy: bool) -> float:
    """Return the growth of the peak for one more sample."""
    few, many = (100, 400) if toy else SAMPLES
    return (_peak(many) - _peak(few)) / (many - few)


def _peak(n_samples: int) -> int:
    done = subprocess.run(
        [sys.executable, "-c", _PROGRAM, str(n_samples)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return int(done.stdout.split()[-1])
