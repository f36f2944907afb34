"""Copies of what a pilot is given, so that its folder repeats every stage wherever it lies."""

import hashlib
import shutil
from pathlib import Path

from neurodeploy.pilot.given import Files, PilotOptions
from neurodeploy.pilot.manifest import Input
from neurodeploy.storage.atomic import new_file

FOLDER = "inputs"
_CHUNK = 1 << 20


def copied(files: Files, options: PilotOptions, folder: Path) -> tuple[Input, ...]:
    """Copy what was given into `folder`, where a copy is not there already."""
    inputs = tuple(_input(role, path) for role, path in sources(files, options).items())
    _remove_others(folder, inputs)
    for one, path in zip(inputs, sources(files, options).values(), strict=True):
        place = folder / one.path
        if place.exists() and digest_of(place) == one.digest:
            continue
        _copy(path, place)
    return inputs


def sources(files: Files, options: PilotOptions) -> dict[str, Path]:
    """Return every file that was given, by its role."""
    given = {
        "network": files.network,
        "validation": files.validation,
        "test": files.test,
        "train": files.train,
        "budget": files.budget,
        "judge": files.judge,
        "public": files.public,
        "chip": _page(options.chip),
        "protocol": _page(options.protocol),
    }
    return {role: path for role, path in given.items() if path is not None}


def digest_of(path: Path) -> str:
    """Return ``sha256:`` and that of a file, or of a folder's files and their names."""
    found = hashlib.sha256()
    for file in sorted(path.rglob("*")) if path.is_dir() else (path,):
        if file.is_dir():
            continue
        if path.is_dir():
            found.update(f"{file.relative_to(path).as_posix()}\n".encode())
        with file.open("rb") as stream:
            while chunk := stream.read(_CHUNK):
                found.update(chunk)
    return f"sha256:{found.hexdigest()}"


def _page(name_or_path: str | None) -> Path | None:
    is_page = name_or_path is not None and name_or_path.endswith(".toml")
    return Path(name_or_path) if is_page and name_or_path else None


def _input(role: str, path: Path) -> Input:
    name = path.name if role == "chip" else f"{role}{path.suffix}"  # a chip has its page's name
    return Input(role=role, given=path.name, path=f"{FOLDER}/{name}", digest=digest_of(path))


def _remove_others(folder: Path, inputs: tuple[Input, ...]) -> None:
    kept = {folder / one.path for one in inputs}
    for place in (folder / FOLDER).glob("*"):
        if place not in kept:
            _remove(place)


def _remove(place: Path) -> None:
    shutil.rmtree(place) if place.is_dir() else place.unlink()


def _copy(path: Path, place: Path) -> None:
    if not path.is_dir():
        with new_file(place) as temporary:
            shutil.copyfile(path, temporary)
        return
    if place.exists():
        _remove(place)
    shutil.copytree(path, place)
