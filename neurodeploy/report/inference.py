"""What one inference costs: of the mean over samples, or of one sample."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from neurodeploy.deployment.deployment import Deployment
from neurodeploy.machine.counts import HARDWARE_SYNOPS, HOST, Count, Row
from neurodeploy.machine.fidelity import Fidelity
from neurodeploy.machine.timing import unknown_latencies
from neurodeploy.report.cost import Cost, Work, dynamic_energy, total
from neurodeploy.report.exit_check import price_of_checks
from neurodeploy.report.metric import Metric
from neurodeploy.report.static import Spans, latency_of, static_metrics
from neurodeploy.target import Run
from neurodeploy.terms import CheckedAt


@dataclass(frozen=True, slots=True, kw_only=True)
class Inference:
    """Energy by component, time at the level of `fidelity`, and what follows from both.

    Parameters
    ----------
    steps, latency : seconds of the steps alone, and with the checks for an exit.
    slow : what the time lacks, because the chip's page does not know it.
    """

    energy: Mapping[str, Cost]
    steps: Cost
    latency: Cost
    fidelity: Fidelity
    metrics: Mapping[str, Metric]
    slow: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Share:
    """What one inference did: counts (row, count), steps, checks for its exit, values read."""

    counts: NDArray[np.floating]
    n_steps: float
    n_checks: float
    host_out: float


def mean_inference(
    deployment: Deployment, run: Run, rows: tuple[Row, ...], fidelity: Fidelity
) -> Inference:
    """Return the mean over samples; sums are integers, so that equal inputs give equal bytes."""
    share = _Share(
        counts=run.totals.sum(axis=0) / run.n_samples,
        n_steps=run.mean_steps,
        n_checks=run.mean_checks,
        host_out=_values_read(run),
    )
    steps = latency_of(run, deployment.hardware, fidelity)
    return _inference(deployment, rows, share, steps, fidelity)


def inference_of_sample(
    deployment: Deployment, run: Run, rows: tuple[Row, ...], sample: int, mean: Inference
) -> Inference:
    """Return one sample's costs; the evidence of its time is that of the mean."""
    steps = mean.steps
    if run.ticks is not None:
        ticks = run.ticks[:, sample].sum(axis=1)
        low, value, high = (float(t) * deployment.hardware.tick_ps * 1e-12 for t in ticks)
        steps = replace(mean.steps, low=low, value=value, high=high)
    share = _Share(
        counts=run.totals[sample].astype(float),
        n_steps=float(run.steps_used[sample]),
        n_checks=0.0 if run.checks is None else float(run.checks[sample]),
        host_out=_values_read(run),
    )
    return _inference(deployment, rows, share, steps, mean.fidelity)


def energy_at_once(deployment: Deployment, run: Run, rows: tuple[Row, ...]) -> Mapping[str, Cost]:
    """Return the mean dynamic energy, had all layers stopped with the step that decided.

    Each layer then runs as many steps as the stimulus needed for the decision; the host reads
    nothing, nobody checks. What the deployment spends on top is the depth of its pipeline, and the
    checks.

    Raises
    ------
    ValueError
        If the run has no exit policy.
    """
    if deployment.exit_policy is None or run.totals_at_once is None:
        raise ValueError("a run without an exit policy does not stop at once")
    rule = deployment.exit_policy.rule_for(
        deployment.program, run.n_steps - deployment.program.drain_steps
    )
    decided = sum(rule.n_unread + rule.informative(int(steps)) for steps in run.steps_used)
    share = _Share(
        counts=run.totals_at_once.sum(axis=0) / run.n_samples,
        n_steps=decided / run.n_samples,
        n_checks=0.0,
        host_out=0.0,
    )
    return dynamic_energy(deployment.hardware, _work(rows, share))


def input_events(counts: NDArray[np.floating] | NDArray[np.int64], rows: tuple[Row, ...]) -> float:
    """Return the spikes of the inputs; `counts` is (row, count)."""
    return float(sum(counts[k, Count.SPIKES] for k, row in enumerate(rows) if row.core == HOST))


def _values_read(run: Run) -> float:
    return float(sum(output.shape[1] for output in run.outputs.values()))


def _inference(
    deployment: Deployment,
    rows: tuple[Row, ...],
    share: _Share,
    steps: Cost,
    fidelity: Fidelity,
) -> Inference:
    """Return the costs of a share whose steps take `steps` seconds."""
    energy = dict(dynamic_energy(deployment.hardware, _work(rows, share)))
    slow = unknown_latencies(deployment.hardware, deployment.placement, fidelity)
    latency = managed = steps
    policy = deployment.exit_policy
    if policy is not None:
        price = price_of_checks(deployment, share.n_checks)
        energy["check"] = price.energy
        slow += price.time.missing
        latency = replace(total([steps, price.time]), missing=steps.missing)
        managed = steps if policy.where is CheckedAt.MANAGEMENT else latency
    metrics = static_metrics(
        deployment.hardware,
        energy,
        Spans(latency=latency, managed=managed),
        fidelity,
        slow,
        n_steps=share.n_steps,
        synops=float(share.counts[:, HARDWARE_SYNOPS].sum()),
    )
    return Inference(
        energy=energy, steps=steps, latency=latency, fidelity=fidelity, metrics=metrics, slow=slow
    )


def _work(rows: tuple[Row, ...], share: _Share) -> Work:
    """Return the chip's work; the host's own spikes cost the chip no update."""
    on_chip = [k for k, row in enumerate(rows) if row.core != HOST]
    n_neurons = sum(rows[k].stop - rows[k].start for k in on_chip)
    return Work(
        counts=share.counts[on_chip].sum(axis=0),
        neuron_updates=n_neurons * share.n_steps,
        host_in=input_events(share.counts, rows),
        host_out=share.host_out,
        n_steps=share.n_steps,
    )
