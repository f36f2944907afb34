"""Our own definition of the integers, in plain NumPy: what cpu-emu agrees with bit for bit."""

from collections.abc import Iterator

import numpy as np

from neurodeploy.machine.fidelity import Fidelity
from neurodeploy.program.reference import simulate
from tools.bench.clock import load, timed
from tools.bench.pairs import PAIRS, paired
from tools.bench.sides import Row
from tools.bench.work import Work


def reference_rows(work: Work, toy: bool) -> Iterator[Row]:
    """Yield the reference's row, one sample at a time; its outputs must be equal."""
    program = work.deployment.program
    n_steps = work.stimulus.n_steps + program.drain_steps
    first = {
        name: np.concatenate([x[0], np.zeros((program.drain_steps, *x.shape[2:]), x.dtype)])
        for name, x in work.stimulus.x.items()
    }
    trace = simulate(program, first, n_steps)
    run = work.run(1, fidelity=Fidelity.L0)
    for name, counted in run.spikes_per_neuron.items():
        np.testing.assert_array_equal(np.count_nonzero(trace.outputs[name], axis=0), counted)
    found = paired(
        lambda: work.seconds(512),
        lambda: timed(lambda: simulate(program, first, n_steps)),
        load(),
        1 if toy else PAIRS,
    )
    same = {"rules": "the same", "equal_outputs": 1.0, "equal_predictions": 1.0}
    yield "our reference, plain NumPy", {**found.as_dict(), **same, "first_layer_spikes": 1.0}
