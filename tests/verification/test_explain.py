"""Each seeded fault is named by its rule, from the recording of the faulty machine alone."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import pytest
from support.verifying import (
    evidence,
    explained,
    recorded,
    spikes_only,
    with_population,
    with_projection,
)

from neurodeploy.geometry.conv import ConvGeometry
from neurodeploy.program import (
    LOIHI,
    Conv,
    Dense,
    Input,
    Output,
    Population,
    Program,
    Projection,
    Sparse,
)
from neurodeploy.program.fixed_point import stored_mantissa
from neurodeploy.target import Stimulus
from neurodeploy.target.conformance import random_case
from neurodeploy.target.conformance.check import stimulus_of
from neurodeploy.terms import Readout, Reset
from neurodeploy.verification import Recording, Rule
from neurodeploy.verification.alternatives import ALTERNATIVES, alternatives_of
from neurodeploy.verification.arrivals import arrivals
from neurodeploy.verification.layer import layer_of
from neurodeploy.verification.rules import MEANING, Overflow, Rounding, Rules
from neurodeploy.verification.stepper import move

Change = Callable[[Population], Population] | Callable[[Projection], Projection]


def network(seed: int = 0) -> tuple[Program, Stimulus]:
    """A convolution, then a dense layer with odd and large weights of mixed signs."""
    rng = np.random.default_rng(seed)
    geometry = ConvGeometry(input_shape=(2, 8, 8), out_channels=3, kernel=(3, 3), padding=(1, 1))
    kernel = 2 * rng.integers(-40, 70, geometry.weight_shape)
    dense = rng.integers(-60, 90, (12, 192))
    dense[5, 7], dense[2, 100] = 300, -290
    lif = {"du": np.int32(3000), "dv": np.int32(200)}
    program = Program(
        inputs=(Input(name="x", shape=(2, 8, 8)),),
        populations=(
            Population(name="conv", shape=(3, 8, 8), vth=np.int32(300), **lif),
            Population(name="fc", shape=(12,), vth=np.int32(400), bias_mant=np.int32(90), **lif),
        ),
        projections=(
            Projection(
                name="w1",
                sources=("x",),
                target="conv",
                operator=Conv(mantissa=kernel, geometry=geometry),
            ),
            Projection(name="w2", sources=("conv",), target="fc", operator=Dense(mantissa=dense)),
        ),
        outputs=(Output(population="fc", readout=Readout.COUNT),),
    )
    return program, Stimulus(x={"x": (rng.random((3, 30, 2, 8, 8)) < 0.2).astype(np.int32)})


@dataclass(frozen=True)
class Fault:
    """A change of one part of the network, and what has to be said of it."""

    rule: Rule
    part: str
    change: Change
    says: str
    in_spikes: bool = True


def mantissa(change: Callable[[np.ndarray], np.ndarray]) -> Callable[[Projection], Projection]:
    def changed(projection: Projection) -> Projection:
        operator = projection.operator
        assert isinstance(operator, Dense | Conv)
        return replace(projection, operator=replace(operator, mantissa=change(operator.mantissa)))

    return changed


FAULTS = {
    "wrong reset": Fault(
        Rule.RESET,
        "conv",
        lambda p: replace(p, reset=Reset.SUBTRACT),
        "the layer resets by 'subtract', not by 'zero'",
    ),
    "one delay too many": Fault(
        Rule.DELAY,
        "w1",
        lambda p: replace(p, delay_steps=2),
        "projection 'w1' takes 1 step more than it should",
    ),
    "flipped kernel": Fault(
        Rule.KERNEL,
        "w1",
        mantissa(lambda m: m[:, :, ::-1, ::-1]),
        "projection 'w1' flips its kernel along both axes: convolution, not correlation "
        "(48 weights change)",
    ),
    "swapped kernel axes": Fault(
        Rule.KERNEL,
        "w1",
        mantissa(lambda m: m.swapaxes(2, 3)),
        "projection 'w1' swaps height and width of its kernel (36 weights change)",
    ),
    "odd mixed mantissas": Fault(
        Rule.ROUNDING,
        "w2",
        mantissa(lambda m: np.where(abs(m) > 256, m, stored_mantissa(m))),
        "projection 'w2' makes odd weights of mixed signs even, down (1134 weights change)",
    ),
    "saturated weights": Fault(
        Rule.SATURATION,
        "w2",
        mantissa(lambda m: np.clip(m, -256, 254)),
        "projection 'w2' clips its weights to -256..254 (2 weights change)",
    ),
    "weights stored by a core": Fault(
        Rule.SATURATION,
        "w2",
        mantissa(stored_mantissa),
        "projection 'w2' clips and rounds its weights as a core stores them (1136 weights change)",
        in_spikes=False,
    ),
    "flattened in another order": Fault(
        Rule.KERNEL,
        "w2",
        mantissa(lambda m: m.reshape(12, 8, 8, 3).transpose(0, 3, 1, 2).reshape(12, 192)),
        "projection 'w2' reads its source flattened as height, width, channel, not channel, "
        "height, width (2264 weights change)",
    ),
    "doubled weights": Fault(
        Rule.GAIN,
        "w2",
        lambda p: replace(p, weight_exp=1),
        "projection 'w2' counts 2 times",
    ),
    "no bias": Fault(
        Rule.GAIN,
        "fc",
        lambda p: replace(p, bias_mant=np.int32(0)),
        "the layer adds no bias",
        in_spikes=False,
    ),
    "du for du + 1": Fault(
        Rule.DECAY,
        "fc",
        lambda p: replace(p, du=p.du - 1),
        "u loses du of 4096 a step, not du + 1",
        in_spikes=False,
    ),
    "a late start": Fault(
        Rule.START,
        "fc",
        lambda p: replace(p, t_start=1),
        "the layer moves from step 1 on, not from step 0",
        in_spikes=False,
    ),
}


def faulty(program: Program, fault: Fault) -> Program:
    for population in program.populations:
        if population.name == fault.part:
            return with_population(program, fault.change(population))  # type: ignore[arg-type]
    projection = next(p for p in program.projections if p.name == fault.part)
    return with_projection(program, fault.change(projection))  # type: ignore[arg-type]


@pytest.mark.parametrize("name", FAULTS)
def test_seeded_fault_is_named(name: str) -> None:
    fault = FAULTS[name]
    program, stimulus = network()
    difference, explanation = explained(
        program, stimulus, recorded(faulty(program, fault), stimulus)
    )
    assert explanation.rule is fault.rule
    assert explanation.findings[0].says == fault.says
    assert difference.population == ("conv" if fault.part in ("conv", "w1") else "fc")
    assert {finding.rule for finding in explanation.findings} == {fault.rule}


@pytest.mark.parametrize("name", [name for name, fault in FAULTS.items() if fault.in_spikes])
def test_seeded_fault_is_named_from_spikes_alone(name: str) -> None:
    fault = FAULTS[name]
    program, stimulus = network()
    other = spikes_only(recorded(faulty(program, fault), stimulus))
    _, explanation = explained(program, stimulus, other)
    assert explanation.rule is fault.rule
    assert explanation.findings[0].says == fault.says


def by_rules(program: Program, stimulus: Stimulus, name: str, rules: Rules) -> Recording:
    """The recording of a machine that moves layer `name` by other rules."""
    found = evidence(program, stimulus, recorded(program, stimulus))
    layer = replace(layer_of(program, name), rules=rules)
    trace = move(layer, arrivals(layer, found.heard(name), found.extent))
    return Recording(
        name="other machine",
        outputs={name: trace.outputs.astype(np.int64)},
        currents={name: trace.u.astype(np.int64)},
        voltages={name: trace.v.astype(np.int64)},
    )


@pytest.mark.parametrize(
    ("kind", "layer", "rules", "rule"),
    [
        ("ties", "subtract", replace(MEANING, inclusive=True), Rule.COMPARE),
        ("ties", "none", replace(MEANING, inclusive=True), Rule.COMPARE),
        ("ties", "zero", replace(MEANING, inclusive=True), Rule.COMPARE),
        ("dense", "a", replace(MEANING, clears_current=True), Rule.RESET),
        ("per_neuron", "a", replace(MEANING, rounding=Rounding.DOWN), Rule.ROUNDING),
        ("wraps", "b", replace(MEANING, current=Overflow.WRAP), Rule.WRAP),
        ("wraps", "a", replace(MEANING, current=Overflow.SATURATE), Rule.WRAP),
        ("saturation", "a", replace(MEANING, voltage=Overflow.WRAP), Rule.SATURATION),
    ],
)
def test_other_rules_of_the_machine_are_named(
    kind: str, layer: str, rules: Rules, rule: Rule
) -> None:
    for seed in range(20):
        case = random_case(kind, seed)
        stimulus = stimulus_of(case)
        other = by_rules(case.program, stimulus, layer, rules)
        mine = recorded(case.program, stimulus)
        if all(
            np.array_equal(mine.parts[part][layer], values[layer])
            for part, values in other.parts.items()
        ):
            continue
        difference, explanation = explained(case.program, stimulus, other)
        assert difference.population == layer
        assert explanation.rule is rule
        return
    pytest.fail("no case shows the difference")


def test_a_reference_with_a_threshold_one_unit_lower_is_a_comparison() -> None:
    """Integrators on whole units fire at ``v >= vth`` exactly if they do at ``v > vth - 1``."""
    case = random_case("ties", 0)
    program, stimulus = case.program, stimulus_of(case)
    population = program.population("zero")
    lower = with_population(
        program, replace(population, vth=population.vth - 1, vth_low=population.vth_low)
    )
    if population.vth_low is not None:
        lower = with_population(
            lower, replace(lower.population("zero"), vth_low=population.vth_low + 1)
        )
    _, explanation = explained(program, stimulus, recorded(lower, stimulus))
    assert explanation.rule is Rule.COMPARE
    assert (
        explanation.findings[0].says
        == "the layer fires at v >= threshold, not only at v > threshold"
    )


@pytest.mark.parametrize(
    ("value", "rule", "says"),
    [
        (254, Rule.SATURATION, "254, not {}, at the end of the range"),
        (-256, Rule.SATURATION, "-256, not {}, at the end of the range"),
        (41, Rule.GAIN, "41, not {}"),
    ],
)
def test_a_single_weight_that_is_another_is_found(value: int, rule: Rule, says: str) -> None:
    program, stimulus = network()
    projection = program.projections[1]
    assert isinstance(projection.operator, Dense)
    heard = recorded(program, stimulus).outputs["conv"][0, :20].sum(axis=0)
    index = 4, int(np.argmax(heard))
    weights = projection.operator.mantissa.copy()
    before, weights[index] = int(weights[index]), value
    other = with_projection(program, replace(projection, operator=Dense(mantissa=weights)))
    _, explanation = explained(program, stimulus, recorded(other, stimulus))
    assert explanation.rule is rule
    assert explanation.findings[0].says == (
        f"projection 'w2' has weight [4, {index[1]}] {says.format(before)}"
    )


@pytest.mark.parametrize("sparse", [False, True])
def test_a_single_odd_weight_among_even_ones_is_rounding(sparse: bool) -> None:
    program, stimulus = network()
    first = program.projections[0]
    assert isinstance(first.operator, Conv)
    weights = first.operator.mantissa.copy()
    weights[1, 0, 1, 1] += 1
    changed = Conv(mantissa=weights, geometry=first.operator.geometry)
    index, layer = "1, 0, 1, 1", "w1"
    if sparse:
        second = program.projections[1]
        assert isinstance(second.operator, Dense)
        even = (second.operator.mantissa // 2 * 2).astype(np.int32)
        stored = np.ones(even.shape, np.bool_)
        program = with_projection(
            program, replace(second, operator=Sparse.from_dense(even, stored))
        )
        odd = even.copy()
        odd[3, 0] += 1
        other = with_projection(program, replace(second, operator=Sparse.from_dense(odd, stored)))
        index, layer = "3", "w2"
    else:
        other = with_projection(program, replace(first, operator=changed))
    _, explanation = explained(program, stimulus, recorded(other, stimulus))
    assert explanation.rule is Rule.ROUNDING
    assert explanation.findings[0].says.startswith(f"projection {layer!r} has weight [{index}] ")
    assert explanation.findings[0].says.endswith(", and weights of mixed signs are even")


def test_what_no_rule_explains_is_said_to_be_unexplained() -> None:
    program, stimulus = network()
    other = recorded(program, stimulus)
    noise = np.random.default_rng(3).random(other.outputs["conv"].shape) < 0.1
    wild = replace(other, outputs={"conv": other.outputs["conv"] ^ noise}, currents={}, voltages={})
    _, explanation = explained(program, stimulus, wild)
    assert not explanation.exact
    assert explanation.rule is None


def test_unrecorded_sources_are_taken_as_equal_and_named() -> None:
    program, stimulus = network()
    changed = with_population(program, replace(program.population("fc"), reset=Reset.NONE))
    whole = recorded(changed, stimulus)
    last = replace(whole, outputs={"fc": whole.outputs["fc"]}, currents={}, voltages={})
    _, explanation = explained(program, stimulus, last)
    assert explanation.rule is Rule.RESET
    assert explanation.assumed == ("conv",)


def test_a_fault_inside_a_loop_is_found_in_its_own_layer() -> None:
    case = random_case("loops", 1)
    stimulus = stimulus_of(case)
    b = case.program.population("b")
    rule = Reset.NONE if b.reset is not Reset.NONE else Reset.ZERO
    other = recorded(with_population(case.program, replace(b, reset=rule)), stimulus)
    difference, explanation = explained(case.program, stimulus, other)
    assert difference.population == "b"
    assert explanation.rule is Rule.RESET


def test_every_family_of_alternatives_yields_something_and_changes_its_layer() -> None:
    program, _ = network()
    sized = replace(LOIHI, conv_sum_bits=24)
    layers = [layer_of(replace(program, formats=sized), p.name) for p in program.populations]
    for family in ALTERNATIVES:
        assert any(list(family(layer)) for layer in layers), family.__name__
    for layer in layers:
        says = [a.says for a in alternatives_of(layer)]
        assert len(says) == len(set(says))
        assert all(a.layer != layer for a in alternatives_of(layer))
