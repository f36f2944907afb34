"""The table of commands, and the loading of one of them.

A command's module is imported when the command is run, so that `--help` imports none.
"""

from pkgutil import resolve_name
from typing import TYPE_CHECKING, Any

import typer
from typer.core import TyperCommand
from typer.main import get_group

if TYPE_CHECKING:
    from typer._click import Command, Context  # typer has no public name for them

# Where a command is, and what `--help` lists of it: its first line, as the tests make sure.
COMMANDS = {
    "demo": (
        "demo_command:demo",
        "Take handwritten digits from a trained network to the cost of its integers on a chip.",
    ),
    "pilot": (
        "pilot_command:pilot",
        "Take a network through every stage to a verdict: from `convert` to `check`, "
        "audits, report.",
    ),
    "new": ("new_command:new", "Write a network with random weights, to be trained."),
    "export": (
        "export_command:export",
        "Write an snntorch network as .nir, or a deployment as SANA-FE's architecture and network.",
    ),
    "inspect": (
        "inspect_command:inspect",
        "Show the layers of a network, and every problem, repair and assumption of its "
        "file at once.",
    ),
    "fix": (
        "fix_command:fix",
        "Write a clean .nir file that `nir.read` accepts, and say what was changed.",
    ),
    "convert": (
        "convert_command:convert",
        "Convert an artificial network into a spiking one, its thresholds balanced on data.",
    ),
    "train": (
        "train_command:train",
        "Train or finetune a network, in floats or in a chip's integers.",
    ),
    "harden": (
        "harden_command:harden",
        "Finetune a spiking network against perturbed samples: weights, BatchNorm and thresholds.",
    ),
    "protect": (
        "protect_command:protect",
        "Retrain a spiking network on samples made from its teacher, so that it gives less away.",
    ),
    "attack": (
        "attack_command:attack",
        "Attack a network, or the integers made of it, and report what is left of its accuracy.",
    ),
    "leak": (
        "leak_command:leak",
        "Attack a released network and show what of its classes an independent judge recognises.",
    ),
    "compress": (
        "compress_command:compress",
        "Remove weights or channels until a budget of what deployment pays is met, and finetune.",
    ),
    "compile": (
        "compile_command:compile_",
        "Compile a network to a chip's integers, placed on its cores.",
    ),
    "run": ("run_command:run", "Run every sample in integers and print what came out."),
    "profile": (
        "profile_command:profile",
        "Run every sample in integers and report operations, energy, time and accuracy.",
    ),
    "report": (
        "report_command:report",
        "Render a report that profile wrote; or, of a pilot, one page for who decides and "
        "the rest.",
    ),
    "verify": (
        "verify_command:verify",
        "Compare float model, integer reference and targets, and name the rule where two part.",
    ),
    "exit": (
        "exit_command:exit_",
        "Choose when a sample may stop early, on validation data, and write it into the "
        "deployment.",
    ),
    "check": (
        "check_command:check",
        "Hold a report against a budget and a baseline, and say which layer is to blame.",
    ),
    "compare": (
        "compare_command:compare",
        "Say what changed between two deployments or reports, layer by layer, and why.",
    ),
    "sweep": (
        "sweep_command:sweep",
        "Compile and profile one network on chips x placements x numbers of steps.",
    ),
    "tune": (
        "tune_command:tune",
        "Search thresholds, leaks, steps or training settings for the best of the integers.",
    ),
    "advise": (
        "advise_command:advise",
        "Name the changes that would save most, each applied and measured, none guessed.",
    ),
    "targets": (
        "targets_command:targets",
        "List what can run a deployment, whether it is healthy, and where it comes from.",
    ),
    "doctor": (
        "doctor_command:doctor",
        "Say what is installed, what is missing, and the command that mends it.",
    ),
    "explain": (
        "explain_command:explain",
        "Explain an error code: what it says, why it is refused, what to do.",
    ),
    "budget": ("budget_command:app", "The limits that `check` holds."),
    "init": ("init_command:app", "Files for your own repository."),
    "chips": ("chips_command:app", "The chips whose limits and costs are known."),
    "env": ("env_command:app", "Make what a target needs in an environment of its own."),
}


class Listed(TyperCommand):
    """A line of the table; the command itself takes over when it gets its arguments."""

    def make_context(
        self, info_name: str | None, args: list[str], parent: "Context | None" = None, **extra: Any
    ) -> "Context":
        """Load the command and let it read its arguments."""
        assert self.name is not None
        return load(self.name).make_context(info_name, args, parent, **extra)


def load(name: str) -> "Command":
    """Import a command."""
    alone = typer.Typer()
    add(alone, name)
    return get_group(alone).commands[name]


def add(app: typer.Typer, name: str) -> None:
    """Import a command, or a group of them, and add it to `app`."""
    found = resolve_name(f"neurodeploy.cli.{COMMANDS[name][0]}")
    if isinstance(found, typer.Typer):
        app.add_typer(found, name=name)
    else:
        app.command(name)(found)
