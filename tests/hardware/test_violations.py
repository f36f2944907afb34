"""What a chip cannot hold is named, with what it can and what to do."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from neurodeploy.geometry.conv import ConvGeometry
from neurodeploy.hardware import Arithmetic, Hardware
from neurodeploy.hardware.toml_file import load_chip
from neurodeploy.hardware.violations import range_violations
from neurodeploy.program import (
    Conv,
    Dense,
    Direct,
    Input,
    Operator,
    Output,
    Population,
    Program,
    Projection,
)
from neurodeploy.program.fixed_point import stored_mantissa
from neurodeploy.terms import Readout, Reset

LOIHI1, LOIHI2, IDEAL = load_chip("loihi1"), load_chip("loihi2"), load_chip("ideal")
EVEN = np.array([[2, -4]])


def network(
    *,
    population: dict[str, Any] | None = None,
    projection: dict[str, Any] | None = None,
    given: dict[str, Any] | None = None,
    operator: Operator | None = None,
) -> Program:
    neurons = {"du": 4095, "dv": 0, "vth": 100} | (population or {})
    synapses = {"operator": Dense(mantissa=EVEN) if operator is None else operator}
    return Program(
        inputs=(Input(name="in", shape=(2,), **(given or {})),),
        populations=(Population(name="fc", shape=(1,), **neurons),),
        projections=(
            Projection(
                name="fc.in", sources=("in",), target="fc", **(synapses | (projection or {}))
            ),
        ),
        outputs=(Output(population="fc", readout=Readout.COUNT),),
    )


def lines(program: Program, chip: Hardware) -> list[str]:
    return [str(violation) for violation in range_violations(program, chip)]


@pytest.mark.parametrize("chip", [LOIHI1, LOIHI2, IDEAL], ids=lambda chip: chip.name)
def test_program_within_all_ranges_has_no_violations(chip: Hardware) -> None:
    assert lines(network(), chip) == []


@pytest.mark.parametrize(
    ("population", "line"),
    [
        (
            {"du": -1},
            "du of -1; allowed 0..4095; "
            "du = 4095 is a current without memory, du = 0 the slowest decay",
        ),
        (
            {"dv": 4097},
            "dv of 4097; allowed 0..4096 (assumed); "
            "dv = 4095 forgets all but 1/4096 a step, dv = 0 nothing",
        ),
        (
            {"vth": 131072},
            "vth of 131072; allowed 0..131071; "
            "scale the layer's threshold, weights and bias down together",
        ),
        ({"bias_mant": -4096}, "bias_mant of -4096; allowed -4095..4095; use a larger bias_exp"),
        ({"bias_exp": 8}, "bias_exp of 8; allowed 0..7; shift the bias's mantissa instead"),
        (
            {"u0": 2**23},
            "u0 of 8388608; allowed -8388607..8388607; "
            "start from a current that the state can hold",
        ),
        (
            {"v0": -(2**23)},
            "v0 of -8388608; allowed -8388607..8388607; "
            "start from a voltage that the state can hold",
        ),
        (
            {"v_reset": 2**24},
            "v_reset of 16777216; allowed -8388607..8388607 (assumed); "
            "shift v by v_reset: take it off threshold, initial voltage and bias",
        ),
        (
            {"vth_low": -131072},
            "vth_low of -131072; allowed -131071..131071; "
            "scale the layer's threshold, weights and bias down together",
        ),
    ],
)
def test_parameter_out_of_range_is_a_violation(population: dict[str, int], line: str) -> None:
    assert lines(network(population=population), LOIHI2) == [f"loihi2: population 'fc': {line}"]


@pytest.mark.parametrize(
    ("population", "line"),
    [
        (
            {"reset": Reset.SUBTRACT},
            "reset 'subtract'; allowed zero; "
            "train or convert with an allowed reset, or choose a chip with neuron programs",
        ),
        (
            {"v_reset": 5},
            "v_reset of 5; allowed 0..0; "
            "shift v by v_reset: take it off threshold, initial voltage and bias",
        ),
        (
            {"dv": 4096},
            "dv of 4096; allowed 0..4095; dv = 4095 forgets all but 1/4096 a step, dv = 0 nothing",
        ),
        (
            {"vth_low": -100},
            "it sends -1 below a second threshold; allowed spikes of one sign; "
            "split it into a population of either sign",
        ),
        (
            {"clear_interval": 25},
            "it clears its state every 25 steps; allowed no clearing (assumed); "
            "set clear_interval to 0 and reset the chip between samples",
        ),
    ],
)
def test_what_needs_neuron_programs_is_a_violation_of_loihi1_only(
    population: dict[str, Any], line: str
) -> None:
    program = network(population=population)
    assert lines(program, LOIHI1) == [f"loihi1-davies2018: population 'fc': {line}"]
    assert lines(program, LOIHI2) == []


def test_voltage_that_cannot_be_read_is_a_violation() -> None:
    deaf = replace(LOIHI1, ranges=replace(LOIHI1.ranges, voltage_readout=False))
    assert lines(network(population={"spiking": False}), deaf) == [
        "loihi1-davies2018: population 'fc': its voltage is read and it does not spike; "
        "allowed spiking populations only; give it a threshold and count its spikes"
    ]


def test_threshold_and_reset_of_a_population_that_does_not_spike_do_not_matter() -> None:
    silent = {"spiking": False, "vth": 2**30, "reset": Reset.NONE, "v_reset": 7}
    assert lines(network(population=silent), LOIHI1) == []


def test_several_values_where_a_population_has_one_are_a_violation() -> None:
    shared = replace(LOIHI2, ranges=replace(LOIHI2.ranges, per_neuron_parameters=False))
    program = Program(
        inputs=(),
        populations=(Population(name="fc", shape=(3,), du=[1, 2, 2], dv=0, vth=[1, 2, 3]),),
        projections=(),
        outputs=(),
    )
    remedy = "split the population by that parameter, or train it shared"
    assert lines(program, shared) == [
        f"loihi2: population 'fc': du takes 2 values; allowed one value a population; {remedy}",
        f"loihi2: population 'fc': vth takes 3 values; allowed one value a population; {remedy}",
    ]
    assert lines(program, LOIHI2) == []


@pytest.mark.parametrize(
    ("weights", "found", "allowed"),
    [
        (
            [[3, -2]],
            "1 weight that a core would change, such as 3",
            "multiples of 2 in -256..254 for weights of mixed sign",
        ),
        (
            [[256, -258]],
            "2 weights that a core would change, such as -258",
            "multiples of 2 in -256..254 for weights of mixed sign",
        ),
        (
            [[3, 256]],
            "1 weight that a core would change, such as 256",
            "0..255 for weights of one sign",
        ),
        (
            [[-3, -300]],
            "1 weight that a core would change, such as -300",
            "-255..0 for weights of one sign",
        ),
    ],
)
def test_weight_a_core_would_change_is_a_violation(
    weights: list[list[int]], found: str, allowed: str
) -> None:
    program = network(operator=Dense(mantissa=np.array(weights)))
    assert lines(program, LOIHI2) == [
        f"loihi2: projection 'fc.in': {found}; allowed {allowed}; "
        "quantise to these values, with the rest of the scale in weight_exp"
    ]


def test_convolution_obeys_the_same_rule() -> None:
    geometry = ConvGeometry(input_shape=(1, 1, 2), out_channels=1, kernel=(1, 2))
    program = network(operator=Conv(mantissa=np.array([[[[2, -3]]]]), geometry=geometry))
    assert [violation.found for violation in range_violations(program, LOIHI2)] == [
        "1 weight that a core would change, such as -3"
    ]


@given(
    st.lists(st.integers(-300, 300), min_size=2, max_size=2),
    st.integers(1, 8),
)
def test_weights_violate_exactly_where_a_core_would_change_them(
    weights: list[int], bits: int
) -> None:
    narrow = replace(LOIHI2, ranges=replace(LOIHI2.ranges, weight_bits=bits))
    stored: NDArray[np.int32] = stored_mantissa(np.array([weights]), weight_bits=bits)
    again = stored_mantissa(stored, weight_bits=bits)
    found = lines(network(operator=Dense(mantissa=stored)), narrow)
    assert (found == []) == bool((stored == again).all())


@pytest.mark.parametrize(
    ("projection", "line"),
    [
        (
            {"weight_exp": -1},
            "weight_exp of -1; allowed 0..7 (assumed); "
            "scale the target's threshold, bias and weights together",
        ),
        (
            {"delay_steps": 65},
            "delay_steps of 65; allowed 1..64; relay longer delays through an extra population",
        ),
        (
            {"delay_steps": np.array([[1, 70]])},
            "delay_steps of 70; allowed 1..64; relay longer delays through an extra population",
        ),
    ],
)
def test_projection_out_of_range_is_a_violation(projection: dict[str, Any], line: str) -> None:
    found = lines(network(projection=projection), LOIHI2)
    assert found == [f"loihi2: projection 'fc.in': {line}"]


def test_graded_input_needs_a_payload() -> None:
    program = network(given={"low": -5, "high": 5}, projection={"graded": True})
    assert lines(program, LOIHI1) == [
        "loihi1-davies2018: projection 'fc.in': a value from 'in' of -5 and 5; allowed 0..1; "
        "send spikes: a spiking source, or inputs encoded or injected"
    ]
    assert lines(program, LOIHI2) == []


def test_graded_input_beyond_the_payload_is_a_violation() -> None:
    program = network(given={"high": 2**23}, projection={"graded": True})
    assert lines(program, LOIHI2) == [
        "loihi2: projection 'fc.in': a value from 'in' of 8388608; "
        "allowed -8388608..8388607 (assumed); "
        "send spikes: a spiking source, or inputs encoded or injected"
    ]


def test_injected_input_needs_no_payload() -> None:
    program = Program(
        inputs=(Input(name="in", shape=(1,), low=-500, high=500),),
        populations=(Population(name="fc", shape=(1,), du=4095, dv=0, vth=1),),
        projections=(
            Projection(name="d", sources=("in",), target="fc", operator=Direct(), delay_steps=0),
        ),
        outputs=(),
    )
    assert lines(program, LOIHI1) == []


def test_voltage_that_travels_needs_a_payload() -> None:
    def relu(name: str) -> Population:
        return Population(name=name, shape=(2,), du=4095, dv=0, vth=1, spiking=False)

    program = Program(
        inputs=(),
        populations=(relu("a"), relu("b")),
        projections=(
            Projection(
                name="ab",
                sources=("a",),
                target="b",
                operator=Dense(mantissa=np.eye(2)),
                graded=True,
            ),
        ),
        outputs=(),
    )
    assert [violation.found for violation in range_violations(program, LOIHI1)] == [
        "a value from 'a' of -8388607 and 8388607"
    ]
    assert lines(program, LOIHI2) == []


def test_all_violations_are_reported_at_once() -> None:
    program = network(
        population={"du": -1, "vth": -1},
        projection={"weight_exp": 9},
        operator=Dense(mantissa=[[1, -1]]),
    )
    assert [violation.found for violation in range_violations(program, LOIHI2)] == [
        "du of -1",
        "vth of -1",
        "2 weights that a core would change, such as 1",
        "weight_exp of 9",
    ]


def test_chip_with_unknown_arithmetic_is_not_checked() -> None:
    other = replace(LOIHI1, arithmetic=Arithmetic.NONE)
    assert lines(network(population={"du": -1, "reset": Reset.SUBTRACT}), other) == []
