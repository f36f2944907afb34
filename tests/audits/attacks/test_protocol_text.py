"""A protocol that is printed can be read again."""

import tomllib

import pytest

from neurodeploy.audits.attacks.protocol_file import protocol_of, read_protocol, shipped_protocols
from neurodeploy.audits.attacks.protocol_text import protocol_text


@pytest.mark.parametrize("name", shipped_protocols())
def test_what_is_printed_is_the_same_protocol(name: str) -> None:
    protocol = read_protocol(name)
    again = protocol_of(tomllib.loads(protocol_text(protocol)), "printed")
    assert again == protocol
    assert again.digest == protocol.digest
