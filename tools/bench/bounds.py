"""How near the machine's limit we are: a bare accumulate kernel over the same spikes.

`least_seconds` is for any network: its additions at the bare kernel's rate from the first cache, or
the bytes of its weights at the rate of a plain sum over as many, whichever takes longer.

The bare kernel does nothing but what no implementation can leave out: for each spike it loads the
row of 8-bit weights and adds it to sums in registers. It lists no spikes, moves no neuron, counts
nothing. Beside it stands what the memory gives: bytes of weights a second read from where they lie.
"""

from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from neurodeploy.machine.compiled import compiled
from neurodeploy.machine.counts import HARDWARE_SYNOPS
from neurodeploy.machine.spikes import steps_listed
from neurodeploy.program import Dense, Direct, Sparse
from neurodeploy.target import Run
from neurodeploy_cpu_emu.kernels.arrays import I16, I32, I64, Weights
from neurodeploy_cpu_emu.kernels.dense import CHUNK
from neurodeploy_cpu_emu.kernels.lanes import sum_rows
from neurodeploy_cpu_emu.synapses import DenseSynapses, prepared
from tools.bench.clock import best, load, timed
from tools.bench.pairs import PAIRS, paired
from tools.bench.scaling import drawn
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
        "read_bytes_per_s": _read_bytes_per_s(_weight_bytes(work)),
    }


def least_seconds(work: Work, run: Run) -> Result:
    """Return the least time of a sample on one thread, were nothing done but adding weights.

    A weight is 8 bits; a sparse synapse also reads a target of 32 bits.
    """
    dense, sparse, conv = (run.totals[:, :, c].sum() / run.n_samples for c in HARDWARE_SYNOPS)
    adds, read = float(dense + sparse + conv), float(dense + conv + 5 * sparse)
    peak, speed = _adds_per_s(), _read_bytes_per_s(_weight_bytes(work))
    adding, reading = adds / peak, read / speed
    return {
        "seconds": max(adding, reading),
        "by": "adds" if adding >= reading else "bytes",
        "adds": adds,
        "bytes": read,
        "adds_per_s": peak,
        "bytes_per_s": speed,
    }


@cache
def _adds_per_s() -> float:
    """Return additions a second of the bare kernel with few weights."""
    bare, adds = _bare(drawn(100, 16, 25, 0.3), 16)
    return adds / best(bare)


def _weight_bytes(work: Work) -> int:
    operators = [p.operator for p in work.deployment.program.projections]
    return sum(
        operator.mantissa.size * (5 if isinstance(operator, Sparse) else 1)
        for operator in operators
        if not isinstance(operator, Direct)
    )


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
        listed = steps_listed(raster, 0, raster.shape[1])
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


def _read_bytes_per_s(n_bytes: int) -> float:
    """Return how fast a plain sum reads that many bytes, where they lie."""
    values = np.ones(max(n_bytes, 4096) // 8, np.int64)
    return values.nbytes / best(values.sum, 50)
