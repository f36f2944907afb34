"""A Program without a Model is placed, saved, run and reported like any other."""

from pathlib import Path

import numpy as np
import pytest
from support import shared
from support.deploy import assert_equals_reference, run

from neurodeploy import toolchain
from neurodeploy.deployment.deployment import Deployment
from neurodeploy.deployment.host import InputCoding
from neurodeploy.frontends.lava_dl import from_lava_dl, input_transform
from neurodeploy.frontends.samples import Encoding, samples_of
from neurodeploy.hardware.toml_file import load_chip
from neurodeploy.hardware.violations import range_violations
from neurodeploy.placement.place import place
from neurodeploy.target import Stimulus
from neurodeploy_cpu_emu.target import TARGET


def net(name: str) -> Path:
    return shared.folder("models") / "lavadl_net" / f"{name}.net"


def deployed(name: str, chip: str) -> Deployment:
    program, hardware = from_lava_dl(net(name)), load_chip(chip)
    assert not range_violations(program, hardware)
    assert not TARGET.violations(program, hardware)
    return Deployment(
        target="cpu-emu",
        program=program,
        hardware=hardware,
        placement=place(program, hardware),
        coding=InputCoding.GRADED if program.inputs[0].graded else InputCoding.ENCODED,
        history=(f"read from {name}.net",),
    )


def stimulus(name: str, deployment: Deployment) -> Stimulus:
    rng = np.random.default_rng(0)
    transform = input_transform(net(name))
    if transform is None:
        spikes = (rng.random((3, 30, 200)) < 0.01).astype(np.uint8)
        return toolchain.stimulus_of(deployment, samples_of(spikes, None, "spikes"))
    currents = transform.apply(rng.random((3, 3, 16, 16)))
    encoding = Encoding(coder="direct", n_steps=16)
    return toolchain.stimulus_of(deployment, samples_of(currents, None, "images"), encoding)


@pytest.mark.parametrize("chip", ["loihi1", "loihi2", "ideal"])
@pytest.mark.parametrize("name", ["tiny", "oxford"])
def test_it_runs_as_the_reference_says(name: str, chip: str) -> None:
    deployment = deployed(name, chip)
    given = stimulus(name, deployment)
    assert_equals_reference(deployment.program, given, run(deployment, given))


@pytest.mark.parametrize("name", ["tiny", "oxford"])
def test_its_report_counts_and_costs(name: str) -> None:
    deployment = deployed(name, "loihi2")
    report = toolchain.profile(deployment, stimulus(name, deployment))
    assert [layer.name for layer in report.layers] == [
        p.name for p in deployment.program.populations
    ]
    for metric in ("spikes", "synops_effective", "energy_total_j", "latency_s"):
        value = report.metrics[metric].value
        assert value is not None
        assert value > 0


def test_it_is_saved_and_loaded(tmp_path: Path) -> None:
    deployment = deployed("tiny", "loihi2")
    toolchain.save(deployment, tmp_path / "tiny")
    loaded = toolchain.load_deployment(tmp_path / "tiny")
    assert loaded.model is None
    assert loaded.digest == deployment.digest
    given = stimulus("tiny", deployment)
    assert toolchain.run(loaded, given).digest == toolchain.run(deployment, given).digest
    assert not (tmp_path / "tiny" / "model.nir").exists()
