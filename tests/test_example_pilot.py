"""The pilot of mnist-8: killed after every stage, it ends with the same bytes."""

from dataclasses import replace
from pathlib import Path

import pytest
from support.piloted import content
from support.shared import folder

from examples import mnist
from examples.pilot import mnist as example
from neurodeploy.pilot.given import Files, PilotOptions
from neurodeploy.pilot.manifest import Status
from neurodeploy.pilot.run import Event, run_pilot

pytest.importorskip("torch", reason="pip install 'neurodeploy[train]'")
pytest.importorskip("onnx", reason="pip install 'neurodeploy[onnx]'")

FEW = PilotOptions(limit=200, accuracy_drop=2.0, n_steps=32, n_scaled=20, n_attacked=4)


class Killed(BaseException):
    """Nothing in a pilot catches it."""


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Files:
    monkeypatch.setattr(mnist, "DATA", folder("data") / "mnist")
    monkeypatch.setattr(example, "MODELS", folder("models"))
    monkeypatch.chdir(tmp_path)
    return example.write_files(Path())


@pytest.mark.slow
def test_mnist_8_killed_after_every_stage_ends_with_the_same_bytes(files: Files) -> None:
    whole = run_pilot(files, Path("whole"), FEW)
    assert not whole.failed
    missed = {stage.name for stage in whole.stages if stage.status is Status.NOT_TESTED}
    assert missed == {"leak"}
    for stage in whole.stages:

        def on_stage(event: Event, name: str = stage.name) -> None:
            if event.name == name and event.record is not None:
                raise Killed

        with pytest.raises(Killed):
            run_pilot(files, Path("killed"), FEW, on_stage=on_stage)
    assert run_pilot(files, Path("killed"), FEW) == whole
    assert content(Path("killed")) == content(Path("whole"))


def test_a_budget_of_another_chip_is_refused_before_the_first_stage(files: Files) -> None:
    with pytest.raises(Exception, match="is for chip loihi2, and the pilot is on loihi1"):
        run_pilot(files, Path("never"), replace(FEW, chip="loihi1"))
    assert not Path("never").exists()
