"""`Distribution`: one figure over the samples, and its statistics as metrics."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from neurodeploy.deployment.deployment import Deployment
from neurodeploy.machine.counts import HARDWARE_SYNOPS, HOST, Row
from neurodeploy.report.inference import Inference, inference_of_sample
from neurodeploy.report.metric import (
    DISTRIBUTED,
    REGISTRY,
    STATISTICS,
    Basis,
    Metric,
    statistic_name,
)
from neurodeploy.target import Run

Floats = NDArray[np.float64]

_MOST_BINS = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Distribution:
    """How many samples lie where, at the nominal estimate.

    Parameters
    ----------
    metric : the registered name of the figure.
    edges : (bin + 1,) in the metric's unit; every bin holds its left edge, the last one both.
    samples : (bin,) how many samples lie in each.
    """

    metric: str
    unit: str
    basis: Basis
    least: float
    mean: float
    p50: float
    p95: float
    p99: float
    largest: float
    edges: tuple[float, ...]
    samples: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Samples:
    """A figure of every sample: `values` is (3, sample), its low, nominal and high estimate."""

    name: str
    values: Floats
    basis: Basis
    source: str
    note: str


def samples_of(
    deployment: Deployment, run: Run, rows: tuple[Row, ...], mean: Inference
) -> tuple[Samples, ...]:
    """Return what is known of every sample, of the figures that are reported as distributions."""
    costs = [
        inference_of_sample(deployment, run, rows, sample, mean).metrics
        for sample in range(run.n_samples)
    ]
    synops = run.totals[:, [row.core != HOST for row in rows]][:, :, list(HARDWARE_SYNOPS)]
    found = []
    for name in DISTRIBUTED:
        if name == "synops_hw":
            found.append(counted_samples(name, synops.sum(axis=(1, 2))))
        elif mean.metrics[name].value is not None:
            found.append(_modelled(name, mean.metrics[name], [cost[name] for cost in costs]))
    return tuple(found)


def statistics_of(samples: Samples) -> dict[str, Metric]:
    """Return p50, p95, p99 and the largest as metrics, each estimate's own."""
    found = {}
    for statistic, share in STATISTICS.items():
        name = statistic_name(samples.name, statistic)
        low, value, high = (_at(values, share) for values in samples.values)
        found[name] = Metric(
            value=value,
            unit=REGISTRY[name].unit,
            basis=samples.basis,
            low=low,
            high=high,
            source=samples.source,
            note=samples.note,
        )
    return found


def distribution_of(samples: Samples) -> Distribution:
    """Return the histogram and statistics of the nominal estimate."""
    values = samples.values[1]
    held, edges = np.histogram(values, _edges(values))
    return Distribution(
        metric=samples.name,
        unit=REGISTRY[samples.name].unit,
        basis=samples.basis,
        least=float(values.min()),
        mean=float(np.sort(values).mean()),
        p50=_at(values, STATISTICS["p50"]),
        p95=_at(values, STATISTICS["p95"]),
        p99=_at(values, STATISTICS["p99"]),
        largest=float(values.max()),
        edges=tuple(float(edge) for edge in edges),
        samples=tuple(int(n) for n in held),
    )


def counted_samples(name: str, values: NDArray[np.int64]) -> Samples:
    """Return an exact figure of every sample."""
    floats = values.astype(np.float64)
    return Samples(
        name=name,
        values=np.stack([floats, floats, floats]),
        basis=Basis.EXACT,
        source="counted",
        note="",
    )


def _modelled(name: str, mean: Metric, metrics: list[Metric]) -> Samples:
    rows = [(metric.low, metric.value, metric.high) for metric in metrics]
    values = np.asarray(rows, np.float64).T
    return Samples(name=name, values=values, basis=mean.basis, source=mean.source, note=mean.note)


def _at(values: Floats, share: float) -> float:
    return float(np.quantile(values, share, method="inverted_cdf"))


def _edges(values: Floats) -> Floats:
    """Return the edges of equal bins, about as many as the root of the number of samples."""
    low, high = float(values.min()), float(values.max())
    if low == high:
        return np.asarray([low, high])
    n_bins = min(max(int(np.ceil(np.sqrt(len(values)))), 1), _MOST_BINS)
    return np.linspace(low, high, n_bins + 1)
