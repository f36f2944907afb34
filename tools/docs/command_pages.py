"""A page for every command, from what `--help` says of it."""

import re
import subprocess
import sys
from pathlib import Path

_HEADING = re.compile(r"^(#+) `neurodeploy ([^`]+)`$", re.MULTILINE)
_LIST = re.compile(r"\*\*Commands\*\*:\n\n(?:\* .*\n)+")
_EXIT_CODES = re.compile(r"^Exit codes: .*$", re.MULTILINE)


def write(pages: Path) -> None:
    """Write `commands.md` and `commands/NAME.md` into `pages`."""
    folder = pages / "commands"
    folder.mkdir()
    head, *sections = re.split(r"(?m)^(?=## `neurodeploy )", _typers_text())
    rows = ["| command | what it does |", "|---|---|"]
    names = []
    for section in sections:
        name, text = _page(section)
        (folder / f"{name}.md").write_text(text)
        names.append(f"commands/{name}")
        rows.append(f"| [{name}](commands/{name}.md) | {text.splitlines()[2]} |")
    exit_codes = _EXIT_CODES.search(head)
    assert exit_codes is not None
    (pages / "commands.md").write_text(
        "\n\n".join(("# Commands", exit_codes[0], "\n".join(rows), _tree(names))) + "\n"
    )


def _page(section: str) -> tuple[str, str]:
    """Return the name of a command and its page, with headings one level up."""
    text = _LIST.sub("", section)
    text = _HEADING.sub(lambda found: f"{found[1][1:]} {found[2]}", text)
    return text.splitlines()[0].removeprefix("# "), text.strip() + "\n"


def _tree(names: list[str]) -> str:
    return "\n".join(("```{toctree}", ":hidden:", "", *names, "```"))


def _typers_text() -> str:
    loaded = str(Path(__file__).with_name("all_commands.py"))
    command = (sys.executable, "-m", "typer", loaded, "utils", "docs")
    return subprocess.run(
        [*command, "--name", "neurodeploy"], capture_output=True, text=True, check=True
    ).stdout
