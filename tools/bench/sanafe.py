"""SANA-FE on a placed network, step by step: simple against L1 and L2, detailed against L3.

Spikes of the host are replayed there; see docs/peers.md for what is then equal. Times are by step.
"""

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from neurodeploy.exchange.sanafe import export, write_export
from neurodeploy.machine.fidelity import Fidelity
from neurodeploy.target import RunOptions
from neurodeploy.target.registry import find_target
from tools.bench.clock import load
from tools.bench.pairs import PAIRS, paired
from tools.bench.peer import PeerFailed, python_of, running
from tools.bench.sides import Row
from tools.bench.work import Work

TURNS = (("simple", Fidelity.L1), ("simple", Fidelity.L2), ("detailed", Fidelity.L3))
OURS = {Fidelity.L1: 2048, Fidelity.L2: 2048, Fidelity.L3: 512}
"""Samples of one of our turns."""


def sanafe_rows(work: Work, toy: bool) -> Iterator[Row]:
    """Yield both timing models, on the first sample."""
    python = python_of("sanafe")
    if python is None:
        why = "no environment; python tools/peers/environments.py sanafe"
        yield "SANA-FE 2.2.9", {"skipped": why}
        return
    names = frozenset(p.name for p in work.deployment.program.populations)
    options = RunOptions(record=names)
    (run,) = find_target("cpu-emu").run(work.deployment, [work.taken(1)], options)
    given = {name: x[0].reshape(x.shape[1], -1) for name, x in work.stimulus.x.items()}
    rasters = {**given, **{name: raster[0] for name, raster in run.rasters.items()}}
    with TemporaryDirectory() as folder:
        write_export(export(work.deployment, rasters, replay=True), Path(folder) / "sanafe")
        try:
            with running(python, "run_sanafe.py", Path(folder) / "sanafe") as peer:
                for timing, level in TURNS:
                    n_ours = 4 if toy else OURS[level]

                    def theirs(timing: str = timing) -> float:
                        answer = peer.ask(steps=run.n_steps, timing=timing)
                        return float(answer["seconds"]) / run.n_steps

                    def ours(level: Fidelity = level, n: int = n_ours) -> float:
                        return work.seconds(n, fidelity=level) / run.n_steps

                    fired = peer.ask(steps=run.n_steps, timing=timing)["fired"]
                    ours_fired = sum(int(r.sum()) for r in rasters.values())
                    if fired != ours_fired:
                        raise PeerFailed(f"{fired} neurons fired, ours {ours_fired}")
                    found = paired(ours, theirs, load(), 1 if toy else PAIRS)
                    row = {**found.as_dict(), "rules": "replayed", "spikes": fired / ours_fired}
                    yield f"SANA-FE 2.2.9, {timing}, a step of ours at {level}", row
        except PeerFailed as error:
            yield "SANA-FE 2.2.9", {"skipped": f"its program ended: {str(error).strip()[-300:]}"}
