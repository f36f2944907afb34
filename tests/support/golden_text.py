"""Texts kept beside the tests; `pytest --update-golden` rewrites them."""

import re
from pathlib import Path

import pytest

FOLDER = Path(__file__).resolve().parents[1] / "golden_text"


def without_digests(text: str) -> str:
    """Return `text` with shortened digests masked: they differ with every page of costs."""
    return re.sub(r"\b[0-9a-f]{12}\b", "<digest>", text)


def assert_golden(request: pytest.FixtureRequest, name: str, text: str) -> None:
    path = FOLDER / name
    if request.config.getoption("--update-golden"):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    assert text == path.read_text(), f"{path} differs; pytest --update-golden rewrites it"
