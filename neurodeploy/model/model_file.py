"""A Model as a folder: ``model.json`` (all but the arrays, with a digest) and ``arrays.npz``.

This form holds what NIR lacks: artificial networks, maximum pools, BatchNorm, Select, Shift.
"""

import json
from pathlib import Path

from neurodeploy.errors import InputError
from neurodeploy.model.model import Model
from neurodeploy.storage.arrays import read_npz, write_npz
from neurodeploy.storage.atomic import new_folder
from neurodeploy.storage.codec import decode, encode

SCHEMA = 1
MARKER = "model.json"
ARRAYS = "arrays.npz"

_WHILE_PARSING = (OSError, ValueError, KeyError, TypeError, RecursionError)


def write_model(model: Model, folder: Path) -> None:
    """Write `model` as `folder`, which appears whole or not at all.

    Raises
    ------
    InputError
        If `folder` exists and is no model's (ND2401).
    """
    data, arrays = encode(model)
    document = {"schema": SCHEMA, "digest": model.digest, "model": data}
    with new_folder(folder, marker=MARKER) as temporary:
        (temporary / MARKER).write_text(json.dumps(document, indent=1, sort_keys=True) + "\n")
        write_npz(temporary / ARRAYS, arrays)


def read_model(folder: Path) -> Model:
    """Return the Model that `write_model` wrote.

    Raises
    ------
    InputError
        If there is none, or it cannot be read or was changed (ND2106).
    """
    path = folder / MARKER
    if not path.is_file():
        raise InputError("ND2106", f"{folder}: holds no {MARKER}")
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
        schema, data, recorded = (document[key] for key in ("schema", "model", "digest"))
    except _WHILE_PARSING as error:
        raise InputError("ND2106", f"{path}: not a model ({error})") from error
    if schema != SCHEMA:
        raise InputError("ND2106", f"{path}: schema {schema}, this version reads {SCHEMA}")
    try:
        model = decode(Model, data, read_npz(folder / ARRAYS), str(path))
    except InputError as error:
        raise InputError("ND2106", *error.problems) from error
    if model.digest != recorded:
        raise InputError("ND2106", f"{folder}: its content does not match its digest")
    return model
