"""Hints that are aliases, as numpy 2.5's NDArray is on Python 3.12, are read as what they mean."""

from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from typing_extensions import TypeAliasType

from neurodeploy.storage.codec import decode, encode

Scalar = TypeVar("Scalar", bound=np.generic)
Array = TypeAliasType("Array", np.ndarray[tuple[int, ...], np.dtype[Scalar]], type_params=(Scalar,))
Pair = TypeAliasType("Pair", tuple[int, int])


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Aliased:
    array: Array[np.int32]
    maybe: Array[np.int32] | None
    nothing: Array[np.int32] | None
    several: tuple[Array[np.int32], ...]
    pair: Pair


def test_fields_of_aliased_types_come_back() -> None:
    ones = np.ones((2, 3), np.int32)
    noun = Aliased(array=ones, maybe=2 * ones, nothing=None, several=(ones, 3 * ones), pair=(1, 2))
    found = decode(Aliased, *encode(noun), "here")
    np.testing.assert_array_equal(found.array, ones)
    assert found.maybe is not None
    np.testing.assert_array_equal(found.maybe, 2 * ones)
    assert found.nothing is None
    np.testing.assert_array_equal(found.several[1], 3 * ones)
    assert found.pair == (1, 2)
