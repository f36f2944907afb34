"""`pilot.json`: what a pilot was given, and what became of each of its stages.

It holds no time, no host and no path outside its folder, so that a pilot that was interrupted ends
with the same bytes as one that was not.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path

from pydantic import ConfigDict, TypeAdapter, ValidationError

from neurodeploy.errors import InputError
from neurodeploy.storage.atomic import write_text

SCHEMA = 1
MARKER = "pilot.json"
_FORBID = ConfigDict(extra="forbid")


class Status(StrEnum):
    """What became of a stage.

    ``not applicable``: there is nothing to do, as where a spiking network needs no conversion.
    ``not tested``: an audit that could not be carried out, and so says nothing.
    """

    DONE = "done"
    NOT_APPLICABLE = "not applicable"
    NOT_TESTED = "not tested"


@dataclass(frozen=True, slots=True, kw_only=True)
class Input:
    """A file that was given.

    Parameters
    ----------
    role : ``network``, ``validation``, ``test``, ``train``, ``budget``, ``chip``, ``protocol``,
        ``judge`` or ``public``.
    given : its name, without its folder.
    path : its copy in the pilot's folder.
    digest : ``sha256:`` and that of its content.
    """

    __pydantic_config__ = _FORBID

    role: str
    given: str
    path: str
    digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StageRecord:
    """One stage, done or not.

    Parameters
    ----------
    reason : why it was not done, or what a gate that failed said: a line each.
    passed : what a gate said (`verify`, `profile`, `check`); None where there is none.
    command : what does this stage alone again, from the pilot's folder; None where nothing does.
    fingerprint : of the version, the command and all that the stage reads; another one means that
        it has to be done again.
    main : the file that tells what was found, relative to the pilot's folder.
    files : every file of the stage and its digest, by path relative to the pilot's folder.
    """

    __pydantic_config__ = _FORBID

    name: str
    status: Status
    reason: str | None
    passed: bool | None
    command: str | None
    fingerprint: str
    main: str | None
    files: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """A pilot, as far as it has come; a stage that is missing has not been reached.

    Parameters
    ----------
    version : of neurodeploy.
    stages : in the order in which they are done.
    """

    __pydantic_config__ = _FORBID

    version: str
    inputs: tuple[Input, ...]
    stages: tuple[StageRecord, ...]
    schema: int = SCHEMA

    def stage(self, name: str) -> StageRecord | None:
        """Return the stage of that name; None where it has not been reached."""
        return next((stage for stage in self.stages if stage.name == name), None)

    @property
    def failed(self) -> tuple[StageRecord, ...]:
        """The gates that failed."""
        return tuple(stage for stage in self.stages if stage.passed is False)


def write_manifest(manifest: Manifest, folder: Path) -> None:
    """Write ``pilot.json`` into `folder`, whole or not at all."""
    text = json.dumps(asdict(manifest), indent=1, sort_keys=True)
    write_text(folder / MARKER, text + "\n")


def read_manifest(folder: Path) -> Manifest:
    """Return the pilot in `folder`.

    Raises
    ------
    InputError
        If ``pilot.json`` cannot be read or is none of this version (ND2921).
    """
    file = folder / MARKER
    try:
        return TypeAdapter(Manifest).validate_json(file.read_bytes(), strict=True)
    except OSError as error:
        raise InputError("ND2921", f"{file}: {error.strerror or error}") from error
    except ValidationError as error:
        mistakes = (_mistake(file, found["loc"], found["msg"]) for found in error.errors())
        raise InputError("ND2921", *mistakes) from error


def _mistake(file: Path, where: tuple[int | str, ...], message: str) -> str:
    return f"{file}: {'.'.join(map(str, where)) or 'the file'}: {message}"
