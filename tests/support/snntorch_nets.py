"""Run snntorch networks step by step, put their weights on a grid, and compare with the Model."""

from dataclasses import dataclass
from types import MethodType

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="torch is absent; pip install 'neurodeploy[train]'")
snn = pytest.importorskip("snntorch", reason="snntorch is absent; pip install 'neurodeploy[train]'")
from torch import nn  # noqa: E402  # only once torch is known to be there

from neurodeploy.errors import InputError  # noqa: E402
from neurodeploy.frontends.snntorch import from_snntorch  # noqa: E402
from neurodeploy.model import Model  # noqa: E402

RESETS = [
    (mechanism, delay) for mechanism in ("subtract", "zero", "none") for delay in (True, False)
]
KINDS = ("Leaky", "Synaptic", "RLeaky", "RSynaptic", "Lapicque")
FORMS = ("scalar", "channel", "neuron")

NEURON_CASES = [
    (kind, mechanism, delay)
    for kind in KINDS
    for mechanism, delay in RESETS
    if delay or kind not in ("RSynaptic", "Lapicque")  # neither has an undelayed reset
]


@dataclass(frozen=True)
class Series:
    """Spikes and the membranes they were made from, (sample, step, *shape)."""

    spikes: np.ndarray
    membranes: np.ndarray


def run(network: nn.Module, x: np.ndarray, method: str = "forward") -> dict[str, Series]:
    """Run a network of neurons with hidden states; return the Series of each, by name."""
    network.eval()
    neurons = {n: m for n, m in network.named_modules() if isinstance(m, snn.SpikingNeuron)}
    seen: dict[str, list[tuple[np.ndarray, np.ndarray]]] = {name: [] for name in neurons}
    for name, module in neurons.items():
        _restart(module)
        module.fire = MethodType(_noting(type(module).fire, seen[name]), module)
    with torch.no_grad():
        for step in range(x.shape[1]):
            getattr(network, method)(torch.from_numpy(x[:, step].astype(np.float32)))
    for module in neurons.values():
        del module.fire
        _restart(module)
    return {
        name: Series(np.stack([s for s, _ in steps], 1), np.stack([m for _, m in steps], 1))
        for name, steps in seen.items()
    }


def _restart(module: nn.Module) -> None:
    for state in ("spk", "syn", "mem"):
        if hasattr(module, state):
            setattr(module, state, torch.zeros(0))


def _noting(fire, steps):  # type: ignore[no-untyped-def]
    def noted(self, mem):  # type: ignore[no-untyped-def]
        spikes = fire(self, mem)
        steps.append((spikes.numpy().copy(), mem.numpy().copy()))
        return spikes

    return noted


def simulated(model: Model, x: np.ndarray, names: list[str]) -> dict[str, np.ndarray]:
    rasters = model.simulate(x, record=names).rasters
    return {name: rasters[name] for name in names}


def assert_fires_alike(network: nn.Module, x: np.ndarray, method: str = "forward") -> Model:
    """Check that every spike of every neuron is equal, and that all kinds of answers occur."""
    expected = run(network, x, method)
    model = from_snntorch(network, x.shape[2:], method=method)
    found = simulated(model, x, list(expected))
    for name, series in expected.items():
        np.testing.assert_array_equal(found[name], series.spikes, err_msg=name)
        assert 0 < series.spikes.sum() < series.spikes.size, name
    return model


def on_grid(network: nn.Module, grid: float = 1 / 8) -> nn.Module:
    """Round all weights to a dyadic grid, so that float32 sums are exact."""
    with torch.no_grad():
        for layer in network.modules():
            if isinstance(layer, nn.Linear | nn.Conv1d | nn.Conv2d):
                for parameter in layer.parameters():
                    parameter.copy_(torch.round(4 * parameter / grid) * grid)
    return network


def spikes(shape: tuple[int, ...], n_steps: int, n_samples: int = 12) -> np.ndarray:
    rng = np.random.default_rng(3)
    return (rng.random((n_samples, n_steps, *shape)) < 0.5).astype(np.float32)


def neuron(kind: str, shape: tuple[int, ...], form: str = "scalar", **options: object) -> nn.Module:
    """Return a neuron with hidden states whose parameters are exact in binary."""
    wanted = {"scalar": (), "channel": (shape[0], *[1] * (len(shape) - 1)), "neuron": shape}[form]
    pick = torch.randint(0, 4, wanted, generator=torch.Generator().manual_seed(1))
    beta = torch.tensor([0.5, 0.0, 0.75, 1.5])[pick]  # 1.5 is clamped to 1
    alpha = torch.tensor([0.75, 0.5, 0.0, 1.0])[pick]
    threshold = torch.tensor([1.0, 0.5, 0.75, 1.25])[pick]
    options = {"threshold": threshold, "init_hidden": True, **options}
    if kind.startswith("R") and not {"V", "linear_features", "conv2d_channels"} & set(options):
        options |= recurrence(shape)
    if kind == "Lapicque":
        options.pop("reset_delay", None)
        return snn.Lapicque(**{"R": 2.0, "C": 2.0, "time_step": 1.0, **options})
    if kind in ("Leaky", "RLeaky"):
        return getattr(snn, kind)(beta=beta, **options)
    return getattr(snn, kind)(alpha=alpha, beta=beta, **options)


def recurrence(shape: tuple[int, ...]) -> dict[str, object]:
    """Return the options of a recurrence from all neurons to all of `shape`."""
    if len(shape) == 1:
        return {"linear_features": shape[0]}
    return {"conv2d_channels": shape[0], "kernel_size": 3}


def refused(module: nn.Module, shape: tuple[int, ...], method: str = "forward") -> tuple[str, ...]:
    """Return the problems with which the export of `module` is refused."""
    with pytest.raises(InputError) as caught:
        from_snntorch(module, shape, method=method)
    assert caught.value.code == "ND2201"
    return caught.value.problems
