"""One part of the samples, run where it was sent."""

from collections.abc import Iterator
from functools import lru_cache

from neurodeploy.deployment.deployment import Deployment
from neurodeploy.errors import TargetFailed
from neurodeploy.execution.wire import packed, unpacked
from neurodeploy.machine.fidelity import Fidelity
from neurodeploy.target import RunOptions, Stimulus, merge
from neurodeploy.target.registry import find_target
from neurodeploy.version import __version__


def parts_of(stimulus: Stimulus, n_samples: int) -> Iterator[Stimulus]:
    """Yield `stimulus` in parts of `n_samples` samples, in order; the labels stay here."""
    for start in range(0, stimulus.n_samples, n_samples):
        taken = slice(start, start + n_samples)
        yield Stimulus(
            x={name: x[taken] for name, x in stimulus.x.items()},
            coder=stimulus.coder,
            host_macs=stimulus.host_macs,
        )


def run_part(
    deployment: bytes,
    stimulus: bytes,
    record: tuple[str, ...],
    fidelity: str,
    time_limit_s: float | None,
    version: str,
) -> bytes:
    """Return the packed Run of a packed deployment on a packed stimulus, in one thread.

    Raises
    ------
    TargetFailed
        If this machine has another version of neurodeploy, whose counts may differ (ND5202).
    """
    if version != __version__:
        raise TargetFailed(
            "ND5202",
            f"a worker has neurodeploy {__version__}, the command {version}; install the same",
        )
    known = _deployment(deployment)
    options = RunOptions(
        record=frozenset(record), fidelity=Fidelity(fidelity), workers=1, time_limit_s=time_limit_s
    )
    runs = find_target(known.target).run(known, [unpacked(Stimulus, stimulus)], options)
    return packed(merge(list(runs)))


@lru_cache(maxsize=1)
def _deployment(content: bytes) -> Deployment:
    """Decode once for all parts that a worker gets."""
    return unpacked(Deployment, content)
