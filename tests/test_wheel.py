"""What lies in the wheel."""

import zipfile
from pathlib import Path

import pytest

from tools.wheels import content


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return content.build(tmp_path_factory.mktemp("dist"))


def test_it_holds_the_packages_and_nothing_else(wheel: Path) -> None:
    assert content.problems(wheel) == []


def test_missing_and_foreign_files_are_named(wheel: Path, tmp_path: Path) -> None:
    other = tmp_path / wheel.name
    with zipfile.ZipFile(wheel) as whole, zipfile.ZipFile(other, "w") as changed:
        for name in whole.namelist():
            if name != "neurodeploy/explanations.toml":
                changed.writestr(name, whole.read(name))
        changed.writestr("neurodeploy/notes.txt", "")
    assert content.problems(other) == [
        "missing: neurodeploy/explanations.toml",
        "has no place in it: neurodeploy/notes.txt",
    ]


def test_equal_sources_give_equal_bytes(wheel: Path, tmp_path: Path) -> None:
    assert content.build(tmp_path).read_bytes() == wheel.read_bytes()
