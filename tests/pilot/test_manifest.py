from pathlib import Path

import pytest

from neurodeploy.errors import InputError
from neurodeploy.pilot.manifest import (
    Input,
    Manifest,
    StageRecord,
    Status,
    read_manifest,
    write_manifest,
)

PILOT = Manifest(
    version="0.1.0",
    inputs=(
        Input(role="network", given="ann.onnx", path="inputs/network.onnx", digest="sha256:1"),
    ),
    stages=(
        StageRecord(
            name="check",
            status=Status.DONE,
            reason=None,
            passed=False,
            command="neurodeploy check profile/report.json",
            fingerprint="sha256:2",
            main="check/report.json",
            files={"check/report.json": "sha256:3"},
        ),
        StageRecord(
            name="leak",
            status=Status.NOT_TESTED,
            reason="needs --judge",
            passed=None,
            command=None,
            fingerprint="sha256:4",
            main=None,
            files={},
        ),
    ),
)


def test_what_is_written_is_read(tmp_path: Path) -> None:
    write_manifest(PILOT, tmp_path)
    assert read_manifest(tmp_path) == PILOT


def test_a_stage_is_found_by_its_name() -> None:
    assert PILOT.stage("leak") == PILOT.stages[1]
    assert PILOT.stage("report") is None


def test_every_mistake_of_the_file_is_named(tmp_path: Path) -> None:
    file = tmp_path / "pilot.json"
    file.write_text('{"schema": 1, "version": 3, "inputs": [], "stages": [], "more": 1}')
    with pytest.raises(InputError) as refused:
        read_manifest(tmp_path)
    assert str(refused.value) == (
        f"ND2921: {file}: version: Input should be a valid string\n"
        f"ND2921: {file}: more: Unexpected keyword argument"
    )


def test_a_folder_without_the_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError) as refused:
        read_manifest(tmp_path)
    assert str(refused.value) == f"ND2921: {tmp_path / 'pilot.json'}: No such file or directory"
