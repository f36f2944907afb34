"""NIRData, the observables of a network, as `write_data` of nir 1.0.8 writes them to HDF5.

Every group says its kind in the attribute ``__type__``: a NIRGraphData has ``nodes``, a
NIRNodeData ``observables``, a TimeGriddedData ``data`` (sample, step, neuron) and ``dt``, an
EventData ``idx`` and ``time`` (sample, event; -1 is no event), ``n_neurons`` and ``t_max``, a
ValuedEventData ``value`` besides. Times are in seconds.
"""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from neurodeploy.errors import InputError
from neurodeploy.storage.hdf5 import MAX_BYTES, Group, one_text, read_hdf5

CODE = "ND2330"
TOLERANCE = 1e-6
"""Of a step: times this close below a step's start belong to it, as 0.029 / 0.001 is 28.99..."""

Floats = NDArray[np.float64]


def read_nir_data(
    path: Path, observable: str | None, step_us: int | None
) -> tuple[NDArray[np.generic], str]:
    """Return one observable as (sample, step, neuron) and what is to be said of it.

    Events are counted by step, those with values summed.

    Parameters
    ----------
    observable : ``NODE/OBSERVABLE``; None if there is one only.
    step_us : length of a step in microseconds, for events; a grid has its own.

    Raises
    ------
    InputError
        If the file cannot be read, or the observable is not found or not usable (ND2330).
    """
    root = read_hdf5(path, "/", code=CODE, suffix="NIRData file")
    if root is None or _kind(root) != "NIRGraphData":
        raise InputError(
            CODE,
            f"{path}: an HDF5 file without NIRData (attribute __type__ NIRGraphData); a network "
            "is given as PATH, its stimulus as --data",
        )
    found = _observables(root, "")
    name = _chosen(path, found, observable)
    where = f"{path}: {name}"
    match _kind(found[name]):
        case "TimeGriddedData":
            return _grid(found[name], where, name, step_us)
        case "EventData" | "ValuedEventData":
            return _from_events(found[name], where, name, step_us)
        case unknown:
            raise InputError(
                CODE,
                f"{where} is {unknown or 'of no type'}, allowed are TimeGriddedData, EventData "
                "and ValuedEventData",
            )


def _kind(group: Group) -> str | None:
    return one_text(group.attributes.get("__type__"))


def _observables(graph: Group, before: str) -> dict[str, Group]:
    """Return the observables of a graph and the graphs in it by ``NODE/OBSERVABLE``."""
    found: dict[str, Group] = {}
    nodes = graph.group("nodes")
    for node, content in ({} if nodes is None else nodes.members).items():
        if not isinstance(content, Group):
            continue
        observables = content.group("observables")
        for name, item in ({} if observables is None else observables.members).items():
            if isinstance(item, Group):
                found[f"{before}{node}/{name}"] = item
        found |= _observables(content, f"{before}{node}/")
    return found


def _chosen(path: Path, found: dict[str, Group], observable: str | None) -> str:
    names = ", ".join(found) or "nothing"
    if observable is None and len(found) == 1:
        return next(iter(found))
    if observable is None:
        raise InputError(
            CODE, f"{path}: holds {names}; choose one with --observable NODE/OBSERVABLE"
        )
    if observable not in found:
        raise InputError(CODE, f"{path}: --observable is {observable!r}, the file holds {names}")
    return observable


def _grid(
    group: Group, where: str, name: str, step_us: int | None
) -> tuple[NDArray[np.generic], str]:
    data, dt_s = group.values().get("data"), _number(group, "dt", where)
    if data is None or data.ndim != 3:
        found = "nothing readable" if data is None else f"shape {data.shape}"
        raise InputError(CODE, f"{where}: data has {found}, expected (sample, step, neuron)")
    if "dimension_order" in group.attributes:
        raise InputError(
            CODE,
            f"{where}: has an order of axes of its own (dimension_order), which nir 1.0.8 does not "
            "define; write it with nir 1.0.8",
        )
    if step_us is not None:
        raise InputError(CODE, f"{where}: has steps of {dt_s:g} s of its own; leave out --step-us")
    return data, f"{name} in steps of {dt_s:g} s"


def _from_events(
    group: Group, where: str, name: str, step_us: int | None
) -> tuple[NDArray[np.generic], str]:
    if step_us is None:
        raise InputError(
            CODE, f"{where}: holds events in time; say how long a step is: --step-us 1000"
        )
    n_neurons, t_max_s = int(_number(group, "n_neurons", where)), _number(group, "t_max", where)
    columns = {k: group.values().get(k) for k in ("idx", "time")}
    if _kind(group) == "ValuedEventData":
        columns["value"] = group.values().get("value")
    given = {
        k: v.astype(np.float64)
        for k, v in columns.items()
        if v is not None and v.dtype.kind in "biuf"
    }
    shapes = {k: v.shape for k, v in given.items()}
    if len(given) < len(columns) or len(set(shapes.values())) > 1 or given["idx"].ndim != 2:
        raise InputError(
            CODE, f"{where}: has {shapes}, expected {', '.join(columns)} of one (sample, event)"
        )
    n_samples, steps = len(given["idx"]), float(np.ceil(_steps(np.asarray(t_max_s), step_us)))
    if not 0 < steps * n_neurons * max(n_samples, 1) <= MAX_BYTES // 8:
        raise InputError(
            CODE,
            f"{where}: {n_samples} samples of {n_neurons} neurons for {t_max_s:g} s would be "
            f"{steps:g} steps of {step_us} us; take longer steps",
        )
    n_steps = int(steps)
    shape = (n_samples, n_steps, n_neurons)
    sample, event = np.nonzero(given["idx"] != -1)
    neuron, time_s = given["idx"][sample, event], given["time"][sample, event]
    step = np.floor(_steps(time_s, step_us))
    _check(where, neuron, time_s, step, n_neurons, n_steps)
    value = given["value"][sample, event] if "value" in given else np.ones(len(sample))
    grid = np.zeros(shape)
    np.add.at(grid, (sample, step.astype(np.int64), neuron.astype(np.int64)), value)
    counts = grid if "value" in given else grid.astype(np.int32)
    return counts, f"{name}, events in steps of {step_us} us"


def _steps(time_s: Floats, step_us: int) -> Floats:
    """Return times in steps, whole where they are so but for rounding."""
    with np.errstate(over="ignore"):
        steps = time_s * 1e6 / step_us
    nearest = np.rint(steps)
    with np.errstate(invalid="ignore"):  # infinite and NaN times stay so, outside of any recording
        return np.where(np.abs(steps - nearest) < TOLERANCE, nearest, steps)


def _check(
    where: str, neuron: Floats, time_s: Floats, step: Floats, n_neurons: int, n_steps: int
) -> None:
    problems = []
    wrong = neuron[~((neuron >= 0) & (neuron < n_neurons) & (neuron == np.floor(neuron)))]
    if wrong.size:
        problems.append(
            f"{where}: {wrong.size} of {neuron.size} events have idx outside of "
            f"0..{n_neurons - 1}, such as {wrong[0]:g}"
        )
    late = time_s[~((step >= 0) & (step < n_steps))]
    if late.size:
        problems.append(
            f"{where}: {late.size} of {time_s.size} events have a time outside of the recording "
            f"of {n_steps} steps, such as {late[0]:g} s"
        )
    if problems:
        raise InputError(CODE, *problems)


def _number(group: Group, name: str, where: str) -> float:
    value = group.attributes.get(name)
    if value is None or value.dtype.kind not in "fiu" or value.size != 1:
        raise InputError(CODE, f"{where}: has no attribute {name}, which must be one number")
    number = float(value.ravel()[0])
    if not (np.isfinite(number) and number > 0):
        raise InputError(CODE, f"{where}: {name} is {number:g}, expected a positive number")
    return number
