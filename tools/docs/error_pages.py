"""A page for every error code, from what `neurodeploy explain` says."""

from pathlib import Path

from neurodeploy.explanations import explanations

EXIT_CODES = {
    "1": "A gate failed",
    "2": "Bad usage or input",
    "3": "Does not compile",
    "4": "Target unavailable",
    "5": "Target failed",
}


def write(pages: Path) -> None:
    """Write `errors.md` and `errors/CODE.md` into `pages`."""
    folder = pages / "errors"
    folder.mkdir()
    found = explanations()
    for code, said in found.items():
        (folder / f"{code}.md").write_text(_page(code, said))
    parts = (f"## {digit}: {what}\n\n{_rows(found, digit)}\n" for digit, what in EXIT_CODES.items())
    names = "\n".join(f"errors/{code}" for code in sorted(found))
    (pages / "errors.md").write_text(
        "# Error codes\n\nThe first digit is the exit code. `neurodeploy explain CODE` says the "
        "same.\n\n" + "\n".join(parts) + f"\n```{{toctree}}\n:hidden:\n\n{names}\n```\n"
    )


def _page(code: str, said: dict[str, str]) -> str:
    why = f"## Why\n\n{said['why']}"
    return f"# {code}\n\n{said['what']}\n\n{why}\n\n## What to do\n\n{said['remedy']}\n"


def _rows(found: dict[str, dict[str, str]], digit: str) -> str:
    rows = [
        f"| [{code}](errors/{code}.md) | {said['what']} |"
        for code, said in sorted(found.items())
        if code[2] == digit
    ]
    return "\n".join(["| code | what it says |", "|---|---|", *rows])
