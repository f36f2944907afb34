"""Chip files are read strictly: every mistake is named, with its path."""

import subprocess
import sys
from pathlib import Path

import pytest

from neurodeploy.errors import InputError
from neurodeploy.hardware.toml_file import CHIPS, load_chip

IDEAL = (CHIPS / "ideal.toml").read_text()
UNKNOWN_PJ = (
    'value = "unknown", low = "unknown", high = "unknown", unit = "pJ", evidence = "unknown"'
)
RESET = 'reset = "unknown"'


def refused(path: Path, *replacements: tuple[str, str]) -> str:
    text = IDEAL
    for old, new in replacements:
        assert old in text
        text = text.replace(old, new, 1)
    path.write_text(text)
    with pytest.raises(InputError) as caught:
        load_chip(str(path))
    return str(caught.value).replace(str(path), "my.toml")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "my.toml"


def test_file_of_the_user_is_read(path: Path) -> None:
    path.write_text(IDEAL.replace('name = "ideal"', 'name = "mine"'))
    assert load_chip(str(path)).name == "mine"


def test_unknown_chip_is_refused_with_the_known_ones() -> None:
    with pytest.raises(InputError) as caught:
        load_chip("loihi3")
    assert str(caught.value) == (
        "ND2503: no chip is called 'loihi3'; did you mean 'loihi2'? known are generic-45nm-int8, "
        "generic-7nm-int8, ideal, loihi1, loihi1-davies2018, loihi1-fitted, loihi2, speck2, "
        "truenorth, xylo-a2; for a chip of your own give the path of its .toml file"
    )


def test_missing_file_is_refused() -> None:
    with pytest.raises(InputError) as caught:
        load_chip("nowhere/chip.toml")
    assert str(caught.value) == (
        "ND2501: nowhere/chip.toml: cannot be read (No such file or directory); "
        "give a chip's name or a TOML file"
    )


def test_file_that_is_no_text_is_refused(path: Path) -> None:
    path.write_bytes(b"\xff\xfe")
    with pytest.raises(InputError) as caught:
        load_chip(str(path))
    assert str(caught.value) == (
        f"ND2501: {path}: cannot be read (not UTF-8 text); give a chip's name or a TOML file"
    )


def test_file_that_is_no_toml_is_refused(path: Path) -> None:
    path.write_text("name = ")
    with pytest.raises(InputError) as caught:
        load_chip(str(path))
    assert str(caught.value) == (
        f"ND2501: {path}: not TOML (Invalid value (at end of document)); mend that line"
    )


def test_all_mistakes_are_named_at_once_each_with_its_path(path: Path) -> None:
    found = refused(
        path,
        ("tick_ps = 1000", "tick_ps = true"),
        ("v_reset = {", "v_rset = {"),
        ("low = -32, high = 32", "low = 33, high = 32"),
        (
            RESET,
            'reset = { value = "many", low = 3.0, high = 2.0, unit = "pJ", '
            'evidence = "guess", source = "not-published", extra = 1 }',
        ),
    )
    assert found.splitlines() == [
        "ND2502: my.toml: tick_ps: Input should be a valid integer, found True",
        "ND2502: my.toml: ranges.weight_exp: low 33 lies above high 32",
        "ND2502: my.toml: ranges.v_reset: Field required",
        "ND2502: my.toml: ranges.v_rset: there is no such key; did you mean 'v_reset'?",
        "ND2502: my.toml: energy.reset.value: Input should be a valid number, found 'many'",
        "ND2502: my.toml: energy.reset.evidence: Input should be 'exact', 'measured', "
        "'fitted', 'simulated', 'derived', 'vendor', 'assumed' or 'unknown', found 'guess'",
        "ND2502: my.toml: energy.reset.extra: there is no such key; known are value, low, high, "
        "unit, evidence, source, scope",
    ]


@pytest.mark.parametrize(
    ("figure", "message"),
    [
        (
            'value = 1, low = 2, high = 3, unit = "pJ", evidence = "fitted", '
            'source = "not-published"',
            "low 2, value 1, high 3 are not in this order",
        ),
        (
            'value = 1, low = -1, high = 3, unit = "pJ", evidence = "fitted", '
            'source = "not-published"',
            "low -1 is negative",
        ),
        (
            'value = 1, low = "unknown", high = 3, unit = "pJ", evidence = "fitted", '
            'source = "not-published"',
            "value, low and high are known together or unknown together",
        ),
        (
            'value = 1, low = 1, high = 3, unit = "pJ", evidence = "unknown", '
            'source = "not-published"',
            "a figure is 'unknown' exactly where its evidence is 'unknown'",
        ),
        (
            'value = 1, low = 1, high = 3, unit = "ns", evidence = "fitted", '
            'source = "not-published"',
            "unit 'ns' is none of J, mJ, uJ, nJ, pJ",
        ),
    ],
)
def test_inconsistent_figure_is_refused(path: Path, figure: str, message: str) -> None:
    assert refused(path, (RESET, f"reset = {{ {figure} }}")) == (
        f"ND2502: my.toml: energy.reset: {message}"
    )


@pytest.mark.parametrize("field", ["evidence", "source", "low", "unit"])
def test_figure_without_a_field_is_refused(path: Path, field: str) -> None:
    fields = {
        "value": '"unknown"',
        "low": '"unknown"',
        "high": '"unknown"',
        "unit": '"pJ"',
        "evidence": '"unknown"',
        "source": '"not-published"',
    }
    del fields[field]
    figure = ", ".join(f"{key} = {value}" for key, value in fields.items())
    assert refused(path, (RESET, f"reset = {{ {figure} }}")) == (
        f"ND2502: my.toml: energy.reset.{field}: Field required"
    )


def test_source_that_is_not_explained_is_refused(path: Path) -> None:
    assert refused(path, (RESET, f'reset = {{ {UNKNOWN_PJ}, source = "hearsay" }}')) == (
        "ND2502: my.toml: energy.reset.source: the table 'sources' does not explain 'hearsay', "
        "found 'hearsay'"
    )


def test_bare_unknown_is_a_figure_without_numbers_and_needs_its_source(path: Path) -> None:
    path.write_text(IDEAL)
    figure = load_chip(str(path)).energy_j["reset"]
    assert (figure.value, figure.unit, figure.source) == (None, "J", "not-published")
    found = refused(path, ("not-published = ", "unpublished = "))
    assert "energy.reset.source: the table 'sources' does not explain 'not-published'" in found


def test_nothing_stands_beside_an_all_in_figure(path: Path) -> None:
    figure = '{ value = 26, low = 26, high = 26, unit = "pJ", evidence = "measured", %s }'
    all_in = figure % 'source = "not-published", scope = "all_in"'
    # The last of each name is the one of the table of energies.
    head, _, tail = IDEAL.rpartition('synapse_dense = "unknown"')
    text = f"{head}synapse_dense = {all_in}{tail}"
    path.write_text(text)
    assert load_chip(str(path)).all_in
    head, _, tail = text.rpartition('axon_in = "unknown"')
    beside = figure % 'source = "not-published"'
    path.write_text(f"{head}axon_in = {beside}{tail}")
    with pytest.raises(InputError) as caught:
        load_chip(str(path))
    assert "energy.axon_in stand beside an all-in figure, which includes them" in str(caught.value)


def test_barriers_must_ascend_from_one_tile(path: Path) -> None:
    assert refused(path, ("tiles = 1", "tiles = 2")) == (
        "ND2502: my.toml: sync: tiles [2] do not start at 1 and ascend"
    )


def test_hardware_is_imported_without_pydantic() -> None:
    code = "import sys, neurodeploy.hardware; sys.exit('pydantic' in sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)
