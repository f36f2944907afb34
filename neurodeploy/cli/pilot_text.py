"""What `pilot` prints: a line a stage and its command, and the verdict last."""

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from neurodeploy.cli import output

if TYPE_CHECKING:
    from neurodeploy.pilot.manifest import Manifest, StageRecord
    from neurodeploy.pilot.run import Event


def print_stage(event: "Event") -> None:
    """Print that a stage begins, or what became of it and what repeats it."""
    record = event.record
    if record is None:
        output.say(f"[{event.number}/{event.n_stages}] {event.name} ...")
        return
    output.say(f"    {_outcome(record, kept=event.kept)}")
    for line in (record.reason or "").splitlines():
        output.say(f"    {line}")
    if record.command is not None:
        output.say(f"    {record.command}")


def print_end(manifest: "Manifest", folder: Path) -> None:
    """Print where the commands repeat their stages, and the verdict."""
    output.say(f"\nEach command repeats its stage alone, in {folder}/")
    output.say(verdict_line(manifest, folder))


def as_json(manifest: "Manifest", folder: Path) -> dict[str, object]:
    """Return what `--json` prints."""
    return {
        **asdict(manifest),
        "folder": str(folder),
        "passed": not manifest.failed,
        "verdict": verdict_line(manifest, folder),
    }


def verdict_line(manifest: "Manifest", folder: Path) -> str:
    """Return the verdict and where the report is, in one line."""
    checked = manifest.stage("check")
    if manifest.failed:
        verdict = f"failed: {', '.join(stage.name for stage in manifest.failed)}"
    elif checked is None or checked.passed is None:
        verdict = "none, for there was no budget; nothing failed"
    else:
        verdict = "passed: within budget"
    return f"Verdict: {verdict}. Report: {folder / _report(manifest)}"


def _report(manifest: "Manifest") -> str:
    reported = manifest.stage("report")
    assert reported is not None  # a pilot that ends has written it
    assert reported.main is not None
    return reported.main


def _outcome(record: "StageRecord", *, kept: bool) -> str:
    verdict = {None: "", True: ", passed", False: ", failed"}[record.passed]
    main = "" if record.main is None else f": {record.main}"
    return f"{record.status}{verdict}{', kept' if kept else ''}{main}"
