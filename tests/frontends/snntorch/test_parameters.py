"""Parameters become what snntorch computes with: clamped, in float32, learned or not."""

import numpy as np
import pytest

pytest.importorskip("snntorch", reason="snntorch is absent; pip install 'neurodeploy[train]'")
from support.snntorch_nets import (
    RESETS,
    assert_fires_alike,
    neuron,
    on_grid,
    refused,
    snn,
    spikes,
    torch,
)
from torch import nn

from neurodeploy.frontends.snntorch import from_snntorch
from neurodeploy.model import Affine, Conv2d, CubaLif, If, Lif, Scale
from neurodeploy.model.neuron import step_of
from neurodeploy.terms import Reset


def reset(kind: str, mechanism: str, delay: bool) -> Reset:
    options = {"reset_mechanism": mechanism, "reset_delay": delay}
    return from_snntorch(neuron(kind, (2,), **options), (2,)).populations[0].reset


@pytest.mark.parametrize("kind", ["Leaky", "Synaptic", "RLeaky"])
def test_the_resets_are_mapped_as_snntorch_computes_them(kind: str) -> None:
    costs_a_step = Reset.ZERO if kind == "Leaky" else Reset.ZERO_DELAYED
    assert {(m, d): reset(kind, m, d) for m, d in RESETS} == {
        ("subtract", True): Reset.SUBTRACT_DELAYED,
        ("subtract", False): Reset.SUBTRACT_LATCHED,
        ("zero", True): costs_a_step,
        ("zero", False): Reset.ZERO,
        ("none", True): Reset.NONE,
        ("none", False): Reset.NONE,
    }


@pytest.mark.parametrize("kind", ["RSynaptic", "Lapicque"])
def test_the_resets_of_neurons_with_a_delay_only_are_mapped(kind: str) -> None:
    assert [reset(kind, m, True) for m in ("subtract", "zero", "none")] == [
        Reset.SUBTRACT_DELAYED,
        Reset.ZERO_DELAYED,
        Reset.NONE,
    ]


def test_decays_become_time_constants_and_unit_gains() -> None:
    module = nn.Sequential(nn.Linear(2, 2), snn.Synaptic(alpha=0.75, beta=1.0, threshold=2.0))
    population = from_snntorch(module, (2,), dt_s=1e-3).populations[0]
    assert isinstance(population.neuron, CubaLif)
    assert population.neuron.tau_syn_s == 4e-3
    assert population.neuron.w_in == 4
    assert np.isinf(population.neuron.tau_mem_s)
    assert np.isinf(population.neuron.r)
    assert population.neuron.v_threshold == 2


@pytest.mark.parametrize("given", [0.9, torch.tensor(0.9), torch.tensor(0.9).double()])
def test_a_single_number_is_the_float32_that_torch_computes_with(given: object) -> None:
    found = from_snntorch(snn.Leaky(beta=given, threshold=given), (2,)).populations[0].neuron
    assert isinstance(found, Lif)
    assert 1 - step_of(found, 1e-4).leak_v == float(np.float32(0.9))
    assert found.v_threshold == float(np.float32(0.9))


def test_learned_parameters_are_clamped_as_snntorch_clamps_them() -> None:
    torch.manual_seed(0)
    options = {"learn_beta": True, "learn_threshold": True, "init_hidden": True}
    first = snn.Synaptic(alpha=torch.rand(6), beta=torch.rand(6), learn_alpha=True, **options)
    second = snn.RLeaky(beta=torch.rand(4), linear_features=4, learn_recurrent=True, **options)
    network = nn.Sequential(nn.Linear(5, 6), first, nn.Linear(6, 4), second)
    with torch.no_grad():
        first.alpha.copy_(torch.tensor([-0.5, 0.0, 0.25, 0.5, 1.0, 1.5]))
        first.beta.copy_(torch.tensor([1.5, 1.0, 0.5, 0.25, 0.0, -0.5]))
        second.beta.copy_(torch.tensor([-1.0, 0.5, 0.75, 2.0]))
        first.threshold.copy_(torch.tensor(0.75))
    model = assert_fires_alike(on_grid(network), spikes((5,), 8))
    leaks = step_of(model.population("1").neuron, model.dt_s)  # type: ignore[arg-type]  # a CubaLif
    assert (1 - leaks.leak_i).tolist() == [0, 0, 0.25, 0.5, 1, 1]
    assert (1 - leaks.leak_v).tolist() == [1, 1, 0.5, 0.25, 0, 0]


@pytest.mark.parametrize(
    "options",
    [
        {"beta": 0.9},
        {"beta": 0.2},
        {"R": 5.0, "C": 0.5},
        {"R": 5, "C": 2, "time_step": 3},
        {"beta": 0.7, "R": 3.0},
        {"beta": 0.7, "C": 3.0},
        {"beta": torch.tensor([0.8]), "learn_beta": True},
    ],
)
@pytest.mark.parametrize("mechanism", ["subtract", "zero", "none"])
def test_lapicque_is_its_resistance_and_capacitance(
    mechanism: str, options: dict[str, object]
) -> None:
    """Given beta alone, the leak factor is ``1 + ln(beta)``, and what beta learns is not read."""
    torch.manual_seed(0)
    module = snn.Lapicque(reset_mechanism=mechanism, init_hidden=True, **options)
    if options.get("learn_beta"):
        with torch.no_grad():
            module.beta.fill_(0.1)
    model = assert_fires_alike(nn.Sequential(nn.Linear(6, 40), module), spikes((6,), 40))
    neuron = model.populations[0].neuron
    assert isinstance(neuron, Lif)
    if list(options) == ["beta"]:
        expected = 1 + np.log(options["beta"])
        assert 1 - step_of(neuron, model.dt_s).leak_v == pytest.approx(expected, abs=1e-6)


def test_lapicque_without_a_leak_integrates() -> None:
    torch.manual_seed(0)
    module = snn.Lapicque(R=1e9, C=2.0, init_hidden=True)
    model = assert_fires_alike(nn.Sequential(nn.Linear(6, 40), module), spikes((6,), 40))
    assert isinstance(model.populations[0].neuron, If)


def test_lapicque_that_takes_in_nothing_is_refused() -> None:
    assert refused(snn.Lapicque(beta=1.0), (3,)) == (
        "module '0' (Lapicque) takes in 0 of its input with R 1 and C inf; give an R and a C that "
        "are positive and finite (beta=1 has an infinite C, beta>1 a negative one)",
    )


def test_a_recurrence_is_a_projection_to_itself_one_step_later() -> None:
    one_to_one = snn.RSynaptic(alpha=0.5, beta=0.5, all_to_all=False, V=torch.ones(4))
    cases = {
        Affine: (snn.RLeaky(beta=0.5, linear_features=4), (4,)),
        Conv2d: (snn.RLeaky(beta=0.5, conv2d_channels=2, kernel_size=(3, 5)), (2, 6, 6)),
        Scale: (one_to_one, (4,)),
    }
    for kind, (module, shape) in cases.items():
        _, back = from_snntorch(nn.Sequential(nn.Identity(), module), shape).projections
        assert (back.name, back.sources, back.target) == ("1.recurrent", ("1",), "1")
        assert back.delay_steps == 1
        assert [type(entry) for entry in back.chain] == [kind]


def test_a_recurrence_that_does_not_lead_back_is_refused() -> None:
    module = nn.Sequential(
        nn.Identity(),
        snn.RLeaky(beta=0.5, conv2d_channels=2, kernel_size=2),
        snn.RLeaky(beta=0.5, linear_features=5),
    )
    assert refused(module, (2, 6, 6)) == (
        "module '1' (RLeaky) recurrent gives (2, 7, 7) back to neurons of shape (2, 6, 6)",
    )
    assert refused(module[2], (4,)) == (
        "module '0' (RLeaky) recurrent does not fit: weights (5, 5) do not take an input of shape "
        "(4,)",
    )
