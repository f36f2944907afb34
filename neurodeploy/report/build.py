"""Build a Report from a deployment and its Run."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from neurodeploy.deployment.deployment import Deployment
from neurodeploy.hardware import Arithmetic, Hardware
from neurodeploy.machine.counts import HARDWARE_SYNOPS, HOST, Count, Row, rows_of
from neurodeploy.machine.fidelity import Fidelity
from neurodeploy.machine.timing import unknown_latencies
from neurodeploy.report.arriving import arriving_events
from neurodeploy.report.bottleneck import bottlenecks_of
from neurodeploy.report.cost import Cost, Work, dynamic_energy, total
from neurodeploy.report.energy_models.compare import explained
from neurodeploy.report.energy_models.profiled import connection_metrics, energy_models
from neurodeploy.report.events import events_of
from neurodeploy.report.metric import Basis, Metric, exact
from neurodeploy.report.modelled import modelled
from neurodeploy.report.rates import rates_of
from neurodeploy.report.report import LayerReport, Report, ResourceReport
from neurodeploy.report.static import latency_of, static_metrics
from neurodeploy.target import Run, Stimulus

Floats = NDArray[np.float64]

_COUNTED = {
    "synops_effective": (Count.SYNOPS_EFFECTIVE,),
    "synops_hw": HARDWARE_SYNOPS,
    "macs": (Count.MACS,),
    "spikes": (Count.SPIKES,),
    "neuron_updates_active": (Count.NEURON_UPDATES_ACTIVE,),
    "messages": (Count.MESSAGES_OUT,),
    "hops": (Count.HOPS_EW, Count.HOPS_NS),
    "current_wraps": (Count.CURRENT_WRAPS,),
    "voltage_saturations": (Count.VOLTAGE_SATURATIONS,),
}


def build_report(
    deployment: Deployment, stimulus: Stimulus, run: Run, fidelity: Fidelity
) -> Report:
    """Return the report of `run`, the deployment's run on `stimulus`."""
    hardware = deployment.hardware
    rows = rows_of(deployment.program, deployment.placement)
    sums = run.totals.sum(axis=0)  # integers, so that equal inputs give equal bytes
    layers = tuple(
        _layer(deployment, stimulus, run, sums, rows, p.name)
        for p in deployment.program.populations
    )
    energy = _energy(deployment, sums, rows, run)
    slow = unknown_latencies(hardware, deployment.placement, fidelity)
    latency = latency_of(run, hardware, fidelity)
    metrics = {
        **_accuracy(hardware, stimulus, run),
        **_counted(sums.sum(axis=0) / run.n_samples),
        "input_events": exact("input_events", _input_events(sums, rows) / run.n_samples),
        "host_macs": exact("host_macs", float(stimulus.host_macs)),
        "neuron_updates": _summed(layers, "neuron_updates"),
        "dead_neurons": _summed(layers, "dead_neurons"),
        "always_on_neurons": _summed(layers, "always_on_neurons"),
        "cores": exact("cores", deployment.placement.n_cores),
        **{f"energy_{name}_j": modelled(f"energy_{name}_j", cost) for name, cost in energy.items()},
        **static_metrics(
            hardware,
            energy,
            latency,
            fidelity,
            slow,
            n_steps=run.n_steps,
            synops=float(sums[:, HARDWARE_SYNOPS].sum() / run.n_samples),
        ),
    }
    # Spikes of inputs are input events, not the network's.
    metrics["spikes"] = _summed(layers, "spikes")
    metrics |= connection_metrics(deployment, stimulus, metrics)
    rates = rates_of(deployment, rows, run)
    metrics |= rates.metrics
    missing = [name for cost in energy.values() for name in cost.missing]
    late = [f"latency of {name}" for name in slow]
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
        resources=_resources(deployment),
        energy_models=energy_models(deployment, stimulus, run, energy, metrics, layers),
        events=events_of(deployment, sums, rows, run),
        failures=rates.failures,
        bottlenecks=bottlenecks_of(run),
        missing=(*dict.fromkeys(f"energy of {name}" for name in missing), *late),
        notes=_notes(hardware, metrics),
        sources=explained(hardware),
    )


def _layer(
    deployment: Deployment,
    stimulus: Stimulus,
    run: Run,
    sums: NDArray[np.int64],
    rows: tuple[Row, ...],
    name: str,
) -> LayerReport:
    own = [k for k, row in enumerate(rows) if row.node == name]
    counts = sums[own].sum(axis=0) / run.n_samples
    population = deployment.program.population(name)
    updates = float(population.size * run.n_steps)
    spikes = run.spikes_per_neuron.get(name)
    full = stimulus.n_samples * stimulus.n_steps
    energy = dynamic_energy(deployment.hardware, Work(counts=counts, neuron_updates=updates))
    quantisation = {q.population: q for q in deployment.quantisation}
    return LayerReport(
        name=name,
        shape=population.shape,
        placed_on=tuple(dict.fromkeys(rows[k].core for k in own)),
        metrics={
            **_counted(counts),
            "arriving_events": exact(
                "arriving_events",
                arriving_events(deployment.program, rows, sums, name) / run.n_samples,
            ),
            "neuron_updates": exact("neuron_updates", updates),
            "dead_neurons": exact("dead_neurons", _count(spikes, 0, 0)),
            "always_on_neurons": exact("always_on_neurons", _count(spikes, full, None)),
            **{f"energy_{n}_j": modelled(f"energy_{n}_j", cost) for n, cost in energy.items()},
            "energy_dynamic_j": modelled("energy_dynamic_j", total(energy.values())),
        },
        quantisation=quantisation.get(name),
    )


def _counted(counts: Floats) -> dict[str, Metric]:
    return {
        name: exact(name, float(sum(counts[column] for column in columns)))
        for name, columns in _COUNTED.items()
    }


def _count(spikes: NDArray[np.int64] | None, least: int, most: int | None) -> float:
    """Return how many neurons spiked at least `least` and at most `most` times."""
    if spikes is None:
        return 0.0
    return float(np.count_nonzero((spikes >= least) & (most is None or spikes <= (most or 0))))


def _energy(
    deployment: Deployment, sums: NDArray[np.int64], rows: tuple[Row, ...], run: Run
) -> Mapping[str, Cost]:
    """Return the dynamic energy of the chip; the host's own spikes cost the chip no update."""
    on_chip = [k for k, row in enumerate(rows) if row.core != HOST]
    n_neurons = sum(rows[k].stop - rows[k].start for k in on_chip)
    work = Work(
        counts=sums[on_chip].sum(axis=0) / run.n_samples,
        neuron_updates=float(n_neurons * run.n_steps),
        host_in=_input_events(sums, rows) / run.n_samples,
        host_out=float(sum(output.shape[1] for output in run.outputs.values())),
        n_steps=float(run.n_steps),
    )
    return dynamic_energy(deployment.hardware, work)


def _input_events(sums: NDArray[np.int64], rows: tuple[Row, ...]) -> int:
    return int(sum(sums[k, Count.SPIKES] for k, row in enumerate(rows) if row.core == HOST))


def _accuracy(hardware: Hardware, stimulus: Stimulus, run: Run) -> dict[str, Metric]:
    if stimulus.labels is None:
        return {}
    right = float(np.mean(run.predictions() == stimulus.labels))
    basis = Basis.EXACT if hardware.arithmetic is Arithmetic.LOIHI else Basis.MODELLED
    metric = Metric(value=right, unit="1", basis=basis, low=right, high=right, source="counted")
    return {"accuracy": metric}


def _summed(layers: tuple[LayerReport, ...], name: str) -> Metric:
    return exact(name, sum(layer.metrics[name].value or 0.0 for layer in layers))


def _resources(deployment: Deployment) -> tuple[ResourceReport, ...]:
    usage = deployment.placement.usage
    found = []
    for name in usage[0]:
        core = max(range(len(usage)), key=lambda c: usage[c][name].used)
        fullest = usage[core][name]
        found.append(
            ResourceReport(limit_name=name, core=core, used=fullest.used, limit=fullest.limit)
        )
    return tuple(found)


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
