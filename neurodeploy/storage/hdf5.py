"""Foreign HDF5 files, read by pyfive: everything under one group, as plain arrays and texts.

pyfive is written in Python. libhdf5 loops for ever on some damaged files and aborts the process on
others, which nobody can catch; it is used for writing only.
"""

import io
import math
import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyfive
from numpy.typing import NDArray

from neurodeploy.errors import InputError

SIGNATURE = b"\x89HDF\r\n\x1a\n"
MAX_BYTES = 2 << 30
"""Numbers a file may declare, at 8 bytes each; checked before anything is allocated."""
MAX_DEPTH = 64
"""Groups within groups; a graph in a graph takes two."""
MAX_READS = 32
"""How often a file may be read over: an index that leads back to itself ends here."""

BOOLEAN = {"FALSE": 0, "TRUE": 1}
"""The enumeration that h5py writes for truth values."""

Value = NDArray[Any] | None
"""Numbers or texts (dtype kind ``U``) of any shape; None holds neither and was not read."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Group:
    """A group of an HDF5 file: what it holds by name, in the file's order, and its attributes."""

    members: Mapping[str, "Group | Value"]
    attributes: Mapping[str, Value]

    def group(self, name: str) -> "Group | None":
        """Return the group `name`, or None if there is none."""
        member = self.members.get(name)
        return member if isinstance(member, Group) else None

    def values(self) -> dict[str, Value]:
        """Return the datasets of this group by name."""
        return {k: v for k, v in self.members.items() if not isinstance(v, Group)}

    def text(self, name: str) -> str | None:
        """Return the one text in the dataset `name`, or None if it holds something else."""
        member = self.members.get(name)
        return None if isinstance(member, Group) else one_text(member)


def one_text(value: Value) -> str | None:
    """Return the text that `value`, a scalar or an array of one, holds, or None."""
    if value is None or value.dtype.kind != "U" or value.size != 1:
        return None
    return str(value.ravel()[0])


def read_hdf5(
    path: Path, root: str, *, code: str, suffix: str, max_bytes: int = MAX_BYTES
) -> Group | None:
    """Return all that the group `root` of a file holds, or None if there is no such group.

    Links to other places and files, second names of one object, numbers kept in other files and
    sizes beyond `max_bytes` are refused, never followed.

    Parameters
    ----------
    root : name of a group, ``/`` for the whole file.
    code : of the error, of which `suffix` says what kind of file was expected.

    Raises
    ------
    InputError
        If there is no such file, or it cannot be read.
    """
    content = _content(path, code, suffix, max_bytes)
    reader = _Reader(where=str(path), code=code, max_bytes=max_bytes)
    try:
        with warnings.catch_warnings():
            # pyfive warns of types it cannot read; they are None here, and refused where needed.
            warnings.simplefilter("ignore")
            file = pyfive.File(content)
            if file._superblock._contents["end_of_file_address"] > len(content.getbuffer()):
                raise EOFError("cut off")  # pyfive reads on as long as nothing it needs is missing
            return reader.read(file, root)
    except InputError:
        raise
    except (NotImplementedError, RuntimeError, ImportError) as error:
        raise InputError(
            code, f"{path}: the HDF5 content is damaged, or of a form that is not read ({error})"
        ) from error
    except Exception as error:  # damaged bytes make a foreign parser raise whatever it likes
        raise InputError(
            code, f"{path}: the HDF5 content is damaged or cut off; copy or export it again"
        ) from error


def _content(path: Path, code: str, suffix: str, max_bytes: int) -> "_Metered":
    if not path.is_file():
        raise InputError(code, f"{path}: no such file")
    if path.stat().st_size > max_bytes:
        raise InputError(
            code,
            f"{path}: {path.stat().st_size / 2**30:.1f} GiB, at most {max_bytes / 2**30:g} GiB "
            "are read",
        )
    content = path.read_bytes()
    if not content.startswith(SIGNATURE):
        raise InputError(code, f"{path}: not an HDF5 file, which every {suffix} is")
    return _Metered(content)


class _Metered(io.BytesIO):
    """A file's bytes, which may be read over `MAX_READS` times in all."""

    def __init__(self, content: bytes) -> None:
        super().__init__(content)
        self._left = MAX_READS * len(content)

    def read(self, size: int | None = -1, /) -> bytes:
        part = super().read(size)
        self._left -= max(len(part), 1)
        if self._left < 0:
            raise ValueError("the file leads back to itself")
        return part


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reader:
    """What one reading needs to know: the file's name, the code of its errors, its limit."""

    where: str
    code: str
    max_bytes: int

    def read(self, file: pyfive.File, root: str) -> Group | None:
        group = file if root == "/" else self._member(file, root, "")
        if not isinstance(group, pyfive.Group):
            return None
        start = root.strip("/")
        n_bytes = sum(
            math.prod(item.shape) * max(8, int(item.dtype.itemsize))
            for _, item in self._datasets(group, start, {group._dataobjects.offset})
        )
        if n_bytes > self.max_bytes:
            raise self._refusal(
                f"declares {n_bytes / 2**30:.1f} GiB of numbers, at most "
                f"{self.max_bytes / 2**30:g} GiB are read"
            )
        return self._group(group, start)

    def _datasets(
        self, group: pyfive.Group, start: str, seen: set[int]
    ) -> Iterator[tuple[str, pyfive.Dataset]]:
        """Yield every dataset below `group`, each of which has one name only."""
        if start.count("/") > MAX_DEPTH:
            raise self._refusal(f"{start[:60]}... lies {MAX_DEPTH} groups deep")
        for name in group:
            here = f"{start}/{name}".lstrip("/")
            item = self._member(group, name, start)
            address = group._links[name]
            if address in seen:
                raise self._refusal(f"{here} is a second name of something else")
            seen.add(address)
            if isinstance(item, pyfive.Dataset):
                self._check_storage(item, here)
                yield here, item
            elif isinstance(item, pyfive.Group):
                yield from self._datasets(item, here, seen)

    def _member(self, group: pyfive.Group, name: str, start: str) -> object:
        """Return what a hard link leads to; None where there is no such name."""
        here = f"{start}/{name}".lstrip("/")
        if name not in group._links:
            return None
        if isinstance(group._links[name], str):  # pyfive follows soft links without a word
            raise self._refusal(f"{here} is a link to another place")
        try:
            return group.get_lazy_view(name)
        except AssertionError as error:  # how pyfive meets a link to another file
            raise self._refusal(f"{here} is damaged, or links to another file") from error

    def _check_storage(self, item: pyfive.Dataset, here: str) -> None:
        """Refuse numbers that lie elsewhere, for which pyfive gives zeros or nothing."""
        outside = item.id.layout_class == 1 and item.id.data_offset == pyfive.core.UNDEFINED_ADDRESS
        if item.id.layout_class not in (0, 1, 2) or (outside and math.prod(item.shape)):
            raise self._refusal(
                f"{here} has no numbers of its own; perhaps another file keeps them"
            )

    def _group(self, group: pyfive.Group, start: str) -> Group:
        members: dict[str, Group | Value] = {}
        for name in group:
            item = self._member(group, name, start)
            here = f"{start}/{name}".lstrip("/")
            if isinstance(item, pyfive.Group):
                members[name] = self._group(item, here)
            else:
                members[name] = self._value(item, here)
        attributes = {name: _plain(np.asarray(value)) for name, value in group.attrs.items()}
        return Group(members=members, attributes=attributes)

    def _value(self, item: object, here: str) -> Value:
        if not isinstance(item, pyfive.Dataset) or item.dtype.kind not in "biufSO":
            return None
        if item.dtype.kind == "O" and item.id.filter_pipeline is not None:
            raise self._refusal(f"{here} is compressed text, which is not read; write it plainly")
        if item.id.layout_class == 1:
            # Whole: its reading in parts fills what is cut off with zeros, and mixes up parts
            # that do not divide the innermost axis (pyfive 1.3.0).
            item.id.set_pseudo_chunk_size(0)
        values = _plain(np.asarray(item[()]).reshape(item.shape))
        is_truth = pyfive.check_enum_dtype(item.dtype) == BOOLEAN
        return values.astype(np.bool_) if is_truth and values is not None else values

    def _refusal(self, problem: str) -> InputError:
        return InputError(self.code, f"{self.where}: {problem}")


def _plain(value: NDArray[Any]) -> Value:
    """Return numbers as they are and bytes as text; None for anything else."""
    if value.dtype.kind in "biufU":
        return value
    if value.dtype.kind not in "SO" or not all(isinstance(v, bytes | str) for v in value.flat):
        return None
    texts = [v.decode() if isinstance(v, bytes) else v for v in value.ravel().tolist()]
    return np.array(texts, dtype=str).reshape(value.shape)
