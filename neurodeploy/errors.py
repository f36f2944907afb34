"""Every error a user can cause, each with its exit code; `explanations.toml` explains the codes."""

from typing import ClassVar


class NeurodeployError(Exception):
    """A user's mistake or a failed gate: a stable code and one line for each problem found.

    Parameters
    ----------
    code : str
        A key of `explanations.toml`, for instance ``ND2101``; its first digit is the exit code.
    *problems : str
        One line each: where, what was found, what is allowed, what to do.
    """

    exit_code: ClassVar[int] = 70

    def __init__(self, code: str, *problems: str) -> None:
        super().__init__(code, *problems)
        self.code = code
        self.problems = problems

    def __str__(self) -> str:
        return "\n".join(f"{self.code}: {problem}" for problem in self.problems)


class GateFailed(NeurodeployError):
    """A budget, a baseline or a verification failed."""

    exit_code = 1


class InputError(NeurodeployError):
    """Bad usage or a file, array or option that cannot be used."""

    exit_code = 2


class DoesNotCompile(NeurodeployError):
    """The network cannot be lowered, or does not fit the chip."""

    exit_code = 3


class TargetUnavailable(NeurodeployError):
    """The target asked for is not installed or not healthy."""

    exit_code = 4


class TargetFailed(NeurodeployError):
    """The target was there, and failed while it ran."""

    exit_code = 5
