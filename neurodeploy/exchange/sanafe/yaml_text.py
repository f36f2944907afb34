"""YAML's flow style, all that SANA-FE's files need below their first levels."""

from collections.abc import Mapping, Sequence


def flow(value: object) -> str:
    """Return `value` on one line: mappings, sequences, text, booleans and numbers.

    Floats are written so that they read back as the same number.
    """
    match value:
        case Mapping():
            inside = ", ".join(f"{key}: {flow(part)}" for key, part in value.items())
            return "{" + inside + "}"
        case str():
            return value
        case bool():
            return "true" if value else "false"
        case Sequence():
            return "[" + ", ".join(map(flow, value)) + "]"
        case _:
            return repr(value)
