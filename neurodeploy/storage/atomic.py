"""Write files and folders under a temporary name and move them, so that none is half-written."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from neurodeploy.errors import InputError


@contextmanager
def new_file(path: Path) -> Iterator[Path]:
    """Yield a temporary path beside `path`; move it there when the block ends without an error."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=path.suffix, dir=path.parent)
    os.close(handle)
    temporary = Path(name)
    try:
        yield temporary
        temporary.chmod(0o644)
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def write_text(path: Path, text: str) -> None:
    """Write `text` in UTF-8, whole or not at all."""
    with new_file(path) as temporary:
        temporary.write_text(text, encoding="utf-8", newline="\n")


@contextmanager
def new_folder(path: Path, *, marker: str) -> Iterator[Path]:
    """Yield a temporary folder; when the block ends without an error it becomes `path`.

    An existing `path` is replaced only if it is empty or holds `marker`, the file that says that
    it is ours.

    Raises
    ------
    InputError
        If `path` exists and is something else (ND2401).
    """
    refuse_foreign(path, marker=marker)
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = Path(tempfile.mkdtemp(prefix=f".{path.name}.", dir=path.parent))
    try:
        yield temporary
        temporary.chmod(0o755)
        _replace(path, temporary)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def refuse_foreign(path: Path, *, marker: str) -> None:
    """Refuse to replace `path` if it exists and is not ours, before work is done for it.

    Raises
    ------
    InputError
        If `path` exists and is something else (ND2401).
    """
    if path.exists() and not _is_ours(path, marker):
        raise InputError(
            "ND2401",
            f"{path}: exists and holds no {marker}, so it is not ours to replace; "
            "choose another folder with -o",
        )


def _is_ours(path: Path, marker: str) -> bool:
    return path.is_dir() and ((path / marker).is_file() or not any(path.iterdir()))


def _replace(path: Path, temporary: Path) -> None:
    if not path.exists():
        temporary.replace(path)
        return
    old = Path(tempfile.mkdtemp(prefix=f".{path.name}.old.", dir=path.parent))
    path.replace(old / path.name)
    temporary.replace(path)
    shutil.rmtree(old)
