"""Options that take one of some words."""

from collections.abc import Iterable

from neurodeploy.errors import InputError


def unknown(option: str, given: str | Iterable[str] | None, allowed: Iterable[str]) -> list[str]:
    """Return a problem for each word that is given and not allowed; none for None."""
    words = [given] if isinstance(given, str) else given or ()
    known = [str(word) for word in allowed]
    return [
        f"{option} is {word!r}, allowed are {', '.join(known)}"
        for word in words
        if word not in known
    ]


def refuse_unknown(option: str, given: str | Iterable[str] | None, allowed: Iterable[str]) -> None:
    """Raise the problems that `unknown` returns, if there are any.

    Raises
    ------
    InputError
        ND2601.
    """
    if problems := unknown(option, given, allowed):
        raise InputError("ND2601", *problems)
