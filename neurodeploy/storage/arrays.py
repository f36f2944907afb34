"""Read-only arrays, and `.npz` and `.npy` files read without pickle."""

import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, DTypeLike, NDArray

from neurodeploy.errors import InputError


def frozen(value: ArrayLike, dtype: DTypeLike) -> NDArray[Any]:
    """Return a read-only C-ordered copy of `value` as `dtype`."""
    array = np.array(value, dtype=dtype, order="C", copy=True)
    array.setflags(write=False)
    return array


def frozen_full(value: ArrayLike, shape: tuple[int, ...], dtype: DTypeLike) -> NDArray[Any]:
    """Return `value` broadcast to `shape`, copied, as a read-only array of `dtype`."""
    return frozen(np.broadcast_to(np.asarray(value), shape), dtype)


def read_npz(path: Path) -> dict[str, NDArray[Any]]:
    """Read every array of an `.npz` file; pickled objects are refused, never loaded.

    Raises
    ------
    InputError
        If the file is missing (ND2301), or is not a readable `.npz` of plain arrays (ND2302).
    """
    if not path.is_file():
        raise InputError("ND2301", f"{path}: no such file")
    if not zipfile.is_zipfile(path):
        raise InputError("ND2302", f"{path}: not an .npz archive; write it with numpy.savez")
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as archive:
            arrays = {key: archive[key] for key in archive.files}
    except Exception as error:  # whatever damaged bytes make zip and numpy raise
        raise InputError(
            "ND2302", f"{path}: not a readable .npz archive of plain arrays ({error})"
        ) from error
    foreign = [key for key, array in arrays.items() if not isinstance(array, np.ndarray)]
    if foreign:  # numpy gives the bytes of an entry that is no array
        raise InputError(
            "ND2302", *(f"{path}: {key} is no array; write it with numpy.savez" for key in foreign)
        )
    return arrays


def read_npy(path: Path) -> NDArray[Any]:
    """Read the array of an `.npy` file; pickled objects are refused, never loaded.

    Raises
    ------
    InputError
        If the file is missing (ND2301), or is not a readable `.npy` (ND2302).
    """
    if not path.is_file():
        raise InputError("ND2301", f"{path}: no such file")
    try:
        # Mapped first: a shape that the file cannot hold is refused before it is allocated.
        return np.array(np.lib.format.open_memmap(path, mode="r"))
    except Exception as error:  # whatever damaged bytes make numpy raise
        raise InputError(
            "ND2302", f"{path}: not a readable .npy of a plain array ({error})"
        ) from error


def write_npz(path: Path, arrays: Mapping[str, NDArray[Any]]) -> None:
    """Write `arrays` compressed, in sorted order and without times: equal content, equal bytes."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for key in sorted(arrays):
            with archive.open(zipfile.ZipInfo(f"{key}.npy"), "w", force_zip64=True) as entry:
                np.lib.format.write_array(entry, arrays[key], allow_pickle=False)
