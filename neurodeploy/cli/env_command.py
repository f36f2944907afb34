"""`neurodeploy env`."""

from typing import TYPE_CHECKING, Annotated

import typer

from neurodeploy.cli import options, output
from neurodeploy.errors import InputError, TargetUnavailable

if TYPE_CHECKING:
    from neurodeploy.target import Environment, EnvironmentStatus

Name = Annotated[str, typer.Argument(help="A target's name; see `targets`.")]

app = typer.Typer(help="Make what a target needs in an environment of its own.")


@app.callback()
def env() -> None:
    """Make, show or remove the environment that a target needs beside neurodeploy."""


@app.command("create")
def create(
    name: Name,
    python: Annotated[
        str | None, typer.Option("--python", help="Interpreter to make it with; else one is found.")
    ] = None,
    json: options.Json = False,
) -> None:
    """Make a target's environment in the user's cache and check that it computes as it should.

    Downloads what the target pins, replaces what was there only when all is well; returns 0, or 4
    with what to install.
    """
    environment = _environment(name)
    status = environment.create(python, None if json else output.say)
    _print(name, status, json)
    if not json:
        output.next_command(f"neurodeploy compile model.nir --target {name}")


@app.command("status")
def status(name: Name, json: options.Json = False) -> None:
    """Say what a target's environment is made of; returns 0, or 4 where it is missing or broken."""
    found = _environment(name).status()
    _print(name, found, json)
    if found.complaint is not None:
        raise typer.Exit(TargetUnavailable.exit_code)
    if not json:
        output.next_command(f"neurodeploy compile model.nir --target {name}")


@app.command("remove")
def remove(name: Name, json: options.Json = False) -> None:
    """Delete a target's environment; returns 0, also where there is none."""
    removed = _environment(name).remove()
    if json:
        output.print_json({"target": name, "removed": removed})
        return
    output.say(f"removed the environment of {name}" if removed else f"{name} had no environment")
    output.next_command(f"neurodeploy env create {name}")


def _environment(name: str) -> "Environment":
    from neurodeploy.target.registry import load_target

    environment = load_target(name).environment
    if environment is None:
        raise InputError(
            "ND2620", f"target {name!r} needs no environment of its own: use it as it is"
        )
    return environment


def _print(name: str, status: "EnvironmentStatus", json: bool) -> None:
    if json:
        facts = dict(status.facts)
        output.print_json({"target": name, "complaint": status.complaint, "facts": facts})
        return
    output.say(f"{name}: {status.complaint or 'ready'}")
    for key, value in status.facts.items():
        output.say(f"  {key}: {value}")
