"""TOML files of the user's, parsed or refused."""

import tomllib
from pathlib import Path
from typing import Any

from neurodeploy.errors import InputError


def read_toml(path: Path, code: str, advice: str = "") -> dict[str, Any]:
    """Return the tables of the TOML file at `path`.

    Parameters
    ----------
    advice : what to do where it cannot be read, put behind the reason.

    Raises
    ------
    InputError
        If it cannot be read or is no TOML (`code`).
    """
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "not UTF-8 text"
        raise InputError(code, f"{path}: cannot be read ({reason}){advice}") from error
    except tomllib.TOMLDecodeError as error:
        raise InputError(code, f"{path}: not TOML ({error}); mend that line") from error
