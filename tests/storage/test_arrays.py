"""`.npz` files hold arrays and nothing else."""

import zipfile
from pathlib import Path

import numpy as np
import pytest

from neurodeploy.errors import InputError
from neurodeploy.storage.arrays import read_npz


def test_an_entry_that_is_no_array_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.npz"
    np.savez(path, x=np.zeros(3))
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("notes.txt", "hello")
        archive.writestr("y.npy", "no array")
    with pytest.raises(InputError) as caught:
        read_npz(path)
    assert caught.value.problems == tuple(
        f"{path}: {name} is no array; write it with numpy.savez" for name in ("notes.txt", "y")
    )
