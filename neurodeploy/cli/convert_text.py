"""What `convert` prints."""

from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from neurodeploy.cli import options, output

if TYPE_CHECKING:
    from neurodeploy.cli.convert_measured import AnnOnTest
    from neurodeploy.methods.conversion import CalibrationRecord, Conversion
    from neurodeploy.methods.conversion.diagnosis import Diagnosis


def print_converted(
    conversion: "Conversion",
    written: Path,
    assumptions: tuple[str, ...],
    *,
    known: tuple[str, ...],
    beside: "Mapping[str, CalibrationRecord]",
    asked: Path,
) -> None:
    """Print what was done, a line for each layer, and what was written.

    Parameters
    ----------
    known : the history of the network as it was read.
    beside : what the thresholds would have been on other samples.
    asked : where the network was to be written.
    """
    from neurodeploy.toolchain.hard_reset import hard_reset_warning

    for line in assumptions:
        output.say(f"assumed: {line}")
    for line in conversion.model.history[len(known) :]:
        output.say(line)
    warning = hard_reset_warning(conversion.model)
    if warning is not None:
        output.say(warning)
    output.heading("Layers that spike")
    rows = [
        (
            name,
            output.number(conversion.model.population(name).size),
            f"{theta:.4g}",
            *(f"{other.thresholds[name]:.4g}" for other in beside.values()),
        )
        for name, theta in conversion.record.thresholds.items()
    ]
    output.table(("layer", "neurons", "threshold", *(f"on {name}" for name in beside)), rows)
    without_form = "" if written == asked else ", which NIR has no form for"
    output.say(f"\nWrote {written}: the spiking network{without_form}")


def as_json(
    conversion: "Conversion",
    written: Path,
    assumptions: tuple[str, ...],
    beside: "Mapping[str, CalibrationRecord]",
    diagnosis: "Diagnosis | None",
    measured: "AnnOnTest | None",
) -> dict[str, object]:
    """Return what `--json` prints."""
    return {
        "file": str(written),
        "digest": conversion.model.digest,
        "assumptions": list(assumptions),
        "history": list(conversion.model.history),
        "calibration": options.as_plain(conversion.record),
        "beside": {name: options.as_plain(record) for name, record in beside.items()},
        "diagnosis": None if diagnosis is None else options.as_plain(diagnosis),
        "test": None if measured is None else asdict(measured),
    }
