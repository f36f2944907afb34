"""The Typer app and the one place where an error becomes an exit code."""

import sys
from typing import Annotated

import typer

from neurodeploy.cli.commands import COMMANDS, Listed
from neurodeploy.errors import NeurodeployError
from neurodeploy.version import __version__

INTERNAL_ERROR = 70

EPILOG = (
    "Exit codes: 0 ok; 1 a gate failed; 2 bad usage or input; 3 does not compile; "
    "4 target unavailable; 5 target failed; 70 internal error."
)

app = typer.Typer(
    name="neurodeploy",
    help="Deploy spiking neural networks: integers for neuromorphic chips, and what they cost.",
    epilog=EPILOG,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _listed() -> None:
    """Stand for a command that is not loaded."""


for _name, (_, _line) in COMMANDS.items():
    app.command(_name, cls=Listed, help=_line)(_listed)


def _version(asked: bool) -> None:
    if asked:
        typer.echo(f"neurodeploy {__version__}")
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    del version


def main() -> None:
    """Run the command line and exit with its code."""
    try:
        app()
    except NeurodeployError as error:
        sys.exit(_complain(error))
    except BrokenPipeError:
        sys.exit(0)
    except Exception:  # noqa: BLE001  # a bug: its traceback is what we need to mend it
        import traceback

        traceback.print_exc()
        print(
            "\nThis is a bug in neurodeploy, not in your input. Please report the lines above.",
            file=sys.stderr,
        )
        sys.exit(INTERNAL_ERROR)


def _complain(error: NeurodeployError) -> int:
    for problem in error.problems:
        print(f"error[{error.code}]: {problem}", file=sys.stderr)
    print(f"  what this means: neurodeploy explain {error.code}", file=sys.stderr)
    return error.exit_code
