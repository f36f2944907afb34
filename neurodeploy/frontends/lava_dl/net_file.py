"""lava-dl's container: HDF5 with ``layer/INDEX/{type, shape, weight, ..., neuron/{type, ...}}``.

Source: lava-nc/lava-dl, the "HDF5 description protocol" of netx's README (2d84e17), and what
`lava.lib.dl.slayer.block.base` (0174ac5) writes. Layers are chained in the order of their index;
everything outside of ``layer`` is no part of the network.
"""

from pathlib import Path
from typing import Any, TypeGuard

from numpy.typing import NDArray

from neurodeploy.errors import InputError
from neurodeploy.frontends.lava_dl.layer import Layer
from neurodeploy.storage.hdf5 import Group, Value, one_text, read_hdf5

MAX_BYTES = 1 << 29
"""Numbers a file may declare; checked before anything is allocated."""


def read_layers(path: Path) -> tuple[Layer, ...]:
    """Return the layers in the file `path`, in order.

    Raises
    ------
    InputError
        If there is no such file, or it is no readable `.net` (ND2220).
    """
    root = read_hdf5(path, "layer", code="ND2220", suffix=".net", max_bytes=MAX_BYTES)
    if root is None or not root.members:
        raise InputError("ND2220", f"{path}: an HDF5 file without layers, which every .net has")
    names = [str(index) for index in range(len(root.members))]
    layers = {name: group for name in names if (group := root.group(name)) is not None}
    missing = [name for name in names if name not in layers or layers[name].text("type") is None]
    if missing:
        raise InputError(
            "ND2220", *(f"{path}: layer/{name} is absent or has no type" for name in missing)
        )
    return tuple(_layer(int(name), group) for name, group in layers.items())


def _layer(index: int, group: Group) -> Layer:
    fields = group.values() | _nested(group)
    numbers = {key: value for key, value in fields.items() if _is_numeric(value)}
    texts = ("type", "neuron/type")
    return Layer(
        index=index,
        kind=group.text("type") or "",
        neuron_kind=one_text(fields.get("neuron/type")),
        numbers=numbers,
        unreadable=tuple(key for key in fields if key not in numbers and key not in texts),
    )


def _nested(group: Group) -> dict[str, Value]:
    """Return the fields of the groups of a layer, of which the neuron is one."""
    return {
        f"{name}/{key}": value
        for name, inner in group.members.items()
        if isinstance(inner, Group)
        for key, value in inner.values().items()
    }


def _is_numeric(value: Value) -> TypeGuard[NDArray[Any]]:
    return value is not None and value.dtype.kind in "fiub" and bool(value.size)
