"""The Typer app and the one place where an error becomes an exit code.

Heavy imports stay inside the commands, so that ``neurodeploy --help`` answers at once.
"""

import sys
import traceback
from typing import Annotated

import typer

from neurodeploy.cli import (
    advise_command,
    attack_command,
    budget_command,
    check_command,
    chips_command,
    compare_command,
    compile_command,
    compress_command,
    convert_command,
    demo_command,
    doctor_command,
    env_command,
    exit_command,
    explain_command,
    export_command,
    fix_command,
    harden_command,
    init_command,
    inspect_command,
    leak_command,
    new_command,
    pilot_command,
    profile_command,
    protect_command,
    report_command,
    run_command,
    sweep_command,
    targets_command,
    train_command,
    tune_command,
    verify_command,
)
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

app.command("demo")(demo_command.demo)
app.command("pilot")(pilot_command.pilot)
app.command("new")(new_command.new)
app.command("export")(export_command.export)
app.command("inspect")(inspect_command.inspect)
app.command("fix")(fix_command.fix)
app.command("convert")(convert_command.convert)
app.command("train")(train_command.train)
app.command("harden")(harden_command.harden)
app.command("protect")(protect_command.protect)
app.command("attack")(attack_command.attack)
app.command("leak")(leak_command.leak)
app.command("compress")(compress_command.compress)
app.command("compile")(compile_command.compile_)
app.command("run")(run_command.run)
app.command("profile")(profile_command.profile)
app.command("report")(report_command.report)
app.command("verify")(verify_command.verify)
app.command("exit")(exit_command.exit_)
app.command("check")(check_command.check)
app.add_typer(budget_command.app, name="budget")
app.add_typer(init_command.app, name="init")
app.command("compare")(compare_command.compare)
app.command("sweep")(sweep_command.sweep)
app.command("tune")(tune_command.tune)
app.command("advise")(advise_command.advise)
app.command("targets")(targets_command.targets)
app.add_typer(chips_command.app, name="chips")
app.add_typer(env_command.app, name="env")
app.command("doctor")(doctor_command.doctor)
app.command("explain")(explain_command.explain)


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
