"""What every error code means, read from `explanations.toml`."""

import tomllib
from collections.abc import Mapping
from pathlib import Path


def explanations() -> Mapping[str, Mapping[str, str]]:
    """Return ``{code: {what, why, remedy}}``."""
    return tomllib.loads((Path(__file__).parent / "explanations.toml").read_text())
