"""What has no exact Model form is refused by name, all of it at once, with what to do."""

import pytest

pytest.importorskip("snntorch", reason="snntorch is absent; pip install 'neurodeploy[train]'")
import torch
from support.snntorch_nets import neuron, refused, snn
from torch import nn
from torch.nn import functional

from neurodeploy.errors import InputError
from neurodeploy.frontends.snntorch import from_snntorch

ONE_STEP = (
    "give it a method that computes one step from an input and its states, "
    "def step(self, x, mem): ...; return spk, mem, and name it with method='step' "
    "(--step-method step)"
)


@pytest.mark.filterwarnings("ignore:Inhibition is an unstable feature:UserWarning")
def test_all_that_cannot_be_exported_is_refused_at_once() -> None:
    changed = snn.Leaky(beta=0.5)
    changed.reset_mechanism = "zero"
    options = {"beta": 0.5, "inhibition": True, "graded_spikes_factor": 2.0, "threshold": -1.0}
    module = nn.Sequential(
        nn.Conv2d(1, 2, 3, padding=1, padding_mode="reflect"),
        snn.Leaky(**options, state_quant=lambda v: v, spike_grad=torch.sigmoid),
        nn.MaxPool2d(2, return_indices=True),
        nn.AvgPool2d(2, ceil_mode=True),
        nn.AvgPool2d(2, padding=1, count_include_pad=False),
        nn.AvgPool2d(2, divisor_override=3),
        nn.BatchNorm2d(2, track_running_stats=False),
        nn.ReLU(),
        nn.LSTM(4, 4),
        snn.RSynaptic(alpha=0.5, beta=0.5, linear_features=4, reset_delay=False),
        snn.Alpha(alpha=0.9, beta=0.5),
        snn.SLSTM(4, 4),
        nn.Flatten(),
        nn.AdaptiveAvgPool2d(2),
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
    assert refused(module, (1, 4, 4)) == (
        "module '0' (Conv2d) pads with 'reflect'; only zeros can be exported",
        *of_leaky,
        "module '2' (MaxPool2d) returns indices; set return_indices to False",
        "module '3' (AvgPool2d) uses ceil_mode; set it to False",
        "module '4' (AvgPool2d) does not count its padding; set count_include_pad to True",
        "module '5' (AvgPool2d) overrides the divisor; scale the weights after it instead",
        "module '6' (BatchNorm2d) keeps no running statistics; train it with track_running_stats",
        "module '7' (ReLU) is a rectifier in a spiking network; put a neuron in its place, or "
        "rectify everywhere and convert the whole network",
        "module '8' (LSTM) cannot be exported; use Linear, Conv1d, Conv2d, AvgPool2d, MaxPool2d, "
        "BatchNorm, Flatten, Dropout and the neurons Leaky, Synaptic, RLeaky, RSynaptic, Lapicque",
        "module '9' (RSynaptic) has reset_delay=False, which snntorch 1.0.0 does not carry out (it "
        "raises TypeError or resets a copy of the membrane); set it to True, or use RLeaky",
        "module '10' (Alpha) has a membrane that is the sum of two filtered currents, which a "
        "reset clears too; no neuron of a chip does that: use Synaptic",
        "module '11' (SLSTM) is no neuron that can be exported; use Leaky, Synaptic, RLeaky, "
        "RSynaptic, Lapicque",
        "module '14' (Leaky) was built with another reset than its weights say; build it with "
        "reset_mechanism='zero'",
    )


class Functions(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.fc, self.fc2 = nn.Linear(3, 3), nn.Linear(3, 2)
        self.lif1, self.lif2 = snn.Leaky(beta=0.5), snn.Leaky(beta=0.5)
        self.gain = nn.Parameter(torch.ones(4))

    def forward(self, x, mem1, mem2):  # type: ignore[no-untyped-def]
        current = self.fc(x)
        _, mem1 = self.lif1(torch.relu(current), mem1)
        spk2, mem2 = self.lif2(torch.sigmoid(current) + x, mem2)
        _mixed = current * current
        _other = torch.add(current, x, alpha=2)
        _wide = current * self.gain
        _uneven = current + self.fc2(x)
        _lost = x.view(-1, 1), x.reshape(1, 3), x[0], torch.cat([x, current]), x + mem1
        return spk2, mem2


def test_functions_are_refused_by_name() -> None:
    hint = "cannot be exported; use modules, sums, constant factors, torch.cat and torch.flatten"
    only = "only what flattens all axes but the batch's can be exported: x.flatten(1)"
    assert refused(Functions(), (3,)) == (
        "the operation 'relu' (relu) is a rectifier in a spiking network; put a neuron in its "
        "place, or rectify everywhere and convert the whole network",
        f"the operation 'sigmoid' (sigmoid) {hint}",
        "the operation 'mul' (mul) multiplies two signals, which cannot be exported; add them",
        f"the operation 'add' (add_1) {hint}",
        "the operation 'mul' (mul_1) gain of shape (4,) does not fit neurons of shape (3,)",
        "the operation 'add' (add_2) adds values of shapes (3,) and (2,)",
        f"the operation 'view' (view) reshapes (3,) to (-1, 1); {only}",
        f"the operation 'reshape' (reshape) reshapes (3,) to (1, 3); {only}",
        "the operation 'getitem' (getitem_4) cuts out a part, which cannot be exported",
        "the operation 'cat' (cat) joins values of shapes (3,), (3,) along axis 0; they do not fit",
    )


class Pools(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.conv, self.lif = nn.Conv2d(1, 1, 3), snn.Leaky(beta=0.5)
        self.pool = nn.MaxPool2d(2)

    def forward(self, x, mem):  # type: ignore[no-untyped-def]
        spk, mem = self.lif(self.conv(x), mem)
        _currents = functional.max_pool2d(self.conv(x), 2)
        _twice = self.pool(spk + spk)
        _large = functional.max_pool2d(spk, 20)
        _ragged = functional.adaptive_avg_pool2d(spk, 3)
        return spk, mem


def test_only_the_spikes_of_one_layer_are_pooled_by_maximum() -> None:
    why = (
        "takes the maximum of values that are not the spikes of one layer; only the OR of spikes "
        "can be exported: pool after the neuron, or use AvgPool2d"
    )
    assert refused(Pools(), (1, 6, 6)) == (
        f"the operation 'max_pool2d' (max_pool2d) {why}",
        f"module 'pool' (MaxPool2d) {why}",
        "the operation 'max_pool2d' (max_pool2d_1) does not fit: a kernel of (20, 20) does not fit "
        "into (1, 4, 4)",
        "the operation 'adaptive_avg_pool2d' (adaptive_avg_pool2d) divides 4 x 4 pixels into 3 x 3 "
        "windows of different sizes; use AvgPool2d",
    )


class States(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.fc = nn.Linear(3, 3)
        self.lif1, self.lif2 = snn.Leaky(beta=0.5), snn.Leaky(beta=0.5)
        self.lif3, self.lif4 = snn.Leaky(beta=0.5), snn.Leaky(beta=0.5)

    def forward(self, x, mem, other):  # type: ignore[no-untyped-def]
        spk1, mem1 = self.lif1(x, mem)
        spk2, mem2 = self.lif2(spk1, mem1)
        spk3, _ = self.lif3(spk2, mem)
        spk4, _ = self.lif4(spk3, torch.ones(3))
        _again = self.fc(mem2), self.fc(other)
        return spk1, spk4


def test_states_that_are_no_states_are_refused() -> None:
    rule = "only spikes go on, and a recurrence is RLeaky or RSynaptic"
    assert refused(States(), (3,)) == (
        "module 'lif2' (Leaky) takes 'getitem_1' as its state; pass on the state of the step "
        "before",
        "module 'lif3' (Leaky) takes the state 'mem', which module 'lif1' (Leaky) takes too; give "
        "each a state of its own",
        "module 'lif4' (Leaky) starts each step from the constant '_tensor_constant0', which is "
        "not zero; pass on the state of the step before",
        f"module 'fc' (Linear) takes the state 'lif2'; {rule}",
        f"module 'fc' (Linear) takes the state 'other'; {rule}",
        "forward returns getitem, getitem_6; return one of them",
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


class HiddenIndexed(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.lif = snn.Leaky(beta=0.5, init_hidden=True)

    def forward(self, x):  # type: ignore[no-untyped-def]
        return self.lif(x)[0]


def test_spikes_that_come_alone_are_not_indexed() -> None:
    assert refused(HiddenIndexed(), (3,)) == (
        "the operation 'getitem' (getitem) cuts out a part, which cannot be exported",
    )


class Branches(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.fc, self.lif = nn.Linear(3, 3), snn.Leaky(beta=0.5)
        self.side, self.lif_side = nn.Linear(3, 3), neuron("RLeaky", (3,))
        self.lost = nn.Linear(3, 3)

    def forward(self, x, mem):  # type: ignore[no-untyped-def]
        spk, mem = self.lif(self.fc(x), mem)
        self.lif_side(self.side(spk))
        self.lost(spk)
        return spk, mem


def test_what_goes_nowhere_is_refused() -> None:
    assert refused(Branches(), (3,)) == (
        "module 'lif_side': its spikes go nowhere; remove it",
        "the result of 'lost' goes nowhere; remove it",
    )


class Loop(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.fc, self.lif = nn.Linear(3, 3), snn.Leaky(beta=0.5)
        self.lif2 = snn.Leaky(beta=0.5)

    def forward(self, x):  # type: ignore[no-untyped-def]
        mem, total = None, 0
        for step in range(x.size(0)):
            spk, mem = self.lif(self.fc(x[step]), mem)
            total = total + spk
        return total

    def unrolled(self, x):  # type: ignore[no-untyped-def]
        mem, mem2 = self.lif.init_leaky(), self.lif2.init_leaky()
        for _ in range(25):
            spk, mem = self.lif(self.fc(x), mem)
            spk, mem2 = self.lif2(spk, mem2)
        return spk


def test_a_loop_over_time_is_refused_with_what_to_write() -> None:
    assert refused(Loop(), (3,)) == (
        "Loop.forward cannot be traced as a single step: 'Proxy' object cannot be interpreted as "
        f"an integer; it may hold no loop over time and no branch on values: {ONE_STEP}",
    )
    assert refused(Loop(), (3,), method="unrolled") == (
        "Loop.unrolled calls 'lif' 25 times, 'lif2' 25 times, and a neuron moves once a step; if "
        f"it loops over time, {ONE_STEP}; if not, give each call a neuron of its own",
    )
    assert refused(Loop(), (3,), method="stride") == (
        "Loop.stride is no method; name the one that computes a step",
    )


def test_hooks_are_refused() -> None:
    module = nn.Sequential(nn.Linear(3, 2), snn.Leaky(beta=0.5))
    module[0].register_forward_hook(lambda *_: None)
    assert refused(module, (3,)) == (
        "module '0' (Linear) has hooks, which cannot be exported; remove them",
    )


def test_a_shape_that_does_not_fit_is_refused_by_module() -> None:
    module = nn.Sequential(nn.Linear(3, 2), snn.Leaky(beta=torch.full((3,), 0.5)))
    assert refused(module, (4,)) == (
        "module '0' (Linear) does not fit: weights (2, 3) do not take an input of shape (4,)",
    )
    assert refused(module, (3,)) == (
        "module '1' (Leaky) beta of shape (3,) does not fit neurons of shape (2,)",
    )
    assert refused(nn.Sequential(nn.Flatten(0), snn.Leaky(beta=0.5)), (3, 4)) == (
        "module '0' (Flatten) flattens axes 0 to -1 of 3; keep the batch's: from 1 to -1",
    )


def test_nan_weights_are_refused_by_layer() -> None:
    module = nn.Sequential(nn.Linear(3, 2), snn.Leaky(beta=0.5))
    with torch.no_grad():
        module[0].weight[0, 0] = float("nan")
    with pytest.raises(InputError) as caught:
        from_snntorch(module, (3,))
    assert str(caught.value) == "ND2110: projection '0': weight holds 1 NaN of 6 values"
