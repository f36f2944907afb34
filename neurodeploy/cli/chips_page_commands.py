"""`neurodeploy chips check`, `new` and `schema`: pages of the user's own."""

from pathlib import Path
from typing import Annotated

import typer

from neurodeploy.cli import options, output


def check(
    page: Annotated[str, typer.Argument(help="A chip's .toml page, or a chip's name.")],
    json: options.Json = False,
) -> None:
    """Check a chip's page, and say what a report of that chip will know and lack.

    Every mistake is named with its path, and the exit code is 2.
    """
    from neurodeploy.hardware.page_check import check_page
    from neurodeploy.hardware.toml_file import load_chip

    chip = load_chip(page)
    found = check_page(chip)
    if json:
        output.print_json({"name": chip.name, **options.as_plain(found)})
        return
    output.say(f"{chip.name}: {chip.title}\nno mistakes")
    output.heading("Figures")
    output.table(
        ("", "known", "only assumed", "unknown"),
        [(k.table, str(k.known), str(k.assumed), str(k.unknown)) for k in found.knowledge],
    )
    output.heading("A report will say")
    for line in found.says:
        output.say(line)
    if found.missing:
        output.heading("Unknown, so missing from it")
        for line in found.missing:
            output.say(line)
    output.next_command(f"neurodeploy profile model.nir --data data.npz --chip {page}")


def new(
    name: Annotated[str, typer.Argument(help="What the new chip is called.")],
    base: Annotated[
        str, typer.Option("--from", help="The chip whose page is the start.")
    ] = "loihi2",
    out: Annotated[
        Path | None, typer.Option("--output", "-o", help="The page to write; else NAME.toml.")
    ] = None,
    json: options.Json = False,
) -> None:
    """Write a page of your own that starts as a copy of another chip's, comments included."""
    from neurodeploy.hardware.new_page import write_new_page

    path = out or Path(f"{name}.toml")
    write_new_page(name, base, path)
    if json:
        output.print_json({"page": str(path), "from": base})
        return
    output.say(f"Wrote {path}, a copy of {base}; change what is different, and give its sources.")
    output.next_command(f"neurodeploy chips check {path}")


def schema() -> None:
    """Print the JSON schema of a chip's page."""
    from neurodeploy.hardware.json_schema import schema_text

    print(schema_text(), end="")
