"""`run_pilot`: every stage in order; one whose stamp still fits is kept as it is."""

import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path

from neurodeploy.pilot.child import Complaint, Runner, in_child
from neurodeploy.pilot.given import Files, Given, PilotOptions
from neurodeploy.pilot.inputs import copied, digest_of
from neurodeploy.pilot.look import look_at
from neurodeploy.pilot.manifest import (
    MARKER,
    Manifest,
    StageRecord,
    Status,
    read_manifest,
    write_manifest,
)
from neurodeploy.pilot.stage import Planned, Skipped, Stage
from neurodeploy.pilot.stages import STAGES
from neurodeploy.storage.atomic import new_folder, refuse_foreign
from neurodeploy.version import __version__

STARTED = ".started"
"""File in a stage's folder while its command runs; it holds the fingerprint."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """A stage begins, with no `record` yet, or has ended.

    Parameters
    ----------
    number : of the stage, from 1.
    kept : whether an earlier run had done it.
    """

    name: str
    number: int
    n_stages: int
    record: StageRecord | None = None
    kept: bool = False


def run_pilot(
    files: Files,
    folder: Path,
    options: PilotOptions | None = None,
    *,
    force: bool = False,
    on_stage: Callable[[Event], None] | None = None,
    run: Runner = in_child,
) -> Manifest:
    """Take a network through every stage into `folder`, and return what became of each.

    Stages that an earlier run into the same folder has done are kept where they would give the
    same, so that an interrupted pilot goes on where it was and ends with the same bytes.

    Parameters
    ----------
    force : do every stage again.
    run : runs one command.

    Raises
    ------
    InputError
        If anything that was given cannot be used (ND2920, or the code that all problems share), or
        `folder` is not a pilot's (ND2401, ND2921).
    NeurodeployError
        What the command of a stage raised; later stages need its result.
    """
    options = options or PilotOptions()
    refuse_foreign(folder, marker=MARKER)
    looked_at = look_at(files, options)
    known = _known(folder)
    given = Given(
        options=options,
        inputs=copied(files, options, folder),
        artificial=looked_at.artificial,
        input_range=looked_at.input_range,
    )
    manifest = Manifest(version=__version__, inputs=given.inputs, stages=())
    for number, (name, plan) in enumerate(STAGES.items(), start=1):
        event = Event(name=name, number=number, n_stages=len(STAGES))
        _tell(on_stage, event)
        planned = plan(given, manifest)
        fingerprint = _fingerprint(planned, manifest)
        before = None if force else known.stage(name)
        record = _kept(planned, before, fingerprint, folder)
        kept = record is not None
        record = record or _done(planned, fingerprint, folder, run)
        manifest = replace(manifest, stages=(*manifest.stages, record))
        write_manifest(_with_later(manifest, known), folder)
        _tell(on_stage, replace(event, record=record, kept=kept))
    return manifest


def _known(folder: Path) -> Manifest:
    """Return what was done into `folder` before; make it where it is not there."""
    if (folder / MARKER).is_file():
        return read_manifest(folder)
    nothing = Manifest(version=__version__, inputs=(), stages=())
    with new_folder(folder, marker=MARKER) as temporary:
        write_manifest(nothing, temporary)
    return nothing


def _with_later(manifest: Manifest, known: Manifest) -> Manifest:
    """Return `manifest` with the stages that it has not reached as they were before."""
    reached = {stage.name for stage in manifest.stages}
    later = (stage for stage in known.stages if stage.name not in reached)
    return replace(manifest, stages=(*manifest.stages, *later))


def _fingerprint(planned: Planned, manifest: Manifest) -> str:
    """Return that of the version, the command, and all that it reads."""
    if isinstance(planned, Stage):
        there = {one.role: one.digest for one in manifest.inputs}
        there |= {stage.name: _came_of(stage) for stage in manifest.stages}
        said = [planned.command, {name: there.get(name) for name in planned.reads}]
    else:
        said = [planned.status, planned.reason]
    text = json.dumps([manifest.version, planned.name, said], sort_keys=True)
    return f"sha256:{sha256(text.encode()).hexdigest()}"


def _came_of(stage: StageRecord) -> str:
    return json.dumps([stage.status, stage.reason, dict(stage.files)], sort_keys=True)


def _kept(
    planned: Planned, before: StageRecord | None, fingerprint: str, folder: Path
) -> StageRecord | None:
    """Return what was done before, where doing it again would give the same bytes.

    What could not be tested is tried again: something may have been installed meanwhile.
    """
    if before is None or before.fingerprint != fingerprint or before.status is Status.NOT_TESTED:
        return None
    if isinstance(planned, Skipped):
        return before
    return before if _files(folder, planned.name) == before.files else None


def _done(planned: Planned, fingerprint: str, folder: Path, run: Runner) -> StageRecord:
    """Do a stage, and return what became of it."""
    place = folder / planned.name
    if isinstance(planned, Skipped):
        _clear(place)
        return _undone(planned.name, planned.status, planned.reason, None, fingerprint)
    _begin(planned, place, fingerprint)
    complaint = run(planned.arguments, folder, folder / planned.main if planned.printed else None)
    if complaint is not None and not planned.answers(complaint.code):
        status = planned.refused(complaint.code)
        if status is None:
            raise complaint.error()
        _clear(place)
        return _undone(planned.name, status, _reason(complaint), planned.command, fingerprint)
    (place / STARTED).unlink()
    return StageRecord(
        name=planned.name,
        status=Status.DONE,
        reason=None if complaint is None else _reason(complaint),
        passed=complaint is None if planned.gate else None,
        command=planned.command,
        fingerprint=fingerprint,
        main=planned.main,
        files=_files(folder, planned.name),
    )


def _undone(
    name: str, status: Status, reason: str, command: str | None, fingerprint: str
) -> StageRecord:
    return StageRecord(
        name=name,
        status=status,
        reason=reason,
        passed=None,
        command=command,
        fingerprint=fingerprint,
        main=None,
        files={},
    )


def _begin(stage: Stage, place: Path, fingerprint: str) -> None:
    """Leave nothing of an earlier attempt but what the same command goes on from."""
    started = place / STARTED
    checkpoint = None if stage.checkpoint is None else place / stage.checkpoint
    goes_on = started.is_file() and started.read_text(encoding="utf-8") == fingerprint
    state = checkpoint.read_bytes() if goes_on and checkpoint and checkpoint.is_file() else None
    _clear(place)
    place.mkdir()
    started.write_text(fingerprint, encoding="utf-8")
    if state is not None and checkpoint is not None:
        checkpoint.write_bytes(state)


def _clear(place: Path) -> None:
    if place.exists():
        shutil.rmtree(place)


def _files(folder: Path, name: str) -> dict[str, str]:
    """Return the digest of every file of a stage, by its path in the pilot's folder."""
    found = sorted(path for path in (folder / name).rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): digest_of(path) for path in found}


def _reason(complaint: Complaint) -> str:
    return "\n".join(f"{complaint.code}: {problem}" for problem in complaint.problems)


def _tell(on_stage: Callable[[Event], None] | None, event: Event) -> None:
    if on_stage is not None:
        on_stage(event)
