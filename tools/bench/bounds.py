"""How near the machine's limit we are: a bare accumulate kernel over the same spikes.

The bare kernel does nothing but what no implementation can leave out: for each spike it loads the
row of 8-bit weights and adds it to sums in registers. It lists no spikes, moves no neuron, counts
nothing. Beside it stands what the memory gives: bytes of weights a second read from where they lie.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from neurodeploy.machine.compiled import compiled
from neurodeploy.machine.spikes import bits_listed
from neurodeploy.program import Dense
from neurodeploy_cpu_emu.kernels.compiled import I16, I32, I64, Weights
from neurodeploy_cpu_emu.kernels.dense import CHUNK
from neurodeploy_cpu_emu.kernels.lanes import sum_rows
from neurodeploy_cpu_emu.synapses import DenseSynapses, prepared
from tools.bench.clock import load, timed
from tools.bench.pairs import PAIRS, paired
from tools.bench.work import Work

Result = dict[str, Any]


def bound_rows(work: Work, n_samples: int, toy: bool) -> Result:
    """Return our time and the bare kernel's for the same spikes, by turns, on one thread."""
    bare, adds = _bare(work, n_samples)
    n_pairs = 1 if toy else PAIRS
    found = paired(
        lambda: work.seconds(n_samples, workers=1),
        lambda: timed(bare) / n_samples,
        load(),
        n_pairs,
    )
    bare_s = min(found.theirs_s)
    return {
        **found.as_dict(),
        "adds": adds / n_samples,
        "fraction": found.ratio,
        "bare_adds_per_s": adds / n_samples / bare_s,
        "adds_per_s": adds / n_samples / min(found.ours_s),
        "read_bytes_per_s": _read_bytes_per_s(work),
    }


def _bare(work: Work, n_samples: int) -> tuple[Callable[[], None], int]:
    """Return a function that adds every weight of every spike, and how many adds that is."""
    program = work.deployment.program
    rasters = _rasters(work, n_samples)
    parts = []
    adds = 0
    for projection in program.projections:
        (source,) = projection.sources
        assert isinstance(projection.operator, Dense)
        raster = rasters[source]
        listed = bits_listed(raster, 0, raster.shape[1])
        synapses = prepared(projection.operator, projection)
        assert isinstance(synapses, DenseSynapses)
        parts.append((listed, synapses))
        adds += len(listed[1]) * projection.operator.n_out

    def run() -> None:
        for (indptr, sources), synapses in parts:
            _accumulate(indptr, sources, synapses.weights, synapses.partial)

    return run, adds


def _rasters(work: Work, n_samples: int) -> dict[str, NDArray[np.int8]]:
    from neurodeploy_cpu_emu.engine import Engine

    program = work.deployment.program
    engine = Engine(program, {p.name: ((0, p.size),) for p in program.populations})
    stimulus = work.taken(n_samples)
    n_steps = stimulus.n_steps + program.drain_steps
    trace = engine.run_block(dict(stimulus.x), n_steps)
    return {name: values.astype(np.int8) for name, values in trace.outputs.items()}


@compiled
def _accumulate(indptr: I64, sources: I32, weights: Weights, partial: I16 | I32) -> int:
    flat, width = weights.ravel(), weights.shape[2]
    kept = 0
    for tile in range(weights.shape[0]):
        begin = tile * weights.shape[1] * width
        for row in range(indptr.shape[0] - 1):
            for low in range(indptr[row], indptr[row + 1], CHUNK):
                high = min(low + CHUNK, indptr[row + 1])
                if width == 128:
                    sum_rows(flat, begin, sources, low, high, 128, partial)
                else:
                    sum_rows(flat, begin, sources, low, high, 16, partial)
                kept += partial[0]
    return kept


def _read_bytes_per_s(work: Work) -> float:
    """Return how fast a plain sum reads as many bytes as the largest layer's weights have."""
    sizes = [
        p.operator.mantissa.size
        for p in work.deployment.program.projections
        if isinstance(p.operator, Dense)
    ]
    values = np.ones(max(sizes) // 8, np.int64)
    times = [timed(values.sum) for _ in range(50)]
    return values.nbytes / min(times)
