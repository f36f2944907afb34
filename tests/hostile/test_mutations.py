"""Damaged files end in a clear message: seeded mutations, read in a child process of 2 GB."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from neurodeploy.frontends.demo import DEMO_NETWORK

READER = Path(__file__).with_name("read_mutations.py")
SHORT, LONG = 150, 5000


@pytest.fixture(scope="module")
def originals(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    samples = tmp_path_factory.mktemp("hostile") / "x.npz"
    rng = np.random.default_rng(0)
    np.savez(samples, x=rng.random((4, 10, 6)), y=np.arange(4))
    return {"nir": DEMO_NETWORK, "npz": samples}


def outcomes(path: Path, first: int, last: int) -> dict[str, int]:
    ended = subprocess.run(
        [sys.executable, str(READER), str(path), str(first), str(last)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
    found: dict[str, int] = json.loads(ended.stdout)
    return found


@pytest.mark.parametrize("kind", ["nir", "npz"])
def test_damaged_copies_are_read_or_refused(originals: dict[str, Path], kind: str) -> None:
    found = outcomes(originals[kind], 0, SHORT)
    assert set(found) <= {"read", "refused"}
    assert sum(found.values()) == SHORT
    assert found["refused"] > SHORT // 4


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["nir", "npz"])
def test_thousands_of_damaged_copies(originals: dict[str, Path], kind: str) -> None:
    assert sum(outcomes(originals[kind], SHORT, LONG).values()) == LONG - SHORT


def test_pickled_payload_is_refused_and_never_run(tmp_path: Path) -> None:
    class Bomb:
        def __reduce__(self) -> tuple[object, tuple[str]]:
            return Path.touch, (str(tmp_path / "ran"),)  # type: ignore[return-value]

    np.savez(tmp_path / "x.npz", x=np.array([Bomb()], dtype=object))
    from neurodeploy import toolchain
    from neurodeploy.errors import InputError

    with pytest.raises(InputError, match=r"^ND2302: "):
        toolchain.read_samples(tmp_path / "x.npz")
    assert not (tmp_path / "ran").exists()
