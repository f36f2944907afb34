"""The files of a search: the networks of its front, ``tune.json``, the plot."""

import json
import shutil
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from neurodeploy.errors import InputError
from neurodeploy.learning.tuning.point import Point, Tuned
from neurodeploy.model import Model
from neurodeploy.storage.atomic import new_file
from neurodeploy.toolchain import write_network

SCHEMA = 1
NETWORKS = "networks"


def write_point(folder: Path, number: int, model: Model) -> None:
    """Write the network of a trial: a `.nir` file, or a folder where NIR has no form for it."""
    path = _path(folder, number)
    try:
        write_network(model, path)
    except InputError as error:
        if error.code != "ND2105":
            raise
        write_network(model, path.with_suffix(""))


def network_of(folder: Path, number: int) -> Path:
    """Return where the network of a trial lies."""
    path = _path(folder, number)
    return path if path.is_file() else path.with_suffix("")


def keep_front(folder: Path, search: Tuned) -> None:
    """Delete the networks of points that are not on the front; they never come back on it."""
    for point in search.points:
        path = network_of(folder, point.number)
        if point.number in search.front:
            continue
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)


def write_best(folder: Path, search: Tuned) -> Path | None:
    """Copy the best network beside the others; None where no point keeps the budget."""
    if search.best is None:
        return None
    source = network_of(folder, search.best.number)
    target = folder / f"best{source.suffix}"
    if source.is_dir():
        shutil.rmtree(target, ignore_errors=True)
        shutil.copytree(source, target)
        return target
    with new_file(target) as temporary:
        shutil.copyfile(source, temporary)
    return target


def as_json(
    folder: Path, search: Tuned, facts: Mapping[str, Any], commands: Mapping[int, str]
) -> dict[str, Any]:
    """Return plain JSON values: every point, the front, and how to make each of its points.

    Parameters
    ----------
    facts : what else is to be said of the search.
    """
    return {
        "schema": SCHEMA,
        **facts,
        "objectives": [asdict(objective) for objective in search.objectives],
        "points": [_point(point) for point in search.points],
        "front": [
            {
                "point": number,
                "command": commands[number],
                "network": f"{NETWORKS}/{network_of(folder, number).name}",
            }
            for number in search.front
        ],
        "best": None if search.best is None else search.best.number,
    }


def write_json(folder: Path, content: Mapping[str, Any]) -> None:
    """Write ``tune.json``; equal searches give equal bytes."""
    with new_file(folder / "tune.json") as temporary:
        text = json.dumps(content, indent=1, sort_keys=True)
        temporary.write_text(text + "\n", encoding="utf-8")


def _point(point: Point) -> dict[str, Any]:
    return {
        "number": point.number,
        "settings": dict(point.settings),
        "metrics": {name: asdict(metric) for name, metric in point.metrics.items()},
        "excess": dict(point.excess),
        "fits": point.fits,
        "refusal": point.refusal,
        "digest": point.digest,
    }


def _path(folder: Path, number: int) -> Path:
    return folder / NETWORKS / f"{number:03d}.nir"
