"""NIRData that nir writes is read, and what it leaves open is asked for."""

from pathlib import Path

import h5py
import nir
import numpy as np
import pytest

from neurodeploy.errors import InputError
from neurodeploy.frontends.nir_data import read_nir_data
from neurodeploy.frontends.sample_files import read_samples
from neurodeploy.frontends.samples import series_of

DT_S = 1e-3
GRID = (np.random.default_rng(0).random((4, 30, 5)) < 0.3).astype(bool)


def written(path: Path, **observables: object) -> Path:
    nodes = {"input": nir.NIRNodeData(observables)}
    nir.write_data(path, nir.NIRGraphData(nodes))
    return path


def grid() -> nir.TimeGriddedData:
    return nir.TimeGriddedData(GRID, DT_S)


def refusal(path: Path, observable: str | None = None, step_us: int | None = None) -> list[str]:
    with pytest.raises(InputError) as caught:
        read_nir_data(path, observable, step_us)
    assert caught.value.code == "ND2330"
    return [line.removeprefix(f"{path}: ") for line in caught.value.problems]


@pytest.mark.parametrize("dtype", [bool, np.float32, np.int8])
def test_a_grid_is_read_as_nir_reads_it(tmp_path: Path, dtype: type) -> None:
    path = written(tmp_path / "d.h5", spikes=nir.TimeGriddedData(GRID.astype(dtype), DT_S))
    samples = read_samples(path)
    x, coder = series_of(samples, (5,), None)
    np.testing.assert_array_equal(x, nir.read_data(path).nodes["input"].observables["spikes"].data)
    assert x.dtype == dtype
    assert coder == "as given, 30 steps, input/spikes in steps of 0.001 s"


def test_events_are_counted_by_step(tmp_path: Path) -> None:
    """Exactly the grid they come from; nir 1.0.8 itself puts 0.029 s into step 28."""
    path = written(tmp_path / "d.h5", spikes=grid().to_event(100))
    counts, note = read_nir_data(path, None, 1000)
    np.testing.assert_array_equal(counts, GRID)
    assert note == "input/spikes, events in steps of 1000 us"
    twice, _ = read_nir_data(path, None, 2000)
    np.testing.assert_array_equal(twice, GRID[:, ::2].astype(int) + GRID[:, 1::2])


def test_events_with_values_are_summed(tmp_path: Path) -> None:
    events = nir.ValuedEventData(
        idx=np.array([[0, 1, 1, -1]]),
        time=np.array([[0.0, 0.0011, 0.0019, np.inf]]),
        n_neurons=2,
        t_max=0.003,
        value=np.array([[2.0, 0.5, 0.25, 9.0]]),
    )
    values, _ = read_nir_data(written(tmp_path / "d.h5", u=events), None, 1000)
    assert values.tolist() == [[[2.0, 0.0], [0.0, 0.75], [0.0, 0.0]]]


def test_one_of_several_is_chosen(tmp_path: Path) -> None:
    path = written(tmp_path / "d.h5", spikes=grid(), v=nir.TimeGriddedData(GRID * 0.5, DT_S))
    assert refusal(path) == [
        "holds input/spikes, input/v; choose one with --observable NODE/OBSERVABLE"
    ]
    assert refusal(path, "input/u") == [
        "--observable is 'input/u', the file holds input/spikes, input/v"
    ]
    np.testing.assert_array_equal(read_nir_data(path, "input/v", None)[0], GRID * 0.5)


def test_what_is_left_open_or_said_twice_is_refused(tmp_path: Path) -> None:
    path = written(tmp_path / "d.h5", spikes=grid().to_event(100))
    assert refusal(path) == [
        "input/spikes: holds events in time; say how long a step is: --step-us 1000"
    ]
    path = written(tmp_path / "g.h5", spikes=grid())
    assert refusal(path, None, 1000) == [
        "input/spikes: has steps of 0.001 s of its own; leave out --step-us"
    ]


def test_events_outside_are_refused(tmp_path: Path) -> None:
    events = nir.EventData(
        idx=np.array([[0, 7, 1, 1]]),
        time=np.array([[0.0, 0.001, 0.003, -0.1]]),
        n_neurons=2,
        t_max=0.003,
    )
    assert refusal(written(tmp_path / "d.h5", spikes=events), None, 1000) == [
        "input/spikes: 1 of 4 events have idx outside of 0..1, such as 7",
        "input/spikes: 2 of 4 events have a time outside of the recording of 3 steps, such as "
        "0.003 s",
    ]


def test_an_endless_recording_is_refused_before_it_is_made(tmp_path: Path) -> None:
    events = nir.EventData(np.array([[0]]), np.array([[0.0]]), n_neurons=2, t_max=1e9)
    assert refusal(written(tmp_path / "d.h5", spikes=events), None, 1) == [
        "input/spikes: 1 samples of 2 neurons for 1e+09 s would be 1e+15 steps of 1 us; take "
        "longer steps"
    ]


def test_a_network_is_no_stimulus(tmp_path: Path) -> None:
    path = tmp_path / "m.nir"
    with h5py.File(path, "w") as file:
        file["node/type"] = "NIRGraph"
    assert refusal(path) == [
        "an HDF5 file without NIRData (attribute __type__ NIRGraphData); a network is given as "
        "PATH, its stimulus as --data"
    ]


@pytest.mark.parametrize(
    ("name", "value", "problem"),
    [
        ("dt", None, "has no attribute dt, which must be one number"),
        ("dt", np.nan, "dt is nan, expected a positive number"),
        (
            "__type__",
            "Movie",
            "is Movie, allowed are TimeGriddedData, EventData and ValuedEventData",
        ),
        (
            "dimension_order",
            "tbn",
            "has an order of axes of its own (dimension_order), which nir "
            "1.0.8 does not define; write it with nir 1.0.8",
        ),
    ],
)
def test_malformed_attributes_are_refused(
    tmp_path: Path, name: str, value: object, problem: str
) -> None:
    path = written(tmp_path / "d.h5", spikes=grid())
    with h5py.File(path, "r+") as file:
        attributes = file["nodes/input/observables/spikes"].attrs
        if name in attributes:
            del attributes[name]
        if value is not None:
            attributes[name] = value
    separator = " " if name == "__type__" else ": "
    assert refusal(path) == [f"input/spikes{separator}{problem}"]


def test_another_rank_is_refused(tmp_path: Path) -> None:
    path = written(tmp_path / "d.h5", spikes=grid())
    with h5py.File(path, "r+") as file:
        del file["nodes/input/observables/spikes/data"]
        file["nodes/input/observables/spikes/data"] = GRID[0]
    assert refusal(path) == [
        "input/spikes: data has shape (30, 5), expected (sample, step, neuron)"
    ]
