"""A verdict as plain JSON values."""

import dataclasses
from typing import Any

from pydantic import TypeAdapter

from neurodeploy.regression.verdict import Verdict

SCHEMA = 1


def as_json(verdict: Verdict) -> dict[str, Any]:
    """Return the verdict; ``fails`` says of each line whether it fails the gate."""
    return {
        "schema": SCHEMA,
        "passed": verdict.passed,
        "strict": verdict.strict,
        "notes": list(verdict.notes),
        "start": verdict.start,
        "findings": [
            {**dataclasses.asdict(finding), "fails": verdict.fails(finding)}
            for finding in verdict.findings
        ],
    }


def from_json(text: str) -> Verdict:
    """Return the verdict in the JSON that `as_json` makes.

    Raises
    ------
    pydantic.ValidationError
        If it is none.
    """
    return TypeAdapter(Verdict).validate_json(text)
