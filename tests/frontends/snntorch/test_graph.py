"""Sums, forks, pools and reshapes of a traced step are kept, and fire as snntorch does."""

import numpy as np
import pytest

pytest.importorskip("snntorch", reason="snntorch is absent; pip install 'neurodeploy[train]'")
from support.snntorch_nets import (
    assert_fires_alike,
    neuron,
    on_grid,
    run,
    simulated,
    snn,
    spikes,
    torch,
)
from support.snntorch_zoo import Forks, Joined, Residual, ResNet, Shared, leaky
from torch import nn
from torch.nn import functional

from neurodeploy.frontends.snntorch import from_snntorch
from neurodeploy.model import (
    Affine,
    AvgPool2d,
    BatchNorm,
    Conv1d,
    Conv2d,
    CubaLif,
    Flatten,
    Lif,
    Linear,
    Max,
    Model,
    Output,
    Relu,
    Scale,
    Shift,
)
from neurodeploy.passes import FoldBatchNorm
from neurodeploy.terms import Readout


@pytest.fixture(autouse=True)
def _seed() -> None:
    torch.manual_seed(0)


def ways(model: Model) -> list[tuple[str, tuple[str, ...], str]]:
    return [(p.name, p.sources, p.target) for p in model.projections]


def test_residual_sums_are_projections_to_one_population() -> None:
    model = assert_fires_alike(on_grid(Residual()), spikes((5,), 8))
    assert ways(model) == [
        ("fc0", ("input",), "lif0"),
        ("fc1", ("lif0",), "lif1"),
        ("lif0->lif1", ("lif0",), "lif1"),
        ("fc2", ("lif0", "lif1"), "lif2"),
        ("lif1->lif2", ("lif1",), "lif2"),
        ("fc3", ("lif2",), "lif3"),
        ("fc4", ("input",), "lif3"),
    ]


def test_blocks_with_a_shortcut_are_traced_into() -> None:
    model = assert_fires_alike(on_grid(ResNet()), spikes((2, 9, 9), 8))
    assert [p.name for p in model.populations] == [
        "lif",
        "pool",
        "layers.0.lif1",
        "layers.0.lif2",
        "layers.1.lif1",
        "layers.1.lif2",
        "out",
    ]
    assert ways(model)[3:5] == [
        ("layers.0.conv2", ("layers.0.lif1",), "layers.0.lif2"),
        ("pool->layers.0.lif2", ("pool",), "layers.0.lif2"),
    ]


def test_a_fork_after_weights_and_a_sum_before_weights_are_linear_populations() -> None:
    model = assert_fires_alike(on_grid(Forks()), spikes((2, 6, 6), 8))
    stateless = [p.name for p in model.populations if isinstance(p.neuron, Linear)]
    assert stateless == ["conv0", "norm.sum"]
    assert ways(model) == [
        ("conv0", ("input",), "conv0"),
        ("conv0->lif0", ("conv0",), "lif0"),
        ("add_1", ("conv0",), "lif1"),
        ("conv1", ("lif0",), "lif1"),
        ("conv2", ("lif1",), "norm.sum"),
        ("lif1->norm.sum", ("lif1",), "norm.sum"),
        ("norm", ("norm.sum",), "lif2"),
    ]
    assert [type(op) for op in model.projection("add_1").chain] == [Conv2d, AvgPool2d]
    assert [type(op) for op in model.projection("conv1").chain] == [Conv2d, Scale, AvgPool2d]
    assert [type(op) for op in model.projection("norm").chain] == [Conv2d]


def test_weights_may_be_used_twice() -> None:
    model = assert_fires_alike(on_grid(Shared()), spikes((6,), 8))
    assert [p.name for p in model.projections] == ["fc", "fc_2"]


def test_a_concatenation_is_a_sum_with_zeros_around_each_part() -> None:
    assert_fires_alike(on_grid(Joined()), spikes((1, 6, 6), 8))


RESHAPES = [
    lambda x: torch.flatten(x, 1),
    lambda x: torch.flatten(x, start_dim=1),
    lambda x: x.flatten(1),
    lambda x: x.view(x.shape[0], -1),
    lambda x: x.view(x.size(0), -1),
    lambda x: x.view((x.size()[0], -1)),
    lambda x: x.view(-1, 64),
    lambda x: x.reshape(x.shape[0], 64),
    lambda x: x.reshape(-1, x.shape[1] * x.shape[2] * x.shape[3]),
    lambda x: torch.reshape(x, (x.shape[0], -1)),
    lambda x: x.flatten(2).flatten(1),
]


class Reshaped(nn.Module):
    def __init__(self, index: int) -> None:
        super().__init__()
        self.index = index
        self.conv, self.lif, self.fc, self.out = (
            nn.Conv2d(1, 4, 3),
            leaky(),
            nn.Linear(64, 5),
            leaky(),
        )

    def forward(self, x):  # type: ignore[no-untyped-def]
        return self.out(self.fc(RESHAPES[self.index](self.lif(self.conv(x)))))


@pytest.mark.parametrize("index", range(len(RESHAPES)))
def test_what_equals_a_flatten_is_one(index: int) -> None:
    model = assert_fires_alike(on_grid(Reshaped(index)), spikes((1, 6, 6), 6))
    assert {type(op) for op in model.projection("fc").chain[:-1]} == {Flatten}


class Functions(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.conv, self.lif1, self.fc, self.lif2 = (
            nn.Conv2d(1, 4, 3),
            leaky(),
            nn.Linear(36, 5),
            leaky(),
        )

    def forward(self, x):  # type: ignore[no-untyped-def]
        x = functional.avg_pool2d(functional.dropout(x, 0.5, self.training), 2, padding=1)
        x = functional.max_pool2d(self.lif1(self.conv(x)), 3, stride=1)
        return self.lif2(self.fc(x.flatten(1)))


def test_functions_are_what_their_modules_are() -> None:
    model = assert_fires_alike(on_grid(Functions()), spikes((1, 12, 12), 8))
    assert [type(p.neuron) for p in model.populations] == [Lif, Max, Lif]
    assert [type(op) for op in model.projections[0].chain] == [AvgPool2d, Conv2d]


def test_sequences_are_convolved_in_one_dimension() -> None:
    network = nn.Sequential(
        nn.Conv1d(2, 4, 3, stride=2, padding="valid"),
        nn.BatchNorm1d(4),
        leaky(),
        nn.Conv1d(4, 4, 3, padding="same", dilation=2, groups=2),
        neuron("RLeaky", (4, 9), all_to_all=False, V=0.25),
        nn.Flatten(),
        nn.Linear(36, 5),
        leaky(),
    )
    model = assert_fires_alike(on_grid(network), spikes((2, 20), 8))
    assert [type(op) for op in model.projections[0].chain] == [Conv1d, BatchNorm]
    folded = FoldBatchNorm()(model)
    assert [type(op) for op in folded.projections[0].chain] == [Conv1d]


def test_batchnorm_is_its_running_statistics_and_folds() -> None:
    norm = nn.BatchNorm1d(6)
    with torch.no_grad():
        for values in (norm.running_mean, norm.weight, norm.bias):
            values.normal_()
        norm.running_var.uniform_(0.5, 2)
    network = nn.Sequential(nn.Linear(5, 6), norm, leaky())
    x = spikes((5,), 20)
    model = assert_fires_alike(network, x)
    folded = simulated(FoldBatchNorm()(model), x, ["2"])["2"]
    np.testing.assert_array_equal(folded, run(network, x)["2"].spikes)


@pytest.mark.parametrize(
    ("layers", "shape", "kinds"),
    [
        ((nn.BatchNorm2d(2), nn.Conv2d(2, 3, 3, padding=1)), (2, 6, 6), [Conv2d, Conv2d]),
        ((nn.BatchNorm1d(2), nn.Conv1d(2, 3, 3, padding=1)), (2, 9), [Conv1d, Conv1d]),
        ((nn.BatchNorm1d(2), nn.Linear(2, 40)), (2,), [Scale, Shift, Affine]),
    ],
)
def test_a_batchnorm_without_weights_before_it_has_its_own(
    layers: tuple[nn.Module, nn.Module], shape: tuple[int, ...], kinds: list[type]
) -> None:
    with torch.no_grad():
        layers[0].running_mean.copy_(torch.tensor([0.5, -0.25]))
    model = assert_fires_alike(on_grid(nn.Sequential(*layers, leaky())), spikes(shape, 8))
    assert [type(op) for op in model.projections[0].chain] == kinds


def test_a_constant_is_added_to_the_bias_before_it() -> None:
    class Shifted(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.fc, self.lif = nn.Linear(5, 6, bias=False), leaky()
            self.offset = nn.Parameter(torch.arange(6) / 8)

        def forward(self, x):  # type: ignore[no-untyped-def]
            return self.lif(0.25 + self.fc(x) + self.offset)

    model = assert_fires_alike(on_grid(Shifted()), spikes((5,), 8))
    [affine] = model.projections[0].chain
    assert isinstance(affine, Affine)
    assert affine.bias is not None
    assert affine.bias.tolist() == [0.25 + k / 8 for k in range(6)]


def test_a_hidden_state_sequential_is_the_same_model() -> None:
    linear = nn.Linear(3, 2)
    shown = nn.Sequential(linear, snn.Leaky(beta=0.5))
    hidden = nn.Sequential(linear, snn.Leaky(beta=0.5, init_hidden=True, output=True))
    assert from_snntorch(shown, (3,)).digest == from_snntorch(hidden, (3,)).digest


class Step(nn.Module):
    """A network as snntorch's tutorials write one."""

    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(1, 2, 3, bias=False)
        self.norm = nn.BatchNorm2d(2)
        self.lif1 = snn.Leaky(beta=0.5)
        self.body = nn.Sequential(nn.Linear(8, 4), nn.Identity())
        self.lif2 = snn.Synaptic(alpha=0.5, beta=0.5, reset_mechanism="zero")
        self.head = nn.Linear(4, 3)

    def forward(self, x, mem1, syn2, mem2):  # type: ignore[no-untyped-def]
        spk1, mem1 = self.lif1(self.norm(self.conv(x)), mem1)
        current = self.body(spk1.flatten(1))
        spk2, syn2, mem2 = self.lif2(current, syn2, mem=mem2)
        return self.head(spk2), (mem1, syn2, mem2)


def test_a_module_with_its_states_as_arguments_is_traced() -> None:
    model = from_snntorch(Step().eval(), (1, 4, 4))
    assert [p.name for p in model.populations] == ["lif1", "lif2", "output"]
    assert [type(p.neuron) for p in model.populations] == [Lif, CubaLif, Linear]
    assert ways(model) == [
        ("conv", ("input",), "lif1"),
        ("body.0", ("lif1",), "lif2"),
        ("head", ("lif2",), "output"),
    ]
    assert [type(op) for op in model.projections[0].chain] == [Conv2d, BatchNorm]
    assert isinstance(model.projections[1].chain[0], Flatten)
    assert model.outputs == (Output(population="output", readout=Readout.SUM),)
    assert model.history == ("from Step of snntorch 1.0.0",)


class Tutorial(nn.Module):
    """A network with its loop over time in forward, and its step in a method."""

    def __init__(self) -> None:
        super().__init__()
        self.fc1, self.lif1 = nn.Linear(5, 6), leaky()
        self.fc2, self.lif2 = nn.Linear(6, 3), leaky(output=True)

    def step(self, x):  # type: ignore[no-untyped-def]
        return self.lif2(self.fc2(self.lif1(self.fc1(x))))

    def forward(self, x):  # type: ignore[no-untyped-def]
        return torch.stack([self.step(frame)[0] for frame in x])


def test_a_method_that_is_one_step_is_traced_by_name() -> None:
    assert_fires_alike(on_grid(Tutorial()), spikes((5,), 8), method="step")


class InitInside(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.fc = nn.Linear(3, 2)
        self.lif = snn.Leaky(beta=0.5)

    def forward(self, x):  # type: ignore[no-untyped-def]
        mem = self.lif.init_leaky()
        spk, mem = self.lif(self.fc(torch.flatten(x, start_dim=1)), mem)
        return spk, mem


def test_a_state_that_is_made_in_forward_is_a_state_and_the_module_stays_as_it_was() -> None:
    module = InitInside()
    module.lif.mem = torch.full((2,), 0.25)
    before = [dict(vars(m)) | dict(m._buffers) for m in module.modules()]
    model = from_snntorch(module, (1, 1, 3))
    assert model.outputs == (Output(population="lif", readout=Readout.COUNT),)
    after = [dict(vars(m)) | dict(m._buffers) for m in module.modules()]
    assert [list(held) for held in after] == [list(held) for held in before]
    assert torch.equal(module.lif.mem, torch.full((2,), 0.25))


def test_a_bare_neuron_is_a_network() -> None:
    model = from_snntorch(snn.Leaky(beta=0.5), (4,))
    assert [p.name for p in model.projections] == ["input->0"]


class Artificial(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.conv, self.relu, self.pool = nn.Conv2d(1, 4, 3), nn.ReLU(), nn.MaxPool2d(3, 2, 1)
        self.fc1, self.fc2 = nn.Linear(36, 8), nn.Linear(8, 3)

    def forward(self, x):  # type: ignore[no-untyped-def]
        x = self.pool(self.relu(self.conv(x)))
        return self.fc2(functional.relu6(self.fc1(x.view(x.shape[0], -1))))


def test_a_network_without_neurons_is_an_artificial_one() -> None:
    network = Artificial().eval()
    model = from_snntorch(network, (1, 7, 7))
    assert [(p.name, type(p.neuron)) for p in model.populations] == [
        ("relu", Relu),
        ("pool", Max),
        ("relu6", Relu),
        ("output", Linear),
    ]
    assert model.population("relu6").neuron == Relu(ceiling=6.0)
    x = np.random.default_rng(0).normal(0, 4, (20, 1, 1, 7, 7)).astype(np.float32)
    with torch.no_grad():
        expected = network(torch.from_numpy(x[:, 0])).numpy()
    np.testing.assert_allclose(model.simulate(x).readouts["output"], expected, atol=1e-4)
