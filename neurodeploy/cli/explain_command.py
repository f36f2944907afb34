"""`neurodeploy explain`."""

import difflib
from typing import Annotated

import typer

from neurodeploy.cli import options, output
from neurodeploy.errors import InputError


def explain(
    code: Annotated[str, typer.Argument(help="An error code, e.g. ND3201.")],
    json: options.Json = False,
) -> None:
    """Explain an error code: what it says, why it is refused, what to do."""
    from neurodeploy.explanations import explanations

    known = explanations()
    wanted = code.upper()
    if wanted not in known:
        near = difflib.get_close_matches(wanted, known, n=1)
        hint = f"; did you mean {near[0]}?" if near else ""
        raise InputError("ND2603", f"{code!r} is no error code of neurodeploy{hint}")
    entry = known[wanted]
    if json:
        output.print_json({"code": wanted, **entry})
        return
    output.say(f"{wanted}: {entry['what']}")
    output.say(f"why: {entry['why']}")
    output.say(f"remedy: {entry['remedy']}")
    output.next_command("neurodeploy doctor")
