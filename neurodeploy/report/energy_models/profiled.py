"""From a deployment and its Run to the energy models of its report."""

from collections.abc import Mapping

import numpy as np

from neurodeploy.deployment.deployment import Deployment
from neurodeploy.machine.counts import rows_of
from neurodeploy.report.cost import Cost
from neurodeploy.report.energy_models.compare import Profiled, compare
from neurodeploy.report.energy_models.estimate import EnergyModels
from neurodeploy.report.energy_models.pairs import HostMacs
from neurodeploy.report.energy_models.work import has_loop, n_connections, works_of
from neurodeploy.report.layer import LayerReport
from neurodeploy.report.metric import Metric, exact, unknown
from neurodeploy.target import Run, Stimulus

_COUNTS = (
    "synops_hw",
    "neuron_updates",
    "neuron_updates_active",
    "spikes",
    "messages",
    "hops",
    "synapses",
    "spikes_per_synapse",
    "synops_per_update",
)


def connection_metrics(
    deployment: Deployment, stimulus: Stimulus, metrics: Mapping[str, Metric]
) -> dict[str, Metric]:
    """Return the network's size, and what its operations are in relation to it."""
    n_synapses = n_connections(deployment.program)
    synops = metrics["synops_hw"].value or 0.0
    updates = metrics["neuron_updates"].value or 0.0
    nothing = "the network has no synapses"
    loops = "the network has loops, so no ANN computes it in one pass"
    return {
        "synapses": exact("synapses", n_synapses),
        "ann_macs": unknown("ann_macs", loops)
        if has_loop(deployment.program)
        else exact("ann_macs", n_synapses + _pass_macs(stimulus)),
        "spikes_per_synapse": exact("spikes_per_synapse", synops / n_synapses)
        if n_synapses
        else unknown("spikes_per_synapse", nothing),
        "synops_per_update": exact("synops_per_update", synops / updates),
    }


def energy_models(
    deployment: Deployment,
    stimulus: Stimulus,
    run: Run,
    energy: Mapping[str, Cost],
    metrics: Mapping[str, Metric],
    layers: tuple[LayerReport, ...],
) -> EnergyModels:
    """Return the energy models of `run`.

    Parameters
    ----------
    energy : of the chip's events in joules per inference, by component.
    """
    program = deployment.program
    rows = rows_of(program, deployment.placement)
    counts = run.totals.sum(axis=0) / run.n_samples
    return compare(
        Profiled(
            hardware=deployment.hardware,
            works=works_of(program, rows, counts, run.mean_steps),
            dynamic=energy,
            whole=metrics["energy_total_j"],
            layers={layer.name: layer.metrics["energy_dynamic_j"] for layer in layers},
            counts={name: metrics[name] for name in _COUNTS},
            host=HostMacs(macs=metrics["host_macs"].value or 0.0, pass_macs=_pass_macs(stimulus)),
            loops=has_loop(program),
        )
    )


def _pass_macs(stimulus: Stimulus) -> float:
    """Return the host's multiply-accumulates for one step of one sample.

    The host computes a stimulus that does not change once, any other in each step.
    """
    if stimulus.host_macs == 0:
        return 0.0
    still = all(bool(np.all(x == x[:, :1])) for x in stimulus.x.values())
    return stimulus.host_macs if still else stimulus.host_macs / stimulus.n_steps
