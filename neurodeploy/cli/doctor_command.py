"""`neurodeploy doctor`."""

import platform
from typing import TYPE_CHECKING

from neurodeploy.cli import options, output
from neurodeploy.version import __version__

if TYPE_CHECKING:
    from neurodeploy.target import Target

REQUIRED = ("numpy", "h5py", "pyfive", "numba", "pydantic", "rich", "typer", "scikit-learn")
OPTIONAL = {"torch": "train", "snntorch": "train", "onnx": "onnx"}


def doctor(json: options.Json = False) -> None:
    """Say what is installed, what is missing, and the command that mends it.

    Reads the environment, writes nothing; returns 0 when everything required is there, else 4.
    """
    import typer

    from neurodeploy.target.registry import target_entries

    findings: list[tuple[str, str, str]] = [
        ("neurodeploy", __version__, ""),
        ("python", platform.python_version(), ""),
    ]
    findings += [_package(name, "missing: pip install neurodeploy") for name in REQUIRED]
    findings += [
        _package(name, f"optional: pip install 'neurodeploy[{extra}]'")
        for name, extra in OPTIONAL.items()
    ]
    findings += [_target(entry.load()) for entry in target_entries().values()]
    broken = [f for f in findings if not f[1] and not f[2].startswith("optional")]
    if json:
        output.print_json(
            [{"what": what, "found": found, "remedy": remedy} for what, found, remedy in findings]
        )
    else:
        output.table(("what", "found", "remedy"), findings, left=3)
        output.next_command("neurodeploy demo" if not broken else broken[0][2])
    if broken:
        raise typer.Exit(4)


def _target(target: "Target") -> tuple[str, str, str]:
    """Return the health of a target; one that has an environment to be made is optional."""
    complaint = target.health()
    if complaint is None:
        return f"target {target.name}", "ok", ""
    optional = "" if target.environment is None else "optional: "
    return f"target {target.name}", "", f"{optional}{complaint}"


def _package(name: str, remedy: str) -> tuple[str, str, str]:
    from importlib.metadata import PackageNotFoundError, version  # slow to import

    try:
        return name, version(name), ""
    except PackageNotFoundError:
        return name, "", remedy
