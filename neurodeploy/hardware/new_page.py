"""A page of the user's own, started from another chip's."""

import json
import re
from pathlib import Path

from neurodeploy.errors import InputError
from neurodeploy.hardware.toml_file import chip_names, page_of, read_chip
from neurodeploy.storage.atomic import new_file

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")


def write_new_page(name: str, base: str, path: Path) -> None:
    """Write the page of `base` to `path` under another name, without aliases.

    Raises
    ------
    InputError
        If the name is taken or is none, or the file is there already (ND2504).
    """
    problems = []
    if not _NAME.fullmatch(name):
        problems.append(f"{name!r} is no name; use letters, digits, '-', '_' and '.'")
    if name in chip_names():
        problems.append(
            f"{name!r} is the name of a chip that comes with neurodeploy; choose another"
        )
    if path.suffix != ".toml":
        problems.append(f"{path} does not end in .toml, by which --chip tells a page from a name")
    if path.exists():
        problems.append(f"{path} exists; choose another -o, or remove it")
    if problems:
        raise InputError("ND2504", *problems)
    source = page_of(base)
    text = source.read_text(encoding="utf-8")
    text = re.sub(r"(?m)^name\s*=.*$", lambda _: f"name = {json.dumps(name)}", text, count=1)
    text = re.sub(r"(?m)^aliases\s*=.*\n", "", text, count=1)
    with new_file(path) as temporary:
        temporary.write_text(text, encoding="utf-8")
        if read_chip(temporary).name != name:
            raise InputError(
                "ND2504", f"{source}: its name stands on no line of its own; write `name = ...`"
            )
