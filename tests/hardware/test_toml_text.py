"""What is written is read back the same."""

import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from neurodeploy.hardware.toml_file import CHIPS, chip_names
from neurodeploy.hardware.toml_text import toml_text

KEYS = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), max_size=8)
PLAIN = (
    st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), max_size=20)
)
VALUES = PLAIN | st.lists(PLAIN, max_size=3) | st.dictionaries(KEYS, PLAIN, max_size=3)
TABLES = st.dictionaries(KEYS, VALUES, max_size=3)


@pytest.mark.parametrize("name", chip_names())
def test_every_page_survives(name: str) -> None:
    page = tomllib.loads((CHIPS / f"{name}.toml").read_text())
    assert tomllib.loads(toml_text(page)) == page


@given(st.dictionaries(KEYS, PLAIN | TABLES | st.lists(TABLES, min_size=1, max_size=3)))
def test_tables_of_any_text_survive(page: dict[str, object]) -> None:
    assert tomllib.loads(toml_text(page)) == page


def test_what_has_no_toml_form_is_refused() -> None:
    with pytest.raises(TypeError) as caught:
        toml_text({"a": None})
    assert str(caught.value) == "NoneType has no TOML form here"
