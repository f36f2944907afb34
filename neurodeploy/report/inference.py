"""What one inference costs: of the mean over samples, or of one sample."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from neurodeploy.deployment.deployment import Deployment
from neurodeploy.machine.counts import HARDWARE_SYNOPS, HOST, Count, Row
from neurodeploy.machine.fidelity import Fidelity
from neurodeploy.machine.timing import unknown_latencies
from neurodeploy.report.cost import Cost, Work, dynamic_energy
from neurodeploy.report.metric import Metric
from neurodeploy.report.static import latency_of, static_metrics
from neurodeploy.target import Run


@dataclass(frozen=True, slots=True, kw_only=True)
class Inference:
    """Energy by component, time at the level of `fidelity`, and what follows from both."""

    energy: Mapping[str, Cost]
    latency: Cost
    fidelity: Fidelity
    metrics: Mapping[str, Metric]


def mean_inference(
    deployment: Deployment, run: Run, rows: tuple[Row, ...], fidelity: Fidelity
) -> Inference:
    """Return the mean over samples; sums are integers, so that equal inputs give equal bytes."""
    sums = run.totals.sum(axis=0)
    latency = latency_of(run, deployment.hardware, fidelity)
    return _inference(deployment, run, rows, sums / run.n_samples, latency, fidelity)


def inference_of_sample(
    deployment: Deployment, run: Run, rows: tuple[Row, ...], sample: int, mean: Inference
) -> Inference:
    """Return one sample's costs; the evidence of its time is that of the mean."""
    latency = mean.latency
    if run.ticks is not None:
        ticks = run.ticks[:, sample].sum(axis=1)
        low, value, high = (float(t) * deployment.hardware.tick_ps * 1e-12 for t in ticks)
        latency = replace(mean.latency, low=low, value=value, high=high)
    counts = run.totals[sample].astype(float)
    return _inference(deployment, run, rows, counts, latency, mean.fidelity)


def input_events(counts: NDArray[np.floating] | NDArray[np.int64], rows: tuple[Row, ...]) -> float:
    """Return the spikes of the inputs; `counts` is (row, count)."""
    return float(sum(counts[k, Count.SPIKES] for k, row in enumerate(rows) if row.core == HOST))


def _inference(
    deployment: Deployment,
    run: Run,
    rows: tuple[Row, ...],
    counts: NDArray[np.floating],
    latency: Cost,
    fidelity: Fidelity,
) -> Inference:
    energy = dynamic_energy(deployment.hardware, _work(run, rows, counts))
    metrics = static_metrics(
        deployment.hardware,
        energy,
        latency,
        fidelity,
        unknown_latencies(deployment.hardware, deployment.placement, fidelity),
        n_steps=run.n_steps,
        synops=float(counts[:, HARDWARE_SYNOPS].sum()),
    )
    return Inference(energy=energy, latency=latency, fidelity=fidelity, metrics=metrics)


def _work(run: Run, rows: tuple[Row, ...], counts: NDArray[np.floating]) -> Work:
    """Return the chip's work; the host's own spikes cost the chip no update."""
    on_chip = [k for k, row in enumerate(rows) if row.core != HOST]
    n_neurons = sum(rows[k].stop - rows[k].start for k in on_chip)
    return Work(
        counts=counts[on_chip].sum(axis=0),
        neuron_updates=float(n_neurons * run.n_steps),
        host_in=input_events(counts, rows),
        host_out=float(sum(output.shape[1] for output in run.outputs.values())),
        n_steps=float(run.n_steps),
    )
