"""A command in a process of its own: its answer, its complaints, and how it must not end."""

from pathlib import Path

import pytest

from neurodeploy.errors import InputError
from neurodeploy.pilot.child import ChildFailedError, in_child


def test_what_a_command_prints_is_the_file(tmp_path: Path) -> None:
    assert in_child(("--version",), tmp_path, tmp_path / "said.txt") is None
    assert (tmp_path / "said.txt").read_text() == "neurodeploy 0.1.0\n"


def test_a_complaint_is_the_error_that_the_command_raised(tmp_path: Path) -> None:
    complaint = in_child(("compile", "no.nir"), tmp_path, tmp_path / "said.json")
    assert complaint is not None
    error = complaint.error()
    assert isinstance(error, InputError)
    assert error.code == complaint.code
    assert "no.nir" in error.problems[0]
    assert not (tmp_path / "said.json").exists()


def test_an_end_without_a_complaint_is_a_bug(tmp_path: Path) -> None:
    with pytest.raises(ChildFailedError, match="neurodeploy no-such-command:"):
        in_child(("no-such-command",), tmp_path, None)
