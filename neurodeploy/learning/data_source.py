"""Training data that Python code gives: arrays, or a dataset as torchvision and tonic have them."""

from collections.abc import Callable, Sequence
from typing import Any, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from neurodeploy.errors import InputError
from neurodeploy.frontends.events import COLUMNS, events_of
from neurodeploy.frontends.named import called, named
from neurodeploy.frontends.samples import Samples, samples_of

Array = NDArray[Any]


@runtime_checkable
class Dataset(Protocol):
    """What torch calls a map-style dataset; each item is (value, label)."""

    def __len__(self) -> int:
        """Return the number of samples."""
        ...

    def __getitem__(self, index: int) -> Any:
        """Return one sample and its label."""
        ...


def data_of(spec: str, limit: int | None = None) -> Samples:
    """Return what ``package.module:function`` gives without arguments, the first `limit` samples.

    That is a pair of arrays (x, y), or a dataset of (value, label). Values are arrays, tensors or
    images, all of one shape; or events, structured arrays with the fields ``x, y, p, t``
    (microseconds).

    Raises
    ------
    InputError
        If `spec` names nothing of the kind (ND2806), or its values cannot be used (ND2303).
    """
    found = named(spec, "ND2806")
    if isinstance(found, type) or not isinstance(found, Dataset | tuple):
        found = called(spec, found, "ND2806")
    if isinstance(found, tuple) and len(found) == 2:
        return samples_of(np.asarray(found[0]), np.asarray(found[1]), spec, limit)
    if not isinstance(found, Dataset) or isinstance(found, str | tuple | dict):
        raise InputError(
            "ND2806",
            f"{spec!r} gives a {type(found).__name__}, expected arrays (x, y) or a dataset of "
            "(value, label)",
        )
    return _of_dataset(found, spec, limit)


def _of_dataset(dataset: Dataset, spec: str, limit: int | None) -> Samples:
    n_samples = len(dataset) if limit is None else min(limit, len(dataset))
    if not n_samples:
        raise InputError("ND2303", f"{spec}: the dataset is empty")
    values, labels = [], []
    for k in range(n_samples):
        item = dataset[k]
        if not isinstance(item, tuple | list) or len(item) != 2:
            raise InputError(
                "ND2806",
                f"{spec}: sample {k} is of type {type(item).__name__}, expected (value, label)",
            )
        values.append(np.asarray(item[0]))
        labels.append(int(item[1]))
    join: Callable[[Sequence[Array], Array, str], Samples]
    join = _events if values[0].dtype.names else _values
    return join(values, np.array(labels, np.int64), spec)


def _values(values: Sequence[Array], labels: Array, where: str) -> Samples:
    shapes = sorted({value.shape for value in values})
    if len(shapes) > 1:
        raise InputError(
            "ND2303",
            f"{where}: samples have the shapes {', '.join(map(str, shapes))}, expected one shape",
        )
    return samples_of(np.stack(values), labels, where)


def _events(values: Sequence[Array], labels: Array, where: str) -> Samples:
    offsets = np.cumsum([0, *map(len, values)], dtype=np.int64)
    columns = {
        name: np.concatenate([_column(events, name, where) for events in values])
        for name in COLUMNS
    }
    return events_of({**columns, "offsets": offsets, "labels": labels}, where)


def _column(events: Array, name: str, where: str) -> Array:
    if name not in (events.dtype.names or ()):
        raise InputError(
            "ND2303", f"{where}: events have no field {name}, expected {', '.join(COLUMNS)}"
        )
    return events[name]
