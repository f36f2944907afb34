"""One folder of evidence for all tests of a session."""

from pathlib import Path

import pytest
from support.evidence import write_patterns


@pytest.fixture(scope="session")
def patterns(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The evidence of a network of patterns with an early exit; do not change it."""
    folder = tmp_path_factory.mktemp("patterns")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        write_patterns(folder / "pilot")
    return folder / "pilot"
