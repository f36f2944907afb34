"""The Model fires where snntorch does, for every neuron, reset and shape of its parameters."""

import numpy as np
import pytest

pytest.importorskip("snntorch", reason="snntorch is absent; pip install 'neurodeploy[train]'")
from support.snntorch_nets import (
    FORMS,
    NEURON_CASES,
    assert_fires_alike,
    neuron,
    on_grid,
    run,
    simulated,
    snn,
    spikes,
    torch,
)
from torch import nn

from neurodeploy.frontends.snntorch import from_snntorch


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(("kind", "mechanism", "delay"), NEURON_CASES)
def test_dense_networks_fire_exactly_alike(
    kind: str, mechanism: str, delay: bool, form: str
) -> None:
    torch.manual_seed(0)
    options = {"reset_mechanism": mechanism, "reset_delay": delay}
    network = nn.Sequential(
        nn.Linear(7, 9),
        neuron(kind, (9,), form, **options),
        nn.Linear(9, 5, bias=False),
        neuron(kind, (5,), form, **options),
    )
    assert_fires_alike(on_grid(network), spikes((7,), 6))  # so few steps that float32 is exact


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(("kind", "mechanism", "delay"), NEURON_CASES)
def test_convolutional_networks_fire_exactly_alike(
    kind: str, mechanism: str, delay: bool, form: str
) -> None:
    torch.manual_seed(1)
    options = {"reset_mechanism": mechanism, "reset_delay": delay}
    network = nn.Sequential(
        nn.Conv2d(2, 4, (3, 2), stride=(1, 2), padding=(1, 0), dilation=(2, 1), groups=2),
        neuron(kind, (4, 6, 4), form, **options),
        nn.AvgPool2d(2, padding=1),
        nn.Dropout(0.5),
        nn.Flatten(),
        nn.Linear(48, 5),
        neuron(kind, (5,), form, **options),
    )
    assert_fires_alike(on_grid(network), spikes((2, 8, 8), 6))


@pytest.mark.parametrize("shape", [(), (1,), (6,), (1, 6)])
@pytest.mark.parametrize(
    ("kind", "mechanism", "delay"), [case for case in NEURON_CASES if case[0].startswith("R")]
)
def test_one_to_one_recurrence_fires_exactly_alike(
    kind: str, mechanism: str, delay: bool, shape: tuple[int, ...]
) -> None:
    torch.manual_seed(2)
    weights = torch.round(8 * torch.randn(shape)) / 8
    options = {"all_to_all": False, "V": weights, "reset_mechanism": mechanism}
    network = nn.Sequential(nn.Linear(7, 6), neuron(kind, (6,), reset_delay=delay, **options))
    assert_fires_alike(on_grid(network), spikes((7,), 6))


@pytest.mark.parametrize(("kind", "mechanism", "delay"), NEURON_CASES)
def test_random_weights_part_only_at_the_threshold(kind: str, mechanism: str, delay: bool) -> None:
    """float32 and float64 may differ where the membrane meets its threshold, and only there."""
    torch.manual_seed(2)
    options = {"reset_mechanism": mechanism, "reset_delay": delay, "threshold": 0.7}
    decays = {"Leaky": {"beta": 0.93}, "RLeaky": {"beta": 0.93}, "Lapicque": {"R": 1.3, "C": 7.7}}
    options |= decays.get(kind, {"alpha": 0.81, "beta": 0.93})
    if kind == "Lapicque":
        options.pop("reset_delay")
    if kind.startswith("R"):
        options["linear_features"] = 200
    network = nn.Sequential(nn.Linear(20, 200), getattr(snn, kind)(init_hidden=True, **options))
    x = spikes((20,), 60, n_samples=20)
    expected = run(network, x)["1"]
    found = simulated(from_snntorch(network, (20,)), x, ["1"])["1"]
    n_parted = 0
    for sample in range(len(x)):
        parted = np.flatnonzero((found[sample] != expected.spikes[sample]).any(axis=1))
        if parted.size:
            first = (sample, parted[0])
            different = found[first] != expected.spikes[first]
            assert np.all(np.abs(expected.membranes[first][different] - np.float32(0.7)) < 1e-5)
            n_parted += 1
    assert n_parted <= 2
