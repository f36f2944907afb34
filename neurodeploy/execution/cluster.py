"""Samples on the workers of a Dask cluster; the Run does not depend on how many there are."""

from collections.abc import Iterator
from contextlib import contextmanager

import distributed
from distributed.scheduler import KilledWorker

from neurodeploy.deployment.deployment import Deployment
from neurodeploy.errors import TargetFailed, TargetUnavailable
from neurodeploy.execution.part import parts_of, run_part
from neurodeploy.execution.wire import packed, unpacked
from neurodeploy.target import Run, RunOptions, Stimulus, merge
from neurodeploy.version import __version__

CONNECT_S = 10
PART_SAMPLES = 16
"""Samples of a part: what is run again where a worker is lost."""


def run_on_cluster(
    deployment: Deployment, stimulus: Stimulus, options: RunOptions, address: str
) -> Run:
    """Run `deployment` on `stimulus` on the cluster whose scheduler listens at `address`.

    The parts are merged in the order of the samples; those of a lost worker run again elsewhere.
    `options.workers` has no meaning here: a worker runs as many parts as it has threads.

    Raises
    ------
    TargetUnavailable
        If no scheduler answers, or it has no worker (ND4201).
    TargetFailed
        If workers keep dying over a part (ND5201), or have another version (ND5202).
    """
    with _client(address) as client:
        futures = _submitted(client, deployment, stimulus, options)
        finished = distributed.as_completed(  # type: ignore[no-untyped-call]  # dask types it in part
            futures, loop=client.loop, raise_errors=False
        )
        for k, _ in enumerate(finished, start=1):
            if options.on_progress is not None:
                options.on_progress(min(k * PART_SAMPLES, stimulus.n_samples))
        try:
            return merge([unpacked(Run, future.result()) for future in futures])
        except KilledWorker as error:
            raise TargetFailed(
                "ND5201",
                f"{address}: workers died {error.allowed_failures + 1} times over the same part "
                f"of {PART_SAMPLES} samples; look for what ends them (memory?) in their logs",
            ) from error


def _submitted(
    client: distributed.Client, deployment: Deployment, stimulus: Stimulus, options: RunOptions
) -> list[distributed.Future[bytes]]:
    """Send every part; a result that a worker takes with it when it dies is made again."""
    sent = client.submit(bytes, packed(deployment), pure=False)
    return [
        client.submit(
            run_part,
            sent,
            packed(part),
            tuple(sorted(options.record)),
            options.fidelity.value,
            options.time_limit_s,
            __version__,
            pure=False,
        )
        for part in parts_of(stimulus, PART_SAMPLES)
    ]


@contextmanager
def _client(address: str) -> Iterator[distributed.Client]:
    try:
        client = distributed.Client(  # type: ignore[no-untyped-call]  # dask types it in part
            address, timeout=CONNECT_S, set_as_default=False
        )
    except (OSError, ValueError, TimeoutError) as error:
        raise TargetUnavailable(
            "ND4201", f"no Dask scheduler answers at {address!r}; start one with `dask scheduler`"
        ) from error
    with client:
        if not client.scheduler_info()["workers"]:
            raise TargetUnavailable(
                "ND4201",
                f"the Dask scheduler at {address} has no worker; start one with "
                f"`dask worker {address}` where neurodeploy {__version__} is installed",
            )
        yield client
