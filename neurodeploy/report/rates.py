"""Rates that a chip cannot go beyond: above them it stalls, so a report fails that needs more."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from neurodeploy.deployment.deployment import Deployment
from neurodeploy.hardware import Quantity
from neurodeploy.machine.counts import HARDWARE_SYNOPS, HOST, Row
from neurodeploy.report.metric import Metric, exact, unknown
from neurodeploy.target import Run

LIMIT = "synops_per_s_per_core"
METRIC = "synops_busiest_core_hz"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rates:
    """The rate as a metric, and one line for every core that would stall."""

    metrics: dict[str, Metric]
    failures: tuple[str, ...]


def rates_of(deployment: Deployment, rows: tuple[Row, ...], run: Run) -> Rates:
    """Return the synaptic operations a second of the core that is nearest to its limit.

    Of each core, in the sample that asks most of it: operations over the time that the sample lasts
    in the model, steps times dt. A chip without such a limit has no such metric.
    """
    if LIMIT not in deployment.hardware.limits:
        return Rates(metrics={}, failures=())
    if deployment.model is None:
        note = "the deployment has no model, so the time that a step stands for is not known"
        return Rates(metrics={METRIC: unknown(METRIC, note)}, failures=())
    rates = _by_core(rows, run, deployment.model.dt_s)
    limits = [_limit_of(deployment, core) for core in range(len(rates))]
    loads = [r / (limit or np.inf) for r, limit in zip(rates.tolist(), limits, strict=True)]
    nearest = int(np.argmax(loads))
    note = f"core {_core(deployment, nearest)}, which allows {_shown(limits[nearest])}"
    metric = exact(METRIC, float(rates[nearest]), "counted, over the model's dt", note)
    return Rates(
        metrics={METRIC: metric},
        failures=tuple(
            _failure(deployment, core, float(rates[core]), limit, rows)
            for core, limit in enumerate(limits)
            if limit is not None and rates[core] > limit
        ),
    )


def _by_core(rows: tuple[Row, ...], run: Run, dt_s: float) -> NDArray[np.float64]:
    """Return operations a second (core,), of the sample with most of them."""
    synops = run.totals[:, :, list(HARDWARE_SYNOPS)].sum(axis=2)
    n_cores = max((row.core for row in rows), default=HOST) + 1
    by_core = np.zeros((len(synops), n_cores), np.int64)
    for k, row in enumerate(rows):
        if row.core != HOST:
            by_core[:, row.core] += synops[:, k]
    return (by_core / (run.steps_used[:, None] * dt_s)).max(axis=0)


def _limit_of(deployment: Deployment, core: int) -> float | None:
    quantity: Quantity | None = deployment.hardware.limit_of(_core(deployment, core), LIMIT)
    return None if quantity is None else quantity.value


def _core(deployment: Deployment, core: int) -> int:
    """Return which of the chip's cores it is: the one of its tile, where every tile has one."""
    topology = deployment.hardware.topology
    if topology.cores_per_tile != 1:
        return core
    tile = deployment.placement.tiles[core]
    n_tiles = topology.mesh_width * topology.mesh_height
    return next(number for number in range(n_tiles) if topology.tile_of(number) == tile)


def _failure(
    deployment: Deployment, core: int, rate: float, limit: float, rows: tuple[Row, ...]
) -> str:
    names = ", ".join(dict.fromkeys(repr(row.node) for row in rows if row.core == core))
    return (
        f"{deployment.hardware.name}: core {_core(deployment, core)} with {names}: "
        f"{rate / 1e6:.4g} M synaptic operations a second, allowed {_shown(limit)}; the chip would "
        "stall; make spikes or the layer's kernels fewer, or the time step longer"
    )


def _shown(limit: float | None) -> str:
    return "any number" if limit is None else f"{limit / 1e6:.4g} M"
