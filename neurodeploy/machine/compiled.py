"""`compiled`: how kernels are compiled, with the types of plain functions."""

from collections.abc import Callable
from typing import Any, TypeVar, cast

import numba

F = TypeVar("F", bound=Callable[..., Any])


def compiled(function: F) -> F:
    """Compile `function` at its first call for each set of types; the result is kept on disk.

    What is kept is compiled anew where the function's own file changes, not where one that it calls
    does: after such a change delete the ``*.nbi`` and ``*.nbc`` files.
    """
    return cast(F, numba.njit(cache=True, nogil=True)(function))


def inlined(function: F) -> F:
    """Compile `function` into those that call it: for what is called more often than it loops."""
    return cast(F, numba.njit(cache=True, nogil=True, forceinline=True)(function))


def uncounted(function: F) -> F:
    """As `inlined`, for what makes no array: references to those it is given are not counted."""
    options = {"cache": True, "nogil": True, "forceinline": True, "_nrt": False}
    return cast(F, numba.njit(**options)(function))  # type: ignore[call-overload]  # not in its types
