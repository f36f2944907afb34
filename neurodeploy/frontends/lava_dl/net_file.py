"""lava-dl's container: HDF5 with ``layer/INDEX/{type, shape, weight, ..., neuron/{type, ...}}``.

Source: lava-nc/lava-dl, the "HDF5 description protocol" of netx's README (2d84e17), and what
`lava.lib.dl.slayer.block.base` (0174ac5) writes. Layers are chained in the order of their index;
everything outside of ``layer`` is no part of the network.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import h5py
import numpy as np

from neurodeploy.errors import InputError
from neurodeploy.frontends.lava_dl.layer import Layer

MAX_BYTES = 1 << 29
"""Numbers a file may declare; checked before anything is allocated."""


def read_layers(path: Path) -> tuple[Layer, ...]:
    """Return the layers in the file `path`, in order.

    Links to other places and numbers kept in other files are refused, never followed.

    Raises
    ------
    InputError
        If there is no such file, or it is no readable `.net` (ND2220).
    """
    if not path.is_file():
        raise InputError("ND2220", f"{path}: no such file")
    if not h5py.is_hdf5(path):
        raise InputError("ND2220", f"{path}: not an HDF5 file, which every .net is")
    try:
        with h5py.File(path, "r") as file:
            return _layers(path, file)
    except (OSError, RuntimeError, KeyError, ValueError, TypeError) as error:
        raise InputError(
            "ND2220", f"{path}: the HDF5 content is damaged or cut off; copy or export it again"
        ) from error


def _layers(path: Path, file: h5py.File) -> tuple[Layer, ...]:
    root = file.get("layer")
    if not isinstance(root, h5py.Group) or not len(root):
        raise InputError("ND2220", f"{path}: an HDF5 file without layers, which every .net has")
    found = dict(_datasets(path, root, "layer"))
    _check_size(path, found)
    names = [str(index) for index in range(len(root))]
    missing = [name for name in names if f"layer/{name}/type" not in found]
    if missing:
        raise InputError(
            "ND2220",
            *(f"{path}: layer/{name} is absent or has no type" for name in missing),
        )
    return tuple(_layer(int(name), found) for name in names)


def _datasets(path: Path, group: h5py.Group, where: str) -> Iterator[tuple[str, h5py.Dataset]]:
    """Yield the datasets below `group`; a layer is at most two groups deep."""
    for name in group:
        here = f"{where}/{name}"
        if not isinstance(group.get(name, getlink=True), h5py.HardLink):
            raise InputError("ND2220", f"{path}: {here} is a link to another place")
        item = group[name]
        if isinstance(item, h5py.Dataset):
            if item.is_virtual or item.external:
                raise InputError("ND2220", f"{path}: {here} keeps its numbers in another file")
            yield here, item
        elif isinstance(item, h5py.Group) and here.count("/") < 3:
            yield from _datasets(path, item, here)


def _check_size(path: Path, found: dict[str, h5py.Dataset]) -> None:
    n_bytes = sum(int(item.size or 0) * item.dtype.itemsize for item in found.values())
    if n_bytes > MAX_BYTES:
        raise InputError(
            "ND2220",
            f"{path}: declares {n_bytes / 2**30:.1f} GiB of numbers, at most "
            f"{MAX_BYTES / 2**30:g} GiB are read",
        )


def _layer(index: int, found: dict[str, h5py.Dataset]) -> Layer:
    prefix = f"layer/{index}/"
    own = {key.removeprefix(prefix): item for key, item in found.items() if key.startswith(prefix)}
    neuron_type = own.get("neuron/type")
    numbers = {key: np.asarray(item[()]) for key, item in own.items() if _is_numeric(item)}
    texts = ("type", "neuron/type")
    return Layer(
        index=index,
        kind=_text(own["type"]),
        neuron_kind=None if neuron_type is None else _text(neuron_type),
        numbers=numbers,
        unreadable=tuple(key for key in own if key not in numbers and key not in texts),
    )


def _is_numeric(dataset: h5py.Dataset) -> bool:
    return dataset.dtype.kind in "fiub" and bool(dataset.size)


def _text(dataset: h5py.Dataset) -> str:
    """Return the text of a scalar or of an array of one, as lava-dl writes both."""
    value: Any = dataset[()]
    if isinstance(value, np.ndarray):
        value = value.ravel()[0] if value.size else b""
    return value.decode("ascii") if isinstance(value, bytes) else str(value)
