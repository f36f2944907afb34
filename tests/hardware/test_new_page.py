"""A page of one's own starts as a copy, comments included."""

from pathlib import Path

import pytest

from neurodeploy.errors import InputError
from neurodeploy.hardware.new_page import write_new_page
from neurodeploy.hardware.toml_file import CHIPS, chip_names, load_chip


@pytest.mark.parametrize("base", chip_names())
def test_copy_differs_in_name_and_aliases_only(base: str, tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    write_new_page("mine", base, path)
    before = (CHIPS / f"{base}.toml").read_text().splitlines()
    after = path.read_text().splitlines()
    assert [line for line in before if line not in after] == [
        line for line in before if line.startswith(("name =", "aliases ="))
    ]
    assert load_chip(str(path)).energy_j == load_chip(base).energy_j


def test_every_reason_is_named_and_nothing_written(tmp_path: Path) -> None:
    path = tmp_path / "mine"
    path.write_text("kept")
    with pytest.raises(InputError) as caught:
        write_new_page("loihi2", "loihi2", path)
    assert str(caught.value).replace(str(tmp_path), "") == (
        "ND2504: 'loihi2' is the name of a chip that comes with neurodeploy; choose another\n"
        "ND2504: /mine does not end in .toml, by which --chip tells a page from a name\n"
        "ND2504: /mine exists; choose another -o, or remove it"
    )
    assert path.read_text() == "kept"


def test_name_with_spaces_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        write_new_page("my chip", "loihi2", tmp_path / "mine.toml")
    assert str(caught.value) == (
        "ND2504: 'my chip' is no name; use letters, digits, '-', '_' and '.'"
    )
