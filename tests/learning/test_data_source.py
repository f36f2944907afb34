"""Data that Python code gives, as torchvision and tonic shape it."""

import sys
from pathlib import Path

import numpy as np
import pytest

from neurodeploy.errors import InputError
from neurodeploy.learning.data_source import data_of

MODULE = """
import numpy as np
import torch
from PIL import Image

X = np.arange(24).reshape(4, 6) / 24
Y = np.array([0, 1, 2, 1])
EVENT = np.dtype([("t", "<i8"), ("x", "<i2"), ("y", "<i2"), ("p", "?")])


def arrays():
    return X, Y


def tensors():
    return torch.utils.data.TensorDataset(torch.from_numpy(X), torch.from_numpy(Y))


class Images:
    def __len__(self):
        return 4

    def __getitem__(self, k):
        return Image.fromarray(np.full((2, 3), 10 * k, np.uint8)), int(Y[k])


class Events:
    def __len__(self):
        return 3

    def __getitem__(self, k):
        events = np.zeros(k, EVENT)
        events["t"], events["x"] = np.arange(k), 5
        return events, k


class Ragged(Images):
    def __getitem__(self, k):
        return np.zeros(k + 1), 0


class Unlabelled(Images):
    def __getitem__(self, k):
        return np.zeros(2)


def needs(argument):
    return X, Y


NUMBER = 3
"""


@pytest.fixture
def module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "my_training_data.py").write_text(MODULE)
    monkeypatch.delitem(sys.modules, "my_training_data", raising=False)
    return "my_training_data"


@pytest.mark.parametrize("name", ["arrays", "tensors"])
def test_arrays_and_a_torch_dataset_are_the_same_data(module: str, name: str) -> None:
    samples = data_of(f"{module}:{name}")
    assert np.array_equal(samples.x, np.arange(24).reshape(4, 6) / 24)
    assert samples.y is not None
    assert samples.y.tolist() == [0, 1, 2, 1]


def test_images_become_arrays(module: str) -> None:
    samples = data_of(f"{module}:Images", limit=3)
    assert samples.x.shape == (3, 2, 3)
    assert samples.x[2, 0, 0] == 20


def test_structured_events_are_events(module: str) -> None:
    samples = data_of(f"{module}:Events")
    assert samples.offsets is not None
    assert samples.offsets.tolist() == [0, 0, 1, 3]
    assert samples.events(2).tolist() == [[5, 0, 0, 0], [5, 0, 0, 1]]


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("nothing", "ND2806: 'my_training_data:nothing': my_training_data has no 'nothing'"),
        ("NUMBER", "ND2806: 'my_training_data:NUMBER' is of type int, which cannot be called"),
        (
            "needs",
            "ND2806: 'my_training_data:needs' needs the arguments argument; name a factory "
            "without any",
        ),
        (
            "Ragged",
            "ND2303: my_training_data:Ragged: samples have the shapes (1,), (2,), (3,), (4,), "
            "expected one shape",
        ),
        (
            "Unlabelled",
            "ND2806: my_training_data:Unlabelled: sample 0 is of type ndarray, expected "
            "(value, label)",
        ),
    ],
)
def test_what_is_no_data_is_refused(module: str, name: str, message: str) -> None:
    with pytest.raises(InputError) as caught:
        data_of(f"{module}:{name}")
    assert str(caught.value) == message
