"""The command line with every command loaded, for typer's `utils docs`."""

from neurodeploy.cli.app import app
from neurodeploy.cli.commands import COMMANDS, add

app.registered_commands.clear()
for name in COMMANDS:
    add(app, name)
