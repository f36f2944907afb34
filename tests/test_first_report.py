"""A newcomer reaches a first report with the wheel and docs/start.md alone."""

import shutil
from pathlib import Path

import pytest

from tools.wheels import content, first_report


@pytest.mark.slow
@pytest.mark.parametrize("version", first_report.VERSIONS)
def test_the_five_minute_page_gives_a_report_without_torch(version: str, tmp_path: Path) -> None:
    """pip needs its index."""
    python = first_report.interpreter(version)
    if python is None:
        pytest.skip(f"no Python {version} on PATH or under pyenv: pyenv install {version}")
    if shutil.which("bash") is None:
        pytest.skip("no bash, whose commands the page has")
    took = first_report.followed(content.build(tmp_path / "dist"), python, tmp_path)
    assert any(command.startswith("neurodeploy profile ") for command in took)
