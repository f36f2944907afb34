"""`neurodeploy profile`."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from neurodeploy.cli import options, output, renderings
from neurodeploy.cli.allowed import refuse_unknown
from neurodeploy.cli.exits_in_report import print_early_exit
from neurodeploy.cli.measured_text import print_measured
from neurodeploy.cli.modelled_text import interval, print_energy_models, sources
from neurodeploy.cli.neurobench_table import print_neurobench
from neurodeploy.cli.source import prepared
from neurodeploy.errors import GateFailed

if TYPE_CHECKING:
    from neurodeploy.report.report import Report

N_BOTTLENECKS = 3


def profile(
    path: Annotated[Path, typer.Argument(help="A deployment folder, or a .nir file.")],
    data: options.Data,
    target: options.Target = "cpu-emu",
    chip: options.Chip = None,
    out: Annotated[
        Path | None, typer.Option("--output", "-o", help="Folder for report.json and run.json.")
    ] = None,
    fidelity: Annotated[
        str,
        typer.Option(
            "--fidelity",
            help="L0 counts only; time as L1 lower bound, L2 sums per core, L3 event simulation.",
        ),
    ] = "L3",
    labels: options.Labels = None,
    observable: options.Observable = None,
    encode: options.Encode = None,
    steps: options.Steps = None,
    seed: options.Seed = 0,
    delta_threshold: options.DeltaThreshold = None,
    step_us: options.StepUs = None,
    layout: options.Order = None,
    limit: options.Limit = None,
    workers: Annotated[
        int | None, typer.Option("--workers", min=1, help="Threads; else one a processor.")
    ] = None,
    dask: options.Dask = None,
    neurobench: Annotated[
        int | None,
        typer.Option(
            "--neurobench", min=0, help="Samples of NeuroBench's counts; 0 for none; else up to 4."
        ),
    ] = None,
    input_coding: options.Coding = None,
    input_range: options.InputRange = None,
    dt: options.Dt = None,
    reset: options.ResetRule = None,
    if_gain: options.IfGain = None,
    discretisation: options.DiscretisationRule = None,
    framework: options.Framework = None,
    measured: Annotated[
        Path | None,
        typer.Option("--measured", help="Lines `power_w = 0.11` measured on the device."),
    ] = None,
    html: renderings.Html = None,
    csv: renderings.Csv = None,
    markdown: renderings.Markdown = None,
    trace: renderings.Trace = None,
    json: options.Json = False,
) -> None:
    """Run every sample in integers and report operations, energy, time and accuracy.

    Reads a deployment (or compiles a .nir file) and a stimulus; writes report.json and run.json
    with -o, and other forms with --html, --csv, --markdown and --trace. Target, chip and compile
    options count for a .nir file only.
    """
    from dataclasses import replace

    from neurodeploy import toolchain
    from neurodeploy.report.json_file import as_json, write_report
    from neurodeploy.report.measured import read_measured
    from neurodeploy.report.run_file import write_run_facts
    from neurodeploy.target import RunOptions

    refuse_unknown("--fidelity", fidelity, toolchain.Fidelity)
    samples, coder = options.stimulus(
        data,
        labels=labels,
        observable=observable,
        limit=limit,
        layout=layout,
        encode=encode,
        steps=steps,
        seed=seed,
        delta_threshold=delta_threshold,
        step_us=step_us,
    )
    deployment, stimulus, assumptions = prepared(
        path,
        target,
        options.compile_options(chip, input_coding, input_range),
        options.conventions(dt, reset, if_gain, discretisation, framework),
        samples,
        coder,
    )
    with output.progress("samples", stimulus.n_samples, quiet=json) as advance:
        choice = RunOptions(
            fidelity=toolchain.Fidelity(fidelity), workers=workers, on_progress=advance
        )
        counted = toolchain.default_samples(deployment, stimulus)
        report = toolchain.profile(
            deployment,
            stimulus,
            choice,
            neurobench_samples=counted if neurobench is None else neurobench,
            given=(samples, coder),
            dask=dask,
        )
    if measured is not None:
        report = replace(report, measured=read_measured(measured, report.n_steps))
    if out is not None:
        write_report(report, out / "report.json")
        write_run_facts(out / "run.json", stimulus=str(data), workers=workers)
    written = renderings.write(report, html=html, csv=csv, markdown=markdown, trace=trace)
    if json:
        output.print_json(as_json(report))
        _fail(report)
        return
    for line in assumptions:
        output.say(f"assumed: {line}")
    print_report(report)
    if out is not None:
        written = (out / "report.json", *written)
    if written:
        output.say()
        renderings.say_written(written)
    _print_next(path, data, out)
    _fail(report)


def _fail(report: "Report") -> None:
    """End with exit code 1 where the chip could not do what the report counts."""
    if report.failures:
        raise GateFailed("ND1501", *report.failures)


def _print_next(path: Path, data: Path, out: Path | None) -> None:
    if path.is_dir() and out is None:
        output.next_command(f"neurodeploy profile {path} --data {data} -o report/")
    elif path.is_dir():
        output.next_command(f"neurodeploy run {path} --data {data} -o outputs.npz")
    else:
        output.next_command(f"neurodeploy compile {path} -o build/")


def print_report(report: "Report") -> None:
    """Print a report: what was run, totals, energy by component, layers."""
    metrics = report.metrics
    for note in report.notes:
        output.say(f"note: {note}")
    output.heading(f"{report.target} on {report.chip} ({report.chip_title})")
    output.say(
        f"{report.n_samples} samples of {report.n_steps} steps, {report.stimulus}, "
        f"input {report.input_coding}; time at {report.fidelity}"
    )
    if "accuracy" in metrics:
        output.say(
            f"accuracy {100 * (metrics['accuracy'].value or 0):.2f} %, {_counted_in(report)}"
        )
    output.heading("Per inference")
    output.table(
        ("counted", "exact"),
        [
            (name, output.number(metrics[name].value))
            for name in _COUNTED
            if metrics[name].value or name in _ALWAYS
        ],
    )
    rate = metrics.get("synops_busiest_core_hz")
    if rate is not None:
        output.say(
            f"busiest core: {output.si(rate.value, '/s')} SOPs at the model's dt; {rate.note}"
        )
    _print_modelled(report)
    print_early_exit(report)
    print_measured(report)
    _print_hot_layers(report)
    print_energy_models(report.energy_models)
    if report.neurobench is not None:
        print_neurobench(report.neurobench)


def _counted_in(report: "Report") -> str:
    exact = report.metrics["accuracy"].basis == "exact"
    return "counted in integers" if exact else f"modelled: in our integers, not {report.chip}'s"


def _print_modelled(report: "Report") -> None:
    from neurodeploy.report.bottleneck import role

    metrics = report.metrics
    output.heading("Modelled per inference, not measured")
    if metrics["energy_total_j"].value is None and metrics["latency_s"].value is None:
        output.say(f"nothing: the page of {report.chip} knows no costs")
        return
    shown = {name: metrics[name] for name in _MODELLED if metrics[name].value != 0}
    output.table(
        ("", "low", "nominal", "high"),
        [(_MODELLED[name], *interval(metric)) for name, metric in shown.items()],
    )
    for line in _provenance(report):
        output.say(line)
    output.say(f"sources: {sources(shown.values())}")
    if report.bottlenecks:
        output.say(
            f"{role(report.fidelity)}: {', '.join(map(str, report.bottlenecks[:N_BOTTLENECKS]))}"
        )


def _provenance(report: "Report") -> list[str]:
    lines = [f"time: {report.metrics['latency_s'].note or 'counts only'}"]
    lines.append(f"energy: {report.metrics['energy_total_j'].note}")
    if report.missing:
        lines.append(f"not in these figures: {', '.join(report.missing)}")
    return lines


def _print_hot_layers(report: "Report") -> None:
    total = report.metrics["synops_hw"].value or 0.0
    output.heading("Layers")
    rows = []
    for layer in report.layers:
        synops = layer.metrics["synops_hw"].value or 0.0
        share = f"{100 * synops / total:.1f} %" if total else ""
        rows.append(
            (
                layer.name,
                output.number(synops),
                share,
                output.number(layer.metrics["spikes"].value),
                output.number(layer.metrics["dead_neurons"].value),
                output.number(layer.metrics["always_on_neurons"].value),
            )
        )
    output.table(("layer", "SOPs", "share", "spikes", "dead", "always on"), rows)
    energies = {layer.name: layer.metrics["energy_dynamic_j"] for layer in report.layers}
    if any(energy.value for energy in energies.values()):
        output.table(
            ("modelled for its events", "low", "nominal", "high"),
            [(name, *interval(energy)) for name, energy in energies.items()],
        )
        output.say(f"sources: {sources(energies.values())}")
    hottest = ", ".join(layer.name for layer in report.hottest())
    output.say(f"\nHottest layers by SOPs: {hottest}")


_COUNTED = (
    "synops_hw",
    "synops_effective",
    "macs",
    "spikes",
    "input_events",
    "host_macs",
    "neuron_updates",
    "neuron_updates_active",
    "synapses",
    "spikes_per_synapse",
    "synops_per_update",
    "ann_macs",
    "messages",
    "hops",
    "current_wraps",
    "voltage_saturations",
)
_ALWAYS = frozenset({"synops_hw", "synops_effective", "spikes", "current_wraps"})
_MODELLED = {
    "energy_synapse_j": "synapse energy",
    "energy_dendrite_j": "dendrite energy",
    "energy_access_j": "neuron access energy",
    "energy_update_j": "neuron update energy",
    "energy_spike_j": "spike energy",
    "energy_axon_out_j": "axon out energy",
    "energy_axon_in_j": "axon in energy",
    "energy_hop_ew_j": "hop energy, east-west",
    "energy_hop_ns_j": "hop energy, north-south",
    "energy_host_j": "host energy",
    "energy_barrier_j": "barrier energy",
    "energy_dynamic_j": "dynamic energy",
    "energy_static_j": "static energy",
    "energy_management_j": "management energy",
    "energy_reset_j": "reset energy",
    "energy_total_j": "total energy",
    "energy_per_synop_j": "energy per SOP",
    "latency_s": "latency",
    "edp_j_s": "energy x delay",
    "power_w": "power",
}
