"""`Steps`: what happens step by step, mean and most over samples."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from neurodeploy.deployment.deployment import Deployment
from neurodeploy.machine.counts import HARDWARE_SYNOPS, HOST, Count, Row
from neurodeploy.target import Run

NOMINAL = 1
"""The row of `Run.ticks` that holds the nominal estimate."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """One value a step.

    Parameters
    ----------
    mean : over samples.
    most : no sample exceeds it; where a layer lies on several cores it is the sum of what each
        reached in its own busiest sample, an upper bound of the largest.
    """

    mean: tuple[float, ...]
    most: tuple[float, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LayerSteps:
    """The activity of one layer."""

    layer: str
    spikes: Series
    synops_hw: Series


@dataclass(frozen=True, slots=True, kw_only=True)
class Steps:
    """The activity of the network and its layers; `time_s` is None where time is not modelled."""

    synops_hw: Series
    time_s: Series | None
    layers: tuple[LayerSteps, ...]


def steps_of(deployment: Deployment, run: Run, rows: tuple[Row, ...]) -> Steps:
    """Return the series of a run."""
    on_chip = [k for k, row in enumerate(rows) if row.core != HOST]
    return Steps(
        synops_hw=_series(run, on_chip, HARDWARE_SYNOPS),
        time_s=_time(deployment, run),
        layers=tuple(
            _layer(run, name, own) for name, own in _rows_by_layer(deployment, rows).items()
        ),
    )


def _layer(run: Run, name: str, own: list[int]) -> LayerSteps:
    return LayerSteps(
        layer=name,
        spikes=_series(run, own, (Count.SPIKES,)),
        synops_hw=_series(run, own, HARDWARE_SYNOPS),
    )


def _rows_by_layer(deployment: Deployment, rows: tuple[Row, ...]) -> Mapping[str, list[int]]:
    return {
        population.name: [k for k, row in enumerate(rows) if row.node == population.name]
        for population in deployment.program.populations
    }


def _series(run: Run, own: list[int], columns: tuple[Count, ...]) -> Series:
    sums = run.step_sums[:, own][:, :, list(columns)].sum(axis=(1, 2))
    most = run.step_maxima[:, own][:, :, list(columns)].sum(axis=(1, 2))
    return Series(mean=_floats(sums / run.n_samples), most=_floats(most))


def _time(deployment: Deployment, run: Run) -> Series | None:
    if run.ticks is None:
        return None
    ticks = run.ticks[NOMINAL]  # integers, so that sums do not depend on their order
    seconds = deployment.hardware.tick_ps * 1e-12
    return Series(
        mean=_floats(ticks.sum(axis=0) / run.n_samples * seconds),
        most=_floats(ticks.max(axis=0) * seconds),
    )


def _floats(values: NDArray[np.floating] | NDArray[np.int64]) -> tuple[float, ...]:
    return tuple(float(value) for value in values)
