"""Lava's fixed point on the same integers: the time of a sample without Lava's start."""

import time
from collections.abc import Iterator
from dataclasses import replace

from neurodeploy.machine.fidelity import Fidelity
from neurodeploy.target import RunOptions
from neurodeploy.target.registry import load_target
from tools.bench.clock import load
from tools.bench.pairs import PAIRS, paired
from tools.bench.sides import Row
from tools.bench.work import Work

SAMPLES = 100
"""Of one run; the time counts from the first progress that Lava tells to the last."""
OURS = 2048
"""Samples of one of our turns."""


def lava_rows(work: Work, toy: bool) -> Iterator[Row]:
    """Yield Lava's row; what one more sample takes is the difference of two runs' times."""
    target = load_target("loihi-sim")
    complaint = target.health()
    if complaint is not None:
        yield "lava-nc 0.10.0", {"skipped": complaint}
        return
    deployment = replace(work.deployment, target="loihi-sim")
    options = RunOptions(fidelity=Fidelity.L0)
    n_samples = 20 if toy else SAMPLES

    def theirs() -> float:
        seen: list[tuple[float, int]] = []
        told = replace(options, on_progress=lambda n: seen.append((time.perf_counter(), n)))
        next(iter(target.run(deployment, [work.taken(n_samples)], told)))
        moving = [(at, n) for at, n in seen if 0 < n < n_samples]
        (begin, first), (end, last) = moving[0], moving[-1]
        return (end - begin) / (last - first)

    (there,) = target.run(deployment, [work.taken(2)], options)
    here = work.run(2, fidelity=Fidelity.L0)
    if there.digest != here.digest:
        yield "lava-nc 0.10.0", {"skipped": "its spikes differ"}
        return
    found = paired(lambda: work.seconds(OURS), theirs, load(), 1 if toy else PAIRS)
    same = {"rules": "the same", "equal_outputs": 1.0, "equal_predictions": 1.0}
    yield "lava-nc 0.10.0, fixed point", {**found.as_dict(), **same, "first_layer_spikes": 1.0}
