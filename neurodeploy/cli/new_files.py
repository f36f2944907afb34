"""Files that a command makes for the user's own repository: never over what is there."""

from collections.abc import Iterable
from pathlib import Path

from neurodeploy.errors import InputError


def refuse_existing(paths: Iterable[Path], *, force: bool) -> None:
    """Refuse to overwrite.

    Raises
    ------
    InputError
        If a file exists and `force` does not allow to replace it (ND2707), all of them named.
    """
    existing = [path for path in paths if path.exists() and not force]
    if existing:
        raise InputError(
            "ND2707",
            *(f"{path}: exists; --force replaces it, or choose another" for path in existing),
        )
