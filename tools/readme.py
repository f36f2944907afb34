"""Rewrite the generated parts of README.md and docs: `python tools/readme.py`; `--check` compares.

A part stands between ``<!-- NAME -->`` and ``<!-- /NAME -->`` and is what the code says today.
"""

import importlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PAGES = (ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md")))

_CONTINUED = " \\\n    --fail-on"


def demo() -> str:
    """The real output of the one command."""
    with tempfile.TemporaryDirectory() as folder:
        shown = subprocess.run(
            [sys.executable, "-m", "neurodeploy", "demo"],
            cwd=folder,
            env=_plain_terminal(),
            capture_output=True,
            text=True,
            check=True,
        ).stdout
    lines = "\n".join(line.rstrip() for line in shown.strip().splitlines())
    return f"```text\n$ neurodeploy demo\n{lines}\n```"


def gate() -> str:
    """The real output of a gate that fails: the example's network with lower thresholds."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "ci"
        shutil.copytree(ROOT / "examples" / "ci", copy)
        script = copy / "make_network.py"
        threshold = "v_threshold=np.full((), {})"
        text = script.read_text()
        assert threshold.format("1.0") in text
        script.write_text(text.replace(threshold.format("1.0"), threshold.format("0.5")))
        subprocess.run([sys.executable, script], check=True)
        command = (
            "check model.nir --data test.npz --budget budget.toml "
            "--baseline gate/baseline.json --fail-on synops_hw=+0 --fail-on energy_total_j=+2%"
        )
        (copy / "budget.toml").write_text(
            '[budget.energy]\nenergy_total_j = "300 uJ"\n[budget.activity]\nspikes = 30\n'
        )
        shown = subprocess.run(
            [sys.executable, "-m", "neurodeploy", *command.split()],
            cwd=copy,
            env=_plain_terminal(),
            capture_output=True,
            text=True,
            check=False,
        )
        assert shown.returncode == 1, shown.stderr
    lines = "\n".join(line.rstrip() for line in shown.stdout.strip().splitlines())
    return f"```text\n$ neurodeploy {command.replace(' --fail-on', _CONTINUED, 1)}\n{lines}\n```"


def commands() -> str:
    """One row a command, from the docstrings that `--help` shows."""
    import typer

    from neurodeploy.cli.commands import COMMANDS, add

    app = typer.Typer()
    for name in COMMANDS:
        add(app, name)
    rows = ["| command | what it does |", "|---|---|"]
    for command in app.registered_commands:
        assert command.callback is not None
        rows.append(_row(f"`{command.name}`", command.callback.__doc__))
    rows += [
        _row(f"`{group.name}`", group.typer_instance.registered_callback.callback.__doc__)
        for group in app.registered_groups
    ]
    return "\n".join(rows)


def chips() -> str:
    """One row a chip, from its page."""
    from neurodeploy.hardware.toml_file import chip_names, load_chip

    rows = [
        "| chip | what | cores | neurons a core | synaptic operation |",
        "|---|---|---|---|---|",
    ]
    for page in map(load_chip, chip_names()):
        limits = page.limits
        cores = _limit(limits, "cores")
        neurons = _limit(limits, "neurons_per_core")
        rows.append(
            f"| `{page.name}` | {page.title} | {cores} | {neurons} | {_synop(page.energy_j)} |"
        )
    return "\n".join(rows)


def metrics() -> str:
    """One row a metric, from the registry."""
    from neurodeploy.report.metric import (
        DISTRIBUTED,
        REGISTRY,
        STATISTICS,
        WITH_EXIT,
        statistic_name,
    )

    rows = ["| metric | unit | meaning |", "|---|---|---|"]
    distributed = (*DISTRIBUTED, *WITH_EXIT)
    statistics = {statistic_name(name, s) for name in distributed for s in STATISTICS}
    rows += [
        f"| `{name}` | {d.unit} | {d.meaning} |"
        for name, d in REGISTRY.items()
        if name not in statistics
    ]
    examples = ", ".join(f"`{statistic_name(DISTRIBUTED[0], s)}`" for s in STATISTICS)
    figures = ", ".join(f"`{name}`" for name in distributed)
    rows.append(f"| {examples} | | over samples, in the same way of {figures} |")
    return "\n".join(rows)


def tables_of(subject: str) -> str:
    """The tables of the experiments in `examples`, from their results."""
    sys.path.insert(0, str(ROOT / "tools"))
    made: str = importlib.import_module(f"tables.{subject}").tables()
    return made


MEASURED = tuple(
    sorted(p.stem for p in (ROOT / "tools" / "tables").glob("[a-z]*.py") if p.stem != "cells")
)

PARTS: dict[str, Callable[[], str]] = {
    "demo": demo,
    "gate": gate,
    "commands": commands,
    "chips": chips,
    "metrics": metrics,
    **{subject: partial(tables_of, subject) for subject in MEASURED},
}


def rendered(text: str) -> str:
    """Return `text` with every part that it has made anew."""
    for name in parts_of(text):
        pattern = re.compile(rf"(<!-- {name} -->\n).*?(<!-- /{name} -->)", re.DOTALL)
        part = PARTS[name]()
        text = pattern.sub(lambda found, part=part: found[1] + part + "\n" + found[2], text)  # type: ignore[misc]
    return text


def parts_of(text: str) -> list[str]:
    """Return the names of the parts in `text`."""
    return [name for name in re.findall(r"<!-- /(\w+) -->", text) if name in PARTS]


def _plain_terminal() -> dict[str, str]:
    environment = {**os.environ, "NO_COLOR": "1", "COLUMNS": "80"}
    for name in ("FORCE_COLOR", "GITHUB_ACTIONS", "GITHUB_STEP_SUMMARY"):
        environment.pop(name, None)
    return environment


def _row(name: str, doc: str | None) -> str:
    return f"| {name} | {(doc or '').strip().splitlines()[0]} |"


def _limit(limits: object, name: str) -> str:
    quantity = limits.get(name)  # type: ignore[attr-defined]
    return "no limit" if quantity is None or quantity.value is None else f"{quantity.value:,.0f}"


def _synop(energies: object) -> str:
    quantity = energies.get("synapse_dense")  # type: ignore[attr-defined]
    if quantity is None or quantity.value is None:
        return "unknown"
    low, high = 1e12 * quantity.low, 1e12 * quantity.high
    scope = ", all-in" if quantity.scope == "all_in" else ""
    how = f"{quantity.evidence.value}{scope}: {quantity.source}"
    return f"{1e12 * quantity.value:.1f} pJ ({low:.1f} to {high:.1f}), {how}"


def main() -> int:
    texts = {page: page.read_text() for page in PAGES}
    new = {page: rendered(text) for page, text in texts.items()}
    if "--check" in sys.argv:
        return int(new != texts)
    for page, text in new.items():
        if text != texts[page]:
            page.write_text(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
