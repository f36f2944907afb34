"""`neurodeploy demo`."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from neurodeploy.cli import options, output
from neurodeploy.cli.modelled_text import interval, sources

if TYPE_CHECKING:
    from neurodeploy.demo import Demo


def demo(
    out: Annotated[
        Path, typer.Option("--output", "-o", help="Folder for model, stimulus, build and report.")
    ] = Path("neurodeploy-demo"),
    train: Annotated[
        bool, typer.Option("--train", help="Train the network first; needs the extra `train`.")
    ] = False,
    chip: options.Chip = None,
    json: options.Json = False,
) -> None:
    """Take handwritten digits from a trained network to the cost of its integers on a chip.

    Writes the model, the held-out stimulus, the deployment and the report into a folder.
    """
    from neurodeploy.demo import run_demo

    with output.progress("epochs", None, quiet=json or not train) as advance:
        result = run_demo(
            out, chip=chip, train=train, on_progress=lambda done, of, _accuracy: advance(done, of)
        )
    if json:
        output.print_json(result.as_json())
        return
    _print(result, out)


def _print(result: "Demo", out: Path) -> None:
    metrics = result.report.metrics
    output.heading("Handwritten digits, from a trained network to a chip's integers")
    rows = [
        ("test images never seen in training", output.number(result.report.n_samples)),
        ("right in floating point", f"{100 * result.float_accuracy:.2f} %"),
        ("right in the chip's integers", f"{100 * (metrics['accuracy'].value or 0):.2f} %"),
        ("cores used", output.number(metrics["cores"].value)),
        ("steps for one image", output.number(result.report.n_steps)),
        ("spikes for one image", output.number(metrics["spikes"].value)),
        ("synaptic operations (SOPs) for one image", output.number(metrics["synops_hw"].value)),
    ]
    output.table(("counted exactly", ""), rows)
    output.say()
    modelled = {
        "energy of one image": metrics["energy_total_j"],
        "  of it events on the chip": metrics["energy_dynamic_j"],
        "    of them synapses": metrics["energy_synapse_j"],
        "    of them visits to neurons": metrics["energy_access_j"],
        "    of them updates of active neurons": metrics["energy_update_j"],
        "  of it static power": metrics["energy_static_j"],
        "  of it reset between images": metrics["energy_reset_j"],
        f"time of one image, at level {result.report.fidelity}": metrics["latency_s"],
    }
    output.table(
        (f"modelled for {result.report.chip}, not measured", "low", "nominal", "high"),
        [(label, *interval(metric)) for label, metric in modelled.items()],
    )
    output.say(f"energy: {metrics['energy_total_j'].note}")
    output.say(f"sources: {sources(modelled.values())}")
    output.say(f"not in these figures: {', '.join(result.report.missing)}")
    output.say(f"\nThe sources in full: neurodeploy chips show {result.report.chip}")
    output.say("Files to open:")
    for name, what in result.files.items():
        output.say(f"  {out / name}  {what}")
    output.next_command(f"neurodeploy profile {out / 'build'} --data {out / 'test.npz'}")
