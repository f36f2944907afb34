"""Build a Report from a deployment and its Run."""

from collections.abc import Mapping

import numpy as np

from neurodeploy.deployment.deployment import Deployment
from neurodeploy.hardware import Arithmetic, Hardware
from neurodeploy.machine.counts import rows_of
from neurodeploy.machine.fidelity import Fidelity
from neurodeploy.report.binding import binding_of
from neurodeploy.report.bottleneck import bottlenecks_of
from neurodeploy.report.core import cores_of
from neurodeploy.report.counted import counted
from neurodeploy.report.distribution import distribution_of, samples_of, statistics_of
from neurodeploy.report.early_exit.build import early_exit_of
from neurodeploy.report.energy_models.compare import explained
from neurodeploy.report.energy_models.profiled import connection_metrics, energy_models
from neurodeploy.report.events import events_of
from neurodeploy.report.imbalance import imbalance_of
from neurodeploy.report.inference import input_events, mean_inference
from neurodeploy.report.layer import LayerReport, layers_of
from neurodeploy.report.link import links_of
from neurodeploy.report.mesh import mesh_of
from neurodeploy.report.metric import Basis, Metric, exact
from neurodeploy.report.modelled import modelled
from neurodeploy.report.rates import rates_of
from neurodeploy.report.report import Report
from neurodeploy.report.resource import resources_of
from neurodeploy.report.steps import steps_of
from neurodeploy.report.timeline import timeline_of
from neurodeploy.target import Run, Stimulus


def build_report(
    deployment: Deployment,
    stimulus: Stimulus,
    run: Run,
    fidelity: Fidelity,
    whole: Run | None = None,
) -> Report:
    """Return the report of `run`, the deployment's run on `stimulus`.

    Parameters
    ----------
    whole : the same without the deployment's exit policy, the raster of the first output recorded;
        with it the report says what stopping early gave.
    """
    hardware = deployment.hardware
    rows = rows_of(deployment.program, deployment.placement)
    sums = run.totals.sum(axis=0)  # integers, so that equal inputs give equal bytes
    layers = layers_of(deployment, stimulus, run, sums, rows)
    cores = cores_of(deployment, run, sums, rows)
    resources = resources_of(cores)
    mean = mean_inference(deployment, run, rows, fidelity)
    samples = samples_of(deployment, run, rows, mean)
    exits = None
    if deployment.exit_policy is not None and whole is not None:
        exits = early_exit_of(deployment, stimulus, run, whole, rows, mean)
        samples = (*samples, exits.steps)
    energy = mean.energy
    metrics = {
        **_accuracy(hardware, stimulus, run),
        **counted(sums.sum(axis=0) / run.n_samples),
        "input_events": exact("input_events", input_events(sums, rows) / run.n_samples),
        "host_macs": exact("host_macs", float(stimulus.host_macs + _decision_macs(deployment))),
        **_checks(deployment, run),
        "neuron_updates": _summed(layers, "neuron_updates"),
        "dead_neurons": _summed(layers, "dead_neurons"),
        "always_on_neurons": _summed(layers, "always_on_neurons"),
        "cores": exact("cores", deployment.placement.n_cores),
        **imbalance_of(cores),
        **{f"energy_{name}_j": modelled(f"energy_{name}_j", cost) for name, cost in energy.items()},
        **mean.metrics,
        **({} if exits is None else exits.metrics),
        **{name: metric for s in samples for name, metric in statistics_of(s).items()},
    }
    # Spikes of inputs are input events, not the network's.
    metrics["spikes"] = _summed(layers, "spikes")
    metrics |= connection_metrics(deployment, stimulus, metrics)
    rates = rates_of(deployment, rows, run)
    metrics |= rates.metrics
    missing = [name for cost in energy.values() for name in cost.missing]
    late = [f"latency of {name}" for name in mean.slow]
    if fidelity is not Fidelity.L3:
        late += ["time of the host, its inputs and outputs, and the management"]
    return Report(
        target=deployment.target,
        chip=hardware.name,
        chip_title=hardware.title,
        fidelity=fidelity.value,
        deployment_digest=deployment.digest,
        stimulus=stimulus.coder,
        stimulus_digest=stimulus.digest,
        input_coding=deployment.coding.value,
        n_samples=run.n_samples,
        n_steps=run.n_steps,
        metrics=metrics,
        layers=layers,
        mesh=mesh_of(deployment),
        cores=cores,
        links=links_of(run),
        resources=resources,
        binding=binding_of(resources, cores, layers),
        steps=steps_of(deployment, run, rows),
        distributions=tuple(distribution_of(s) for s in samples),
        timeline=timeline_of(deployment, run),
        bottlenecks=bottlenecks_of(run),
        energy_models=energy_models(deployment, stimulus, run, energy, metrics, layers),
        events=events_of(deployment, sums, rows, run),
        failures=rates.failures,
        missing=(*dict.fromkeys(f"energy of {name}" for name in missing), *late),
        notes=_notes(hardware, metrics),
        sources=explained(hardware),
        early_exit=None if exits is None else exits.section,
    )


def _accuracy(hardware: Hardware, stimulus: Stimulus, run: Run) -> dict[str, Metric]:
    if stimulus.labels is None:
        return {}
    right = float(np.mean(run.predictions() == stimulus.labels))
    basis = Basis.EXACT if hardware.arithmetic is Arithmetic.LOIHI else Basis.MODELLED
    metric = Metric(value=right, unit="1", basis=basis, low=right, high=right, source="counted")
    return {"accuracy": metric}


def _decision_macs(deployment: Deployment) -> int:
    """Return what the host computes once a sample to decide how many steps it runs."""
    policy = deployment.exit_policy
    return 0 if policy is None or policy.policy is None else policy.policy.macs


def _checks(deployment: Deployment, run: Run) -> dict[str, Metric]:
    if deployment.exit_policy is None:
        return {}
    return {"exit_checks": exact("exit_checks", run.mean_checks)}


def _summed(layers: tuple[LayerReport, ...], name: str) -> Metric:
    return exact(name, sum(layer.metrics[name].value or 0.0 for layer in layers))


def _notes(hardware: Hardware, metrics: Mapping[str, Metric]) -> tuple[str, ...]:
    found = []
    if hardware.arithmetic is not Arithmetic.LOIHI:
        found.append(
            f"{hardware.name} computes with other arithmetic than this program: "
            "accuracy is modelled, only the costs are this chip's"
        )
    if hardware.all_in:
        found.append(
            f"{hardware.name} has one figure of energy, of the whole chip at one operating point; "
            f"at another load it is another figure (`neurodeploy chips show {hardware.name}`)"
        )
    wraps = metrics["current_wraps"].value or 0.0
    if wraps:
        found.append(
            f"{wraps:g} currents wrapped per inference: sums left the chip's range; compile again "
            "with --data from the same source so that the scale leaves room"
        )
    return tuple(found)
