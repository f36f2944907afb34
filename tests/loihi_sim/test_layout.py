"""Programs as Lava processes: order of neurons, names, which process, and what is refused."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from support import lava
from support.chips import LOIHI2_RANGES

from neurodeploy.geometry.conv import ConvGeometry
from neurodeploy.program import (
    Conv,
    Dense,
    Direct,
    Input,
    NumberFormat,
    Population,
    Program,
    Projection,
    Sparse,
)
from neurodeploy.program.reference import simulate
from neurodeploy.terms import Reset
from neurodeploy_loihi_sim.layout import ConvSynapses, Lif, SparseSynapses
from neurodeploy_loihi_sim.mapping import layout_of
from neurodeploy_loihi_sim.order import between, in_lava_order, lava_index
from neurodeploy_loihi_sim.stock import first_arrivals, reasons_against
from neurodeploy_loihi_sim.synapses import unrolled
from neurodeploy_loihi_sim.violations import violations_of


def lif(name: str, shape: tuple[int, ...], **changes: Any) -> Population:
    return Population(name=name, shape=shape, **{"du": 4095, "dv": 10, "vth": 200, **changes})


def joined(
    operator: Dense | Sparse | Conv | Direct,
    target: Population,
    source: Input | None = None,
    **changes: Any,
) -> Program:
    """An input, a projection and a population."""
    source = source or Input(
        name="in", shape=target.shape if isinstance(operator, Direct) else (operator.n_in,)
    )
    return Program(
        inputs=(source,),
        populations=(target,),
        projections=(
            Projection(
                name="w", sources=(source.name,), target=target.name, operator=operator, **changes
            ),
        ),
        outputs=(),
    )


def dense(*rows: list[int]) -> Dense:
    return Dense(mantissa=np.array(rows, np.int32))


def test_lava_index_is_the_order_of_width_height_channel() -> None:
    image = np.arange(24).reshape(2, 3, 4)
    np.testing.assert_array_equal(in_lava_order(image).ravel(), lava_index((2, 3, 4)))
    assert in_lava_order(image).shape == (4, 3, 2)
    np.testing.assert_array_equal(lava_index((5,)), np.arange(5))


@pytest.mark.parametrize(
    ("source", "target"),
    [((2, 3, 4), (24,)), ((24,), (2, 3, 4)), ((2, 3, 4), (4, 1, 6)), ((6, 4), (24,)), ((3,), (3,))],
)
def test_steps_between_shapes_keep_the_programs_order(
    source: tuple[int, ...], target: tuple[int, ...]
) -> None:
    values = in_lava_order(np.arange(int(np.prod(source))).reshape(source))
    for step in between(source, target):
        values = (
            values.transpose(step.to)
            if type(step).__name__ == "Transpose"
            else values.reshape(step.to)
        )
    np.testing.assert_array_equal(
        values, in_lava_order(np.arange(int(np.prod(target))).reshape(target))
    )


def test_keys_are_identifiers_of_their_own() -> None:
    names = ["1", "a b", "a.b", "class", "w", '"""\nimport os', "é"]
    program = Program(
        inputs=(Input(name="in", shape=(1,)),),
        populations=tuple(lif(name, (1,)) for name in names),
        projections=(Projection(name="w", sources=("in",), target="1", operator=dense([3])),),
        outputs=(),
    )
    layout = layout_of(program)
    nodes = [*layout.sources, *layout.neurons, *layout.synapses]
    keys = [node.key for node in nodes]
    assert keys == [
        *("layer_in", "layer_1", "a_b", "a_b_2", "layer_class", "w", "import_os", "layer", "w_2")
    ]


def test_projections_of_one_name_stay_apart() -> None:
    both = tuple(
        Projection(name="w", sources=("in",), target="n", operator=dense([w])) for w in (2, 4)
    )
    program = replace(joined(dense([2]), lif("n", (1,))), projections=both)
    assert not violations_of(program)
    layout = layout_of(program)
    assert [(s.key, int(s.weights[0, 0])) for s in layout.synapses] == [("w", 2), ("w_2", 4)]
    assert len(layout.wires) == 4


def test_conv_is_flipped_and_ordered_width_first() -> None:
    geometry = ConvGeometry(input_shape=(2, 5, 7), out_channels=3, kernel=(2, 3), stride=(1, 2))
    weights = np.arange(36, dtype=np.int32).reshape(geometry.weight_shape)
    conv = Conv(mantissa=weights, geometry=geometry)
    source = Input(name="in", shape=geometry.input_shape)
    program = joined(conv, lif("n", geometry.output_shape), source, weight_exp=2)
    (synapses,) = layout_of(program).synapses
    assert isinstance(synapses, ConvSynapses)
    assert (synapses.input_shape, synapses.stride) == ((7, 5, 2), (2, 1))
    assert synapses.weight[1, 0, 0, 1] == 4 * weights[1, 1, 1, 2]


def test_unrolled_convolution_has_the_same_synapses() -> None:
    geometry = ConvGeometry(
        input_shape=(4, 5, 6),
        out_channels=6,
        kernel=(3, 2),
        stride=(2, 1),
        padding=(1, 1),
        dilation=(1, 2),
        groups=2,
    )
    rng = np.random.default_rng(0)
    conv = Conv(mantissa=rng.integers(-9, 9, geometry.weight_shape, np.int32), geometry=geometry)
    sparse = unrolled(conv)
    x = rng.integers(0, 5, (1, 4, *geometry.input_shape), np.int32)
    results = []
    for operator in (conv, sparse):
        source = Input(name="in", shape=geometry.input_shape, high=4)
        population = lif("n", geometry.output_shape, spiking=False)
        program = joined(operator, population, source, graded=True)
        results.append(simulate(program, {"in": x[0]}, 4).v["n"])
    np.testing.assert_array_equal(*results)
    assert results[0].any()


def depthwise(n_channels: int, mantissa: int, delay_steps: int = 1) -> Program:
    geometry = ConvGeometry(
        input_shape=(n_channels, 4, 3), out_channels=n_channels, kernel=(2, 2), groups=n_channels
    )
    rng = np.random.default_rng(3)
    weights = rng.integers(1, mantissa + 1, geometry.weight_shape, np.int32)
    source = Input(name="in", shape=geometry.input_shape, high=3)
    target = lif("n", geometry.output_shape, vth=300)
    conv = Conv(mantissa=weights, geometry=geometry)
    return joined(conv, target, source, graded=True, delay_steps=delay_steps)


def test_more_groups_than_int8_become_sparse_synapses_and_equal_the_reference() -> None:
    program = depthwise(130, 200)
    assert not violations_of(program)
    (synapses,) = layout_of(program).synapses
    assert isinstance(synapses, SparseSynapses)
    x = {"in": np.random.default_rng(0).integers(0, 4, (2, 12, 130, 4, 3), np.int32)}
    (found,) = lava.computed([lava.network(program, x, 12)])
    lava.assert_equals_reference(program, x, 12, found)
    assert found.spikes["n"].any()


def test_a_delayed_convolution_equals_the_reference() -> None:
    program = depthwise(3, 200, delay_steps=4)
    x = {"in": np.random.default_rng(0).integers(0, 4, (3, 15, 3, 4, 3), np.int32)}
    (found,) = lava.computed([lava.network(program, x, 15)])
    lava.assert_equals_reference(program, x, 15, found)
    assert found.spikes["n"].any()


def test_sources_of_other_shapes_equal_the_reference() -> None:
    rng = np.random.default_rng(5)
    program = Program(
        inputs=(Input(name="flat", shape=(24,)), Input(name="image", shape=(2, 3, 4))),
        populations=(
            lif("a", (4, 3, 2), vth=60),
            lif("b", (24,), vth=1),
            lif("c", (2, 3, 4), vth=0),
        ),
        projections=(
            Projection(
                name="w",
                sources=("flat", "image"),
                target="a",
                operator=Dense(mantissa=2 * rng.integers(-40, 60, (24, 24), np.int32)),
            ),
            Projection(name="d", sources=("a",), target="b", operator=Direct(), delay_steps=0),
            Projection(
                name="e", sources=("b", "image"), target="c", operator=Direct(), delay_steps=0
            ),
        ),
        outputs=(),
    )
    x = {
        name: rng.integers(0, 2, (2, 20, *shape))
        for name, shape in (("flat", (24,)), ("image", (2, 3, 4)))
    }
    (found,) = lava.computed([lava.network(program, x, 20)])
    lava.assert_equals_reference(program, x, 20, found)
    assert all(found.spikes[name].any() for name in "abc")


STOCK = {"bias_mant": 30, "u0": 5, "v0": 9}
OWN: Mapping[str, tuple[dict[str, Any], str]] = {
    "readout": ({"spiking": False}, "a readout that sends v"),
    "reset": ({"reset": Reset.SUBTRACT}, "reset subtract"),
    "v_reset": ({"v_reset": 7}, "v_reset other than 0"),
    "ternary": ({"vth_low": -3}, "spikes of both signs"),
    "clear": ({"clear_interval": 5}, "states cleared at an interval"),
    "per neuron": ({"vth": np.array([5, 6], np.int32)}, "vth of each neuron"),
    "start": ({"t_start": 3, "bias_mant": 1}, "a start at step 3"),
}


def test_lavas_own_lif_is_used_where_it_suffices() -> None:
    (cells,) = layout_of(joined(dense([2], [4]), lif("n", (2,), **STOCK))).neurons
    assert isinstance(cells, Lif)
    assert (cells.du, cells.dv, cells.vth) == (4095, 10, 200)


@pytest.mark.parametrize("what", list(OWN))
def test_our_neurons_are_used_for_what_lif_cannot_do(what: str) -> None:
    changes, reason = OWN[what]
    program = joined(dense([2], [4]), lif("n", (2,), **changes))
    assert reasons_against(program.populations[0], 1) == (reason,)
    (cells,) = layout_of(program).neurons
    assert not isinstance(cells, Lif)


def test_a_start_does_not_matter_before_input_can_arrive() -> None:
    first = lif("a", (1,), t_start=1)
    second = lif("b", (1,), t_start=4)
    program = Program(
        inputs=(Input(name="in", shape=(1,)),),
        populations=(first, second),
        projections=(
            Projection(name="w", sources=("in",), target="a", operator=dense([3])),
            Projection(name="x", sources=("a",), target="b", operator=dense([3]), delay_steps=3),
        ),
        outputs=(),
    )
    assert first_arrivals(program) == {"a": 1, "b": 4}
    assert all(isinstance(cells, Lif) for cells in layout_of(program).neurons)
    late = replace(program, populations=(first, replace(second, t_start=5)))
    assert not isinstance(layout_of(late).neurons[1], Lif)


def test_other_number_formats_are_refused() -> None:
    program = replace(joined(dense([2]), lif("n", (1,))), formats=NumberFormat(voltage_bits=20))
    (found,) = violations_of(program)
    assert found.where == "loihi-sim: number formats"
    assert "voltage_bits=20" in found.found


REFUSED = {
    "odd mixed": (
        joined(dense([3, -4]), lif("n", (1,))),
        "loihi-sim: projection 'w': 1 mantissas that Lava would change, e.g. 3; allowed even "
        "values from -256 to 254 where signs are mixed; compile for chip loihi1 or loihi2, which "
        "keeps to them, or run on cpu-emu",
    ),
    "too large": (
        joined(dense([3, 300]), lif("n", (1,))),
        "loihi-sim: projection 'w': 1 mantissas that Lava would change, e.g. 300; allowed 0 to "
        "255; compile for chip loihi1 or loihi2, which keeps to them, or run on cpu-emu",
    ),
    "long delay": (
        joined(dense([3]), lif("n", (1,)), delay_steps=65),
        "loihi-sim: projection 'w': a delay of 65 steps; allowed 1 to 64; put a relay population "
        "between, or run on cpu-emu",
    ),
    "twice": (
        replace(
            joined(dense([2]), lif("n", (1,))),
            projections=(
                Projection(name="w", sources=("in", "in"), target="n", operator=dense([2])),
            ),
        ),
        "loihi-sim: projection 'w': 'in' is added to it twice; allowed once: Lava connects two "
        "ports once; double the weights instead, or run on cpu-emu",
    ),
    "groups that wrap": (
        replace(
            depthwise(130, 200),
            inputs=(Input(name="in", shape=(130, 4, 3), high=100_000),),
        ),
        "loihi-sim: projection 'w': groups or sizes above 127 and sums that may wrap at 24 bits; "
        "allowed at most 127, the range of Lava's int8, or smaller sums; split it into several "
        "convolutions, or run on cpu-emu",
    ),
    "float sums": (
        replace(
            depthwise(3, 200),
            inputs=(Input(name="in", shape=(3, 4, 3), high=1 << 24),),
        ),
        "loihi-sim: projection 'w': sums that may leave 32 bits; allowed sums below 2**31: Lava "
        "computes these otherwise than the chip; declare a smaller input range, or run on cpu-emu",
    ),
}


@pytest.mark.parametrize("what", list(REFUSED))
def test_what_lava_cannot_compute_is_refused(what: str) -> None:
    program, message = REFUSED[what]
    assert [str(violation) for violation in violations_of(program)] == [message]


def test_what_a_chip_allows_is_not_refused() -> None:
    assert LOIHI2_RANGES.delay_steps[1] <= 64
    for weights in ([[255, 3]], [[-255, -3]], [[-256, 254]], [[0, 0]]):
        assert not violations_of(joined(dense(*weights), lif("n", (1,)), delay_steps=64))
