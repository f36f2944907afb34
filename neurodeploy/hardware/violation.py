"""`Violation`: one thing that a chip or a target cannot do with a program, and the remedy."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Violation:
    """Where it is, what was found, what is allowed, and the cheapest remedy."""

    where: str
    found: str
    allowed: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.where}: {self.found}; allowed {self.allowed}; {self.remedy}"
