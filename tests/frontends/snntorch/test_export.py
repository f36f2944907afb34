"""Exported networks: written as .nir, read again, compiled and run."""

from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("snntorch", reason="snntorch is absent; pip install 'neurodeploy[train]'")
import nir
import torch
from support.cli import run_cli
from support.deploy import assert_equals_reference, deployed, run, stimulus_of
from support.snntorch_nets import FORMS, NEURON_CASES, neuron, on_grid, snn, spikes
from support.snntorch_zoo import Forks, Joined, Residual, ResNet, Shared
from torch import nn

from neurodeploy.frontends.snntorch import from_snntorch
from neurodeploy.model import Model
from neurodeploy.model.nir_file import Conventions, read_nir, write_nir
from neurodeploy.passes import FoldBatchNorm, MaxAsThreshold


@pytest.fixture(autouse=True)
def _seed() -> None:
    torch.manual_seed(0)


def documented() -> nn.Module:
    """Return the example of snntorch's documentation, its scalar betas as they are."""
    return nn.Sequential(
        nn.Flatten(),
        nn.Linear(784, 500),
        snn.Leaky(beta=0.9, init_hidden=True),
        nn.Linear(500, 10),
        snn.Leaky(beta=0.9, init_hidden=True, output=True),
    )


def convolutional() -> nn.Module:
    return nn.Sequential(
        nn.Conv2d(2, 4, 3, padding=1),
        neuron("Synaptic", (4, 8, 8)),
        nn.AvgPool2d(3, 2, padding=1),
        nn.Flatten(),
        nn.Linear(64, 10),
        neuron("RLeaky", (10,)),
    )


def sequence() -> nn.Module:
    return nn.Sequential(
        nn.Conv1d(2, 4, 3, stride=2),
        nn.BatchNorm1d(4),
        neuron("Lapicque", (4, 9)),
        nn.Flatten(),
        nn.Linear(36, 5),
        neuron("RSynaptic", (5,), all_to_all=False, V=0.5),
    )


FILES = {
    "documented": (documented, (1, 28, 28)),
    "convolutional": (convolutional, (2, 8, 8)),
    "sequence": (sequence, (2, 20)),
    "residual": (Residual, (5,)),
    "shared": (Shared, (6,)),
    "forks": (Forks, (2, 6, 6)),
    "resnet": (ResNet, (2, 9, 9)),
}
NETWORKS = {**FILES, "joined": (Joined, (1, 6, 6))}


def exported(name: str) -> tuple[Model, np.ndarray]:
    make, shape = NETWORKS[name]
    model = FoldBatchNorm()(from_snntorch(on_grid(make()), shape))
    return model, spikes(shape, 20, n_samples=3)


def assert_simulates_alike(model: Model, other: Model, x: np.ndarray) -> None:
    names = [population.name for population in model.populations]
    expected, found = model.simulate(x, record=names), other.simulate(x, record=names)
    for name in names:
        np.testing.assert_array_equal(found.rasters[name], expected.rasters[name])
        np.testing.assert_array_equal(found.voltages[name], expected.voltages[name])


@pytest.mark.parametrize("name", FILES)
def test_a_file_says_the_same_as_the_network(name: str, tmp_path: Path) -> None:
    model, x = exported(name)
    written = MaxAsThreshold()(model)
    write_nir(written, tmp_path / "model.nir")
    nir.read(tmp_path / "model.nir")
    again, assumed = read_nir(tmp_path / "model.nir", Conventions())
    assert assumed == ()
    assert_simulates_alike(written, again, x)
    for each, readout in model.simulate(x).readouts.items():
        np.testing.assert_array_equal(again.simulate(x).readouts[each], readout)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(("kind", "mechanism", "delay"), NEURON_CASES)
def test_a_file_keeps_every_neuron_and_reset(
    kind: str, mechanism: str, delay: bool, form: str, tmp_path: Path
) -> None:
    options = {"reset_mechanism": mechanism, "reset_delay": delay}
    network = nn.Sequential(nn.Conv2d(1, 2, 3), neuron(kind, (2, 4, 4), form, **options))
    model = from_snntorch(network, (1, 6, 6))
    write_nir(model, tmp_path / "model.nir")
    again, _ = read_nir(tmp_path / "model.nir", Conventions())
    assert again.digest == model.digest
    assert_simulates_alike(model, again, spikes((1, 6, 6), 20))


@pytest.mark.parametrize("name", NETWORKS)
def test_an_export_compiles_and_runs_on_cpu_emu(name: str) -> None:
    model, x = exported(name)
    deployment = deployed(model)
    stimulus = stimulus_of(deployment, x)
    found = run(deployment, stimulus)
    if name != "documented":  # the reference is slow, and a dense network is nothing new to it
        assert_equals_reference(deployment.program, stimulus, found)
    names = [p.name for p in model.populations if p.name in found.rasters]
    expected = model.simulate(x, record=names)
    for each in names:
        lag = deployment.program.population(each).t_start
        raster = found.rasters[each][:, lag : lag + x.shape[1]]
        assert (
            raster.reshape(expected.rasters[each].shape) != expected.rasters[each]
        ).mean() < 0.15


def test_the_command_exports_one_step_of_a_network_with_its_weights(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "step_nets.py").write_text(
        "import snntorch as snn, torch\n"
        "from torch import nn\n"
        "class Net(nn.Module):\n"
        "    def __init__(self):\n"
        "        super().__init__()\n"
        "        self.fc, self.lif = nn.Linear(3, 2), snn.Leaky(beta=0.5)\n"
        "    def one(self, x, mem):\n"
        "        return self.lif(self.fc(x), mem)\n"
        "    def forward(self, x):\n"
        "        return [self.one(frame, None) for frame in x]\n"
    )
    network = nn.Module()
    network.fc, network.lif = nn.Linear(3, 2), snn.Leaky(beta=0.75)
    torch.save(network.state_dict(), tmp_path / "weights.pt")
    options = ("--input-shape", "3", "--weights", "weights.pt", "--step-method", "one")
    monkeypatch.chdir(tmp_path)
    result = run_cli("export", "step_nets:Net", *options, "-o", "net.nir")
    assert result.code == 0, result.err
    model, _ = read_nir(tmp_path / "net.nir", Conventions())
    assert model.digest == from_snntorch(_with(network), (3,)).digest


def _with(network: nn.Module) -> nn.Module:
    class Net(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.fc, self.lif = network.fc, network.lif

        def forward(self, x, mem):  # type: ignore[no-untyped-def]
            return self.lif(self.fc(x), mem)

    return Net()
