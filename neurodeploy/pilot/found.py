"""`Found`: what is wrong with what a pilot was given, collected to be said all at once."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

from neurodeploy.errors import InputError, NeurodeployError

OWN = "ND2920"

_Read = TypeVar("_Read")


@dataclass(slots=True)
class Found:
    """Problems found so far: the code of each, and what it says."""

    problems: list[tuple[str, str]] = field(default_factory=list)
    kinds: dict[str, type[NeurodeployError]] = field(default_factory=dict)

    def of(self, read: Callable[[], _Read]) -> _Read | None:
        """Return what `read` returns; None, its problems kept, where it refuses."""
        try:
            return read()
        except NeurodeployError as error:
            self.problems += [(error.code, problem) for problem in error.problems]
            self.kinds[error.code] = type(error)
            return None

    def say(self, problem: str) -> None:
        """Keep a problem that only a pilot has."""
        self.problems.append((OWN, problem))

    def refuse(self) -> None:
        """Raise all problems together: under their own code if they share one, else ND2920."""
        codes = {code for code, _ in self.problems}
        if not codes:
            return
        if len(codes) == 1:
            code = codes.pop()
            kind = self.kinds.get(code, InputError)
            raise kind(code, *(problem for _, problem in self.problems))
        lines = (p if code == OWN else f"{p} ({code})" for code, p in self.problems)
        raise InputError("ND2920", *lines)
