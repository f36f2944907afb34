"""The exported Model fires where snntorch does, for every module, reset and parameter shape."""

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="torch is absent; pip install 'neurodeploy[train]'")
snn = pytest.importorskip("snntorch", reason="snntorch is absent; pip install 'neurodeploy[train]'")
from torch import nn  # noqa: E402  # only once torch is known to be there

from neurodeploy.errors import InputError  # noqa: E402
from neurodeploy.frontends.snntorch import from_snntorch  # noqa: E402
from neurodeploy.model import (  # noqa: E402
    BatchNorm,
    Conv2d,
    CubaLif,
    Flatten,
    Lif,
    Linear,
    Model,
    Output,
)
from neurodeploy.passes import FoldBatchNorm  # noqa: E402
from neurodeploy.terms import Readout, Reset  # noqa: E402

RESETS = [
    (mechanism, delay) for mechanism in ("subtract", "zero", "none") for delay in (True, False)
]


def snntorch_run(layers: nn.Sequential, x: np.ndarray) -> list[tuple[np.ndarray, np.ndarray]]:
    """Spikes and membranes (sample, step, *shape) of each neuron of `layers`, run step by step."""
    series: dict[int, list[tuple[np.ndarray, np.ndarray]]] = {}
    states: dict[int, tuple[torch.Tensor, ...]] = {}
    layers.eval()
    with torch.no_grad():
        for step in range(x.shape[1]):
            value = torch.from_numpy(x[:, step].astype(np.float32))
            for k, layer in enumerate(layers):
                if isinstance(layer, snn.SpikingNeuron):
                    value, *states_now = layer(value, *states.get(k, ()))
                    states[k] = tuple(states_now)
                    series.setdefault(k, []).append((value.numpy(), states_now[-1].numpy()))
                else:
                    value = layer(value)
    return [
        (np.stack([s for s, _ in steps], 1), np.stack([m for _, m in steps], 1))
        for steps in series.values()
    ]


def our_spikes(model: Model, x: np.ndarray) -> list[np.ndarray]:
    names = [p.name for p in model.populations if not isinstance(p.neuron, Linear)]
    simulation = model.simulate(x, record=names)
    return [simulation.rasters[name] for name in names]


def on_grid(module: nn.Module, grid: float) -> nn.Module:
    with torch.no_grad():
        for layer in module.modules():
            if isinstance(layer, nn.Linear | nn.Conv2d):
                for parameter in layer.parameters():
                    parameter.copy_(torch.round(4 * parameter / grid) * grid)
    return module


def spikes(shape: tuple[int, ...], n_steps: int, n_samples: int = 12) -> np.ndarray:
    rng = np.random.default_rng(3)
    return (rng.random((n_samples, n_steps, *shape)) < 0.5).astype(np.float32)


def neuron(kind: str, form: str, shape: tuple[int, ...], **options: object) -> nn.Module:
    """A Leaky or Synaptic with scalar, per-channel or per-neuron parameters, exact in binary."""
    if form == "scalar":
        beta, alpha, threshold = 0.5, 0.75, 1.0
    else:
        wanted = shape if form == "neuron" else (shape[0], *[1] * (len(shape) - 1))
        generator = torch.Generator().manual_seed(1)
        pick = torch.randint(0, 4, wanted, generator=generator)
        beta = torch.tensor([0.0, 0.5, 0.75, 1.5])[pick]  # 1.5 is clamped to 1
        alpha = torch.tensor([0.5, 0.0, 1.0, 0.75])[pick]
        threshold = torch.tensor([0.5, 1.0, 0.75, 1.25])[pick]
    if kind == "Leaky":
        return snn.Leaky(beta=beta, threshold=threshold, **options)
    return snn.Synaptic(alpha=alpha, beta=beta, threshold=threshold, **options)


@pytest.mark.parametrize("form", ["scalar", "channel", "neuron"])
@pytest.mark.parametrize("kind", ["Leaky", "Synaptic"])
@pytest.mark.parametrize(("mechanism", "delay"), RESETS)
def test_dense_networks_fire_exactly_alike(
    kind: str, mechanism: str, delay: bool, form: str
) -> None:
    torch.manual_seed(0)
    options = {"reset_mechanism": mechanism, "reset_delay": delay}
    layers = nn.Sequential(
        nn.Linear(7, 9),
        neuron(kind, form, (9,), **options),
        nn.Linear(9, 5, bias=False),
        neuron(kind, form, (5,), **options),
    )
    on_grid(layers, 1 / 8)
    x = spikes((7,), 8)  # so few steps that float32 is exact too
    expected = [s for s, _ in snntorch_run(layers, x)]
    found = our_spikes(from_snntorch(layers, (7,)), x)
    assert [np.array_equal(f, e) for f, e in zip(found, expected, strict=True)] == [True, True]
    assert all(0 < e.sum() < e.size for e in expected)


@pytest.mark.parametrize("form", ["scalar", "channel", "neuron"])
@pytest.mark.parametrize("kind", ["Leaky", "Synaptic"])
@pytest.mark.parametrize(("mechanism", "delay"), RESETS)
def test_convolutional_networks_fire_exactly_alike(
    kind: str, mechanism: str, delay: bool, form: str
) -> None:
    torch.manual_seed(1)
    options = {"reset_mechanism": mechanism, "reset_delay": delay}
    layers = nn.Sequential(
        nn.Conv2d(2, 4, (3, 2), stride=(1, 2), padding=(1, 0), dilation=(2, 1), groups=2),
        neuron(kind, form, (4, 6, 4), **options),
        nn.AvgPool2d(2, padding=1),
        nn.Dropout(0.5),
        nn.Flatten(),
        nn.Linear(48, 5),
        neuron(kind, form, (5,), **options),
    )
    on_grid(layers, 1 / 8)
    x = spikes((2, 8, 8), 7)
    expected = [s for s, _ in snntorch_run(layers, x)]
    found = our_spikes(from_snntorch(layers, (2, 8, 8)), x)
    assert [np.array_equal(f, e) for f, e in zip(found, expected, strict=True)] == [True, True]
    assert all(0 < e.sum() < e.size for e in expected)


@pytest.mark.parametrize("kind", ["Leaky", "Synaptic"])
@pytest.mark.parametrize(("mechanism", "delay"), RESETS)
def test_random_weights_part_only_at_the_threshold(kind: str, mechanism: str, delay: bool) -> None:
    """float32 and float64 may differ where the membrane meets its threshold, and only there."""
    torch.manual_seed(2)
    options = {"reset_mechanism": mechanism, "reset_delay": delay, "threshold": 0.7}
    decays = {"beta": 0.93} if kind == "Leaky" else {"alpha": 0.81, "beta": 0.93}
    layers = nn.Sequential(nn.Linear(20, 200), getattr(snn, kind)(**decays, **options))
    x = spikes((20,), 60, n_samples=20)
    [(expected, membranes)] = snntorch_run(layers, x)
    [found] = our_spikes(from_snntorch(layers, (20,)), x)
    different = found != expected
    first = different & (np.cumsum(different, axis=1) == 1)
    assert first.sum() < 10
    assert np.all(np.abs(membranes[first] - 0.7) < 1e-5)


def test_the_resets_are_mapped_as_snntorch_computes_them() -> None:
    def reset(kind: str, mechanism: str, delay: bool) -> Reset:
        options = {"reset_mechanism": mechanism, "reset_delay": delay}
        module = nn.Sequential(nn.Linear(2, 2), neuron(kind, "scalar", (2,), **options))
        return from_snntorch(module, (2,)).populations[0].reset

    assert {(k, m, d): reset(k, m, d) for k in ("Leaky", "Synaptic") for m, d in RESETS} == {
        ("Leaky", "subtract", True): Reset.SUBTRACT_DELAYED,
        ("Leaky", "subtract", False): Reset.SUBTRACT_LATCHED,
        ("Leaky", "zero", True): Reset.ZERO,
        ("Leaky", "zero", False): Reset.ZERO,
        ("Leaky", "none", True): Reset.NONE,
        ("Leaky", "none", False): Reset.NONE,
        ("Synaptic", "subtract", True): Reset.SUBTRACT_DELAYED,
        ("Synaptic", "subtract", False): Reset.SUBTRACT_LATCHED,
        ("Synaptic", "zero", True): Reset.ZERO_DELAYED,
        ("Synaptic", "zero", False): Reset.ZERO,
        ("Synaptic", "none", True): Reset.NONE,
        ("Synaptic", "none", False): Reset.NONE,
    }


def test_decays_become_time_constants_and_unit_gains() -> None:
    module = nn.Sequential(nn.Linear(2, 2), snn.Synaptic(alpha=0.75, beta=1.0, threshold=2.0))
    population = from_snntorch(module, (2,), dt_s=1e-3).populations[0]
    assert isinstance(population.neuron, CubaLif)
    assert population.neuron.tau_syn_s == 4e-3
    assert population.neuron.w_in == 4
    assert np.isinf(population.neuron.tau_mem_s)
    assert np.isinf(population.neuron.r)
    assert population.neuron.v_threshold == 2


def test_a_hidden_state_sequential_is_the_same_model() -> None:
    torch.manual_seed(0)
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
    module = Step().eval()
    model = from_snntorch(module, (1, 4, 4))
    assert [p.name for p in model.populations] == ["lif1", "lif2", "output"]
    assert [type(p.neuron) for p in model.populations] == [Lif, CubaLif, Linear]
    assert [(p.name, p.sources, p.target) for p in model.projections] == [
        ("conv", ("input",), "lif1"),
        ("body.0", ("lif1",), "lif2"),
        ("head", ("lif2",), "output"),
    ]
    assert [type(op) for op in model.projections[0].chain] == [Conv2d, BatchNorm]
    assert isinstance(model.projections[1].chain[0], Flatten)
    assert model.outputs == (Output(population="output", readout=Readout.SUM),)
    assert model.history == ("from Step of snntorch 1.0.0",)


def test_batchnorm_is_its_running_statistics_and_folds() -> None:
    torch.manual_seed(0)
    norm = nn.BatchNorm1d(6)
    with torch.no_grad():
        for values in (norm.running_mean, norm.weight, norm.bias):
            values.normal_()
        norm.running_var.uniform_(0.5, 2)
    layers = nn.Sequential(nn.Linear(5, 6), norm, snn.Leaky(beta=0.5), nn.Linear(6, 3))
    x = spikes((5,), 20)
    [(expected, _)] = snntorch_run(layers, x)
    model = from_snntorch(layers, (5,))
    assert np.array_equal(our_spikes(model, x)[0], expected)
    assert np.array_equal(our_spikes(FoldBatchNorm()(model), x)[0], expected)


class InitInside(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.fc = nn.Linear(3, 2)
        self.lif = snn.Leaky(beta=0.5)

    def forward(self, x):  # type: ignore[no-untyped-def]
        mem = self.lif.init_leaky()
        spk, mem = self.lif(self.fc(torch.flatten(x, start_dim=1)), mem)
        return spk, mem


def test_a_state_that_is_made_in_forward_is_a_state() -> None:
    model = from_snntorch(InitInside(), (1, 1, 3))
    assert model.outputs == (Output(population="lif", readout=Readout.COUNT),)


def test_a_bare_neuron_is_a_network() -> None:
    model = from_snntorch(snn.Leaky(beta=0.5), (4,))
    assert [p.name for p in model.projections] == ["input->0"]


def refused(module: nn.Module, shape: tuple[int, ...]) -> tuple[str, ...]:
    with pytest.raises(InputError) as caught:
        from_snntorch(module, shape)
    assert caught.value.code == "ND2201"
    return caught.value.problems


@pytest.mark.filterwarnings("ignore:Inhibition is an unstable feature:UserWarning")
def test_all_that_cannot_be_exported_is_refused_at_once() -> None:
    changed = snn.Leaky(beta=0.5)
    changed.reset_mechanism = "zero"
    options = {"beta": 0.5, "inhibition": True, "graded_spikes_factor": 2.0, "threshold": -1.0}
    module = nn.Sequential(
        nn.Conv2d(1, 2, 3, padding=1, padding_mode="reflect"),
        snn.Leaky(**options, state_quant=lambda v: v, spike_grad=torch.sigmoid),
        nn.MaxPool2d(2),
        nn.AvgPool2d(2, ceil_mode=True),
        nn.AvgPool2d(2, padding=1, count_include_pad=False),
        nn.AvgPool2d(2, divisor_override=3),
        nn.BatchNorm2d(2, track_running_stats=False),
        nn.ReLU(),
        snn.RLeaky(beta=0.5, linear_features=4),
        changed,
    )
    of_leaky = (
        "module '1' (Leaky) has a graded_spikes_factor; multiply it into the weights of the next "
        "layer",
        "module '1' (Leaky) uses inhibition, which cannot be exported; set it to False",
        "module '1' (Leaky) uses state_quant, which cannot be exported; set it to False",
        "module '1' (Leaky) has a negative threshold; a threshold is at least 0",
        "module '1' (Leaky) has a spike_grad that is no step at 0; use one of snntorch.surrogate",
    )
    other = "use Linear, Conv2d, AvgPool2d, BatchNorm, Flatten, Dropout, Leaky or Synaptic"
    assert refused(module, (1, 4, 4)) == (
        "module '0' (Conv2d) pads with 'reflect'; only zeros can be exported",
        *of_leaky,
        "module '2' (MaxPool2d) cannot be exported; " + other,
        "module '3' (AvgPool2d) uses ceil_mode; set it to False",
        "module '4' (AvgPool2d) does not count its padding; set count_include_pad to True",
        "module '5' (AvgPool2d) overrides the divisor; scale the weights after it instead",
        "module '6' (BatchNorm2d) keeps no running statistics; train it with track_running_stats",
        "module '7' (ReLU) cannot be exported; " + other,
        "module '8' (RLeaky) cannot be exported; " + other,
        "module '9' (Leaky) was built with another reset than its weights say; build it with "
        "reset_mechanism='zero'",
    )


class Residual(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.fc, self.fc2 = nn.Linear(3, 3), nn.Linear(3, 3)
        self.lif1, self.lif2 = snn.Leaky(beta=0.5), snn.Leaky(beta=0.5)

    def forward(self, x, mem1, mem2):  # type: ignore[no-untyped-def]
        spk1, mem1 = self.lif1(self.fc(x), mem1)
        spk2, mem2 = self.lif2(self.fc2(spk1) + x, mem2)
        return torch.relu(spk2), mem2


def test_sums_and_functions_are_refused_by_name() -> None:
    hint = "cannot be exported; use modules, and torch.flatten"
    assert refused(Residual(), (3,)) == (
        f"the operation 'add' (add) {hint}",
        f"the operation 'relu' (relu) {hint}",
    )


class Odd(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.fc = nn.Linear(3, 3)
        self.lif1, self.lif2 = snn.Leaky(beta=0.5), snn.Leaky(beta=0.5)

    def forward(self, x, mem):  # type: ignore[no-untyped-def]
        current = self.fc(x)
        spk1, mem1 = self.lif1(current, mem)
        spk2, mem2 = self.lif2(current, mem1)
        again = self.fc(mem2)
        return spk1, spk2, again, x.flatten(0)


def test_shared_values_second_calls_and_states_on_the_way_are_refused() -> None:
    assert refused(Odd(), (3,)) == (
        "module 'lif1' (Leaky) shares the value 'fc' with lif2; give each a layer of its own",
        "module 'lif2' (Leaky) shares the value 'fc' with lif1; give each a layer of its own",
        "module 'lif2' (Leaky) takes 'getitem_1' as its state; pass on the state of the step "
        "before",
        "module 'fc' (Linear) is called again; forward must be one step, without loops",
        "the operation 'flatten' (flatten) flattens axes 0 to -1 of 2; only all axes but the "
        "batch's (1 to -1)",
        "forward returns getitem, getitem_2; return one of them",
    )


class Membranes(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.fc1, self.fc2 = nn.Linear(3, 3), nn.Linear(3, 3)
        self.lif1, self.lif2 = snn.Leaky(beta=0.5), snn.Leaky(beta=0.5)

    def forward(self, x, mem1, mem2):  # type: ignore[no-untyped-def]
        _, mem1 = self.lif1(self.fc1(x), mem1)
        _, mem2 = self.lif2(self.fc2(mem1), mem2)
        return mem2


def test_a_membrane_is_no_signal_and_no_output() -> None:
    assert refused(Membranes(), (3,)) == (
        "module 'fc2' (Linear) takes the state 'lif1'; only spikes go on",
    )


class OneMembrane(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.fc, self.lif = nn.Linear(3, 3), snn.Leaky(beta=0.5)

    def forward(self, x, mem):  # type: ignore[no-untyped-def]
        return self.lif(self.fc(x), mem)[1]


def test_a_membrane_alone_is_no_output() -> None:
    assert refused(OneMembrane(), (3,)) == (
        "forward returns no spikes and no layer's result; return spk, mem",
    )


class Branch(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.fc, self.lif = nn.Linear(3, 3), snn.Leaky(beta=0.5)
        self.side, self.lif_side = nn.Linear(3, 3), snn.Leaky(beta=0.5)

    def forward(self, x, mem, mem_side):  # type: ignore[no-untyped-def]
        spk, mem = self.lif(self.fc(x), mem)
        _, mem_side = self.lif_side(self.side(spk), mem_side)
        return spk, mem, mem_side


def test_spikes_that_go_nowhere_are_refused() -> None:
    assert refused(Branch(), (3,)) == ("module 'lif_side': its spikes go nowhere; remove it",)


class Loop(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.fc, self.lif = nn.Linear(3, 3), snn.Leaky(beta=0.5)

    def forward(self, x):  # type: ignore[no-untyped-def]
        mem, total = None, 0
        for step in range(x.size(0)):
            spk, mem = self.lif(self.fc(x[step]), mem)
            total = total + spk
        return total


def test_a_loop_over_time_is_refused() -> None:
    [message] = refused(Loop(), (3,))
    assert message.startswith("Loop.forward cannot be traced as a single step: ")
    assert message.endswith("; it may hold no loop over time and no branch on values")


def test_a_shape_that_does_not_fit_is_refused_by_module() -> None:
    module = nn.Sequential(nn.Linear(3, 2), snn.Leaky(beta=torch.full((3,), 0.5)))
    assert refused(module, (4,)) == (
        "module '0' (Linear) does not fit: weights (2, 3) do not take an input of shape (4,)",
    )
    assert refused(module, (3,)) == (
        "module '1' (Leaky) beta of shape (3,) does not fit neurons of shape (2,)",
    )


def test_nan_weights_are_refused_by_layer() -> None:
    module = nn.Sequential(nn.Linear(3, 2), snn.Leaky(beta=0.5))
    with torch.no_grad():
        module[0].weight[0, 0] = float("nan")
    with pytest.raises(InputError) as caught:
        from_snntorch(module, (3,))
    assert str(caught.value) == "ND2110: projection '0': weight holds 1 NaN of 6 values"
