"""Protocols: what ships can be read, and every mistake is named by its path."""

import tomllib
from pathlib import Path
from typing import get_args

import pytest

from neurodeploy.audits.attacks import MEMBERS
from neurodeploy.audits.attacks.protocol import MemberName, chosen
from neurodeploy.audits.attacks.protocol_file import (
    SHIPPED,
    protocol_of,
    read_protocol,
    shipped_protocols,
)
from neurodeploy.errors import InputError


def test_names_in_the_schema_are_those_of_the_members() -> None:
    assert get_args(MemberName) == ("all", *(member.name for member in MEMBERS))
    assert chosen(("rate-path", "all")) == (
        "rate-path",
        *(m.name for m in MEMBERS if m.name != "rate-path"),
    )


@pytest.mark.parametrize("name", shipped_protocols())
def test_what_ships_is_called_as_its_file(name: str) -> None:
    assert read_protocol(name).name == name
    assert read_protocol(SHIPPED / f"{name}.toml").digest == read_protocol(name).digest


def test_the_headline_is_the_whole_ensemble() -> None:
    first = read_protocol("ensemble").attack[0]
    assert first.method == "pgd"
    assert first.members == ("all",)


def test_every_mistake_is_named() -> None:
    text = """
schema = 1
name = "Mine"
eps = 2
n_samples = 5
epsilon = 1

[[attack]]
method = "pgd"
steps = 0

[[attack]]
method = "apgd"
steps = 5
step = 0.1

[[attack]]
method = "fgsm"
objective = "kl"
targets = 2

[[attack]]
method = "cw"

[[attack]]
method = "square"
"""
    with pytest.raises(InputError) as caught:
        protocol_of(tomllib.loads(text), "mine.toml")
    assert str(caught.value).splitlines() == [
        "ND2854: mine.toml: name: String should match pattern '^[a-z0-9][a-z0-9-]*$', found 'Mine'",
        "ND2854: mine.toml: eps: expected less than or equal to 1, found 2",
        "ND2854: mine.toml: attack.0.pgd.steps: expected greater than or equal to 1, found 0",
        "ND2854: mine.toml: attack.1.apgd: apgd chooses its own step size; leave step out",
        "ND2854: mine.toml: attack.2.fgsm: kl goes away from the clean answer, to no target; take "
        "ce or dlr",
        "ND2854: mine.toml: attack.3: no method is called 'cw'; known are fgsm, rfgsm, pgd, apgd, "
        "square, transfer, library",
        "ND2854: mine.toml: attack.4.square.queries: missing",
        "ND2854: mine.toml: epsilon: there is no such key",
    ]


def test_a_name_that_does_not_ship_is_refused() -> None:
    with pytest.raises(InputError) as caught:
        read_protocol("autoattack")
    assert str(caught.value) == (
        "ND2853: no protocol is called 'autoattack'; known are each-member, ensemble, events, "
        "quick; for one of your own give the path of its .toml file"
    )


def test_a_file_that_is_no_toml_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "p.toml"
    path.write_text("eps = ")
    with pytest.raises(InputError) as caught:
        read_protocol(path)
    assert str(caught.value) == (
        f"ND2853: {path}: not TOML (Invalid value (at end of document)); mend that line"
    )
    with pytest.raises(InputError) as caught:
        read_protocol(tmp_path / "none.toml")
    assert str(caught.value) == (
        f"ND2853: {tmp_path / 'none.toml'}: cannot be read (No such file or directory)"
    )
