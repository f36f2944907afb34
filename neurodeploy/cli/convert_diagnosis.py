"""What `convert` says of the losses of a conversion."""

import json
from pathlib import Path
from typing import TYPE_CHECKING

from neurodeploy.cli import options, output

if TYPE_CHECKING:
    from neurodeploy.methods.conversion import Conversion
    from neurodeploy.methods.conversion.diagnosis import Diagnosis, InIntegers
    from neurodeploy.toolchain import Samples

HOLDS = 0.98
"""Share of equal answers above which no layer is said to break the network."""

IN_INTEGERS = 10
"""Samples whose integers are recorded step by step."""


def diagnosed(
    conversion: "Conversion",
    samples: "Samples",
    n_steps: int,
    n_samples: int,
    chip: str | None,
    *,
    quiet: bool,
) -> "Diagnosis | None":
    """Return what the conversion lost on the first `n_samples`, None for 0 of them."""
    if not n_samples:
        return None
    from dataclasses import replace

    import numpy as np

    from neurodeploy.methods.conversion.diagnose import diagnose

    shown = samples.taken(np.arange(min(n_samples, samples.n_samples)))
    with output.progress("diagnosis", shown.n_samples, quiet=quiet) as advance:
        found = diagnose(conversion, shown, n_steps, on_progress=advance)
    if chip is None:
        return found
    few = shown.taken(np.arange(min(IN_INTEGERS, shown.n_samples)))
    return replace(found, integers=_in_integers(conversion, few, n_steps, chip, quiet=quiet))


def print_diagnosis(found: "Diagnosis | None") -> None:
    """Print a row a layer, the layer that breaks the network, and what it says over the steps."""
    if found is None:
        return
    output.heading(f"What each layer lost, {found.n_samples} samples of {found.n_steps} steps")
    rows = [
        (
            layer.name,
            f"{layer.rate:.3f}",
            f"{layer.correlation:.4f}",
            f"{100 * layer.error:.1f} %",
            f"{100 * layer.own_error:.1f} %",
            str(layer.dead),
            str(layer.saturated),
        )
        for layer in found.layers
    ]
    output.table(("layer", "rate", "correlation", "error", "of it own", "dead", "full"), rows)
    output.say(_verdict(found))
    _print_steps(found)
    if found.integers is not None:
        _print_integers(found.integers)


def write_record(
    conversion: "Conversion", found: "Diagnosis | None", out: Path, page: Path | None
) -> dict[Path, str]:
    """Write calibration record and diagnosis beside `out`, and the page; return the files."""
    from neurodeploy.methods.conversion.page import write_diagnosis_page
    from neurodeploy.storage.atomic import new_file

    path = out.with_name(f"{out.stem}.convert.json")
    content = {
        "calibration": options.as_plain(conversion.record),
        "diagnosis": None if found is None else options.as_plain(found),
        "history": list(conversion.model.history),
        "digest": conversion.model.digest,
    }
    with new_file(path) as temporary:
        temporary.write_text(json.dumps(content, indent=1, sort_keys=True) + "\n")
    files = {path: "what it was calibrated with, and what each layer lost"}
    if page is not None and found is not None:
        write_diagnosis_page(found, out.stem, page)
        files[page] = "the same as plots"
    return files


def _in_integers(
    conversion: "Conversion", few: "Samples", n_steps: int, chip: str, *, quiet: bool
) -> "InIntegers":
    from neurodeploy import toolchain
    from neurodeploy.methods.conversion.in_integers import in_integers

    encoding = toolchain.Encoding(coder="direct", n_steps=n_steps)
    chosen = toolchain.CompileOptions(chip=chip)
    deployment = toolchain.compile_network(conversion.model, "cpu-emu", chosen, (few, encoding))
    with output.progress("integers", few.n_samples, quiet=quiet) as advance:
        return in_integers(conversion, deployment, few, n_steps, on_progress=advance)


def _verdict(found: "Diagnosis") -> str:
    from neurodeploy.methods.conversion.diagnosis import BREAKS, REMEDIES

    breaking = found.breaking
    if breaking is None:
        return f"No layer adds an error of {100 * BREAKS:g} % or more."
    does = "breaks it" if found.agreement[-1] < HOLDS else "loses most"
    return (
        f"{breaking.name} {does}: it adds an error of {100 * breaking.own_error:.1f} %, most of "
        f"it by {breaking.cause.value}; {REMEDIES[breaking.cause]}"
    )


def _print_steps(found: "Diagnosis") -> None:
    steps = [1 << k for k in range(12) if 1 << k < found.n_steps] + [found.n_steps]
    columns = ("after steps", *(str(k) for k in steps))
    rows = [("same answer as the ANN, %", *(_share(found.agreement[k - 1]) for k in steps))]
    if found.accuracy is not None and found.ann_accuracy is not None:
        right = f"right, % (ANN {_share(found.ann_accuracy)})"
        rows.append((right, *(_share(found.accuracy[k - 1]) for k in steps)))
    output.say()
    output.table(columns, rows)


def _print_integers(found: "InIntegers") -> None:
    output.heading(f"The same in the integers of {found.chip}, {found.n_samples} samples")
    rows = [
        (
            layer.name,
            f"{layer.rate:.3f}",
            f"{layer.correlation:.4f}",
            f"{100 * layer.error:.1f} %",
            f"{100 * layer.rounding:.1f} %",
        )
        for layer in found.layers
    ]
    output.table(("layer", "rate", "correlation", "error", "to float rates"), rows)
    right = "" if found.accuracy is None else f"; {_share(found.accuracy[-1])} % right"
    output.say(f"same answer as in floats: {_share(found.agreement)} %{right}")


def _share(value: float) -> str:
    return f"{100 * value:.1f}"
