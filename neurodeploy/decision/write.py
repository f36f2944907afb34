"""Write a decision to files; the ending says the form."""

from collections.abc import Sequence
from pathlib import Path

from neurodeploy.decision.decision import Decision
from neurodeploy.errors import InputError

ENDINGS = (".html", ".md", ".json")


def write_decision(decision: Decision, files: Sequence[Path]) -> None:
    """Write `decision` to every one of `files`.

    Raises
    ------
    InputError
        If the ending of one says no form (ND2943); none is written then.
    """
    unknown = [
        f"{file}: expected {', '.join(ENDINGS[:-1])} or {ENDINGS[-1]}"
        for file in files
        if file.suffix not in ENDINGS
    ]
    if unknown:
        raise InputError("ND2943", *unknown)
    for file in files:
        match file.suffix:
            case ".html":
                decision.to_html(file)
            case ".md":
                decision.to_markdown(file)
            case _:
                decision.to_json(file)
