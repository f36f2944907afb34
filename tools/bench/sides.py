"""Who is measured on what: a peer's program, how much it does in a turn, and what must agree."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from neurodeploy.machine.fidelity import Fidelity
from neurodeploy.terms import Reset
from tools.bench.clock import load
from tools.bench.pairs import PAIRS, paired
from tools.bench.peer import Peer, PeerFailed, python_of, running
from tools.bench.specifications import dense_spec, scnn_spec
from tools.bench.work import WORKERS, Work

Result = dict[str, Any]
Row = tuple[str, Result]

OURS = 2048
"""Samples of one of our turns, however many the peer takes at once."""
NEARLY = 0.95
"""Share of output counts that must be equal where decays are not rounded."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One peer on one work.

    Parameters
    ----------
    turns : (batch, samples) to measure; the samples of a turn should take some tenths of a second.
    rules : what is known to differ from our arithmetic; "" where spikes must be equal.
    reset : its rule; None where it is the network's own. Answers are compared under its rule.
    least : share of the output counts that must be equal.
    """

    peer: str
    environment: str
    driver: str
    turns: tuple[tuple[int, int], ...]
    rules: str
    reset: Reset | None = None
    least: float = 1.0


DENSE = (
    Side(
        peer="snntorch 1.0.0",
        environment="snntorch",
        driver="run_snntorch.py",
        turns=((1, 16), (128, 512), (512, 1024), (2048, 2048)),
        least=NEARLY,
        rules="decays are not rounded",
    ),
    Side(
        peer="NumPy loop",
        environment="",
        driver="run_numpy.py",
        turns=((1, 16), (128, 512)),
        rules="",
    ),
    Side(
        peer="SpikingJelly 2.0.0",
        environment="spikingjelly",
        driver="run_spikingjelly.py",
        turns=((128, 512),),
        least=NEARLY,
        rules="decays are not rounded; the threshold is taken off at once",
        reset=Reset.SUBTRACT,
    ),
    Side(
        peer="norse 1.1.0",
        environment="norse",
        driver="run_norse.py",
        turns=((128, 512),),
        least=NEARLY,
        rules="decays are not rounded; reset to zero",
        reset=Reset.ZERO,
    ),
    Side(
        peer="sinabs 3.1.3",
        environment="sinabs",
        driver="run_sinabs.py",
        turns=((128, 512),),
        least=NEARLY,
        rules="decays are not rounded; the threshold is taken off at once",
        reset=Reset.SUBTRACT,
    ),
)
SCNN = Side(
    peer="torch loop, floats",
    environment="snntorch",
    driver="run_scnn.py",
    turns=((32, 32),),
    rules="weights are not rounded",
    least=0.5,
)


def dense_rows(work: Work, toy: bool) -> Iterator[Row]:
    """Yield the measurements of every peer on a chain of dense LIF layers."""
    for side in DENSE:
        yield from _rows(side, work, dense_spec, toy)


def scnn_rows(work: Work, toy: bool) -> Iterator[Row]:
    """Yield the measurement of a torch loop on the SCNN."""
    yield from _rows(SCNN, work, scnn_spec, toy)


def _rows(side: Side, work: Work, write: Callable[[Work, Path], Path], toy: bool) -> Iterator[Row]:
    python = python_of(side.environment)
    if python is None:
        why = f"no environment; python tools/peers/environments.py {side.environment}"
        yield side.peer, {"skipped": why}
        return
    with TemporaryDirectory() as folder:
        spec = write(work, Path(folder) / "spec.npz")
        try:
            with running(python, side.driver, spec) as peer:
                agreement = agreed(work.under(side.reset), peer, side)
                for batch, samples in side.turns:
                    size = min(samples, 4) if toy else samples
                    found = turns(work, peer, batch, size, 1 if toy else PAIRS)
                    yield f"{side.peer}, batch {batch}", {**found, **agreement}
        except PeerFailed as error:
            yield side.peer, {"skipped": f"its program ended: {str(error).strip()[-300:]}"}


def turns(work: Work, peer: Peer, batch: int, samples: int, n_pairs: int) -> Result:
    """Return both sides measured by turns, seconds a sample, on all processors."""
    ours_n = OURS if n_pairs == PAIRS else 32 * WORKERS

    def theirs() -> float:
        answer = peer.ask(samples=samples, batch=batch, threads=WORKERS)
        return float(answer["seconds"]) / samples

    return paired(lambda: work.seconds(ours_n), theirs, load(), n_pairs).as_dict()


def agreed(work: Work, peer: Peer, side: Side) -> Result:
    """Return how far the outputs and spikes of some samples agree; they must where rules do.

    Raises
    ------
    PeerFailed
        If the peer computes something else than it should.
    """
    n = min(work.stimulus.n_samples, 32)
    answer = peer.ask(samples=n, batch=n, threads=WORKERS)
    run = work.run(n, fidelity=Fidelity.L0)
    (ours,) = run.outputs.values()
    theirs = np.asarray(answer["outputs"])
    hidden = next(iter(run.spikes_per_neuron.values())).sum()
    first = answer["hidden"] if "hidden" in answer else answer["spikes"][0]
    equal = float((ours == theirs).mean())
    ratio = float(first / max(hidden, 1))
    if equal < side.least:
        raise PeerFailed(f"its spikes differ: {100 * equal:.2f} % of the outputs are equal")
    same = float((ours.argmax(axis=1) == theirs.argmax(axis=1)).mean())
    return {
        "rules": side.rules or "the same",
        "equal_outputs": equal,
        "equal_predictions": same,
        "first_layer_spikes": ratio,
    }
