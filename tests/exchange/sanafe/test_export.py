"""The two files as SANA-FE reads them, and the refusals; `make peers` runs SANA-FE on them."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from support.golden_text import assert_golden
from support.tiny_placed import on_chip, tiny_program, with_population, with_projection

from neurodeploy.errors import DoesNotCompile, InputError
from neurodeploy.exchange.sanafe import export, write_export
from neurodeploy.exchange.sanafe.edges import synapses
from neurodeploy.geometry.conv import ConvGeometry
from neurodeploy.program import Conv, Dense, Direct, Program, Sparse
from neurodeploy.program.reference import simulate
from neurodeploy.terms import Reset

TRAIN = {"in": np.array([[1, 0, 1], [0, 0, 2]])}


@pytest.mark.parametrize("name", ["architecture", "network"])
def test_text_of(request: pytest.FixtureRequest, name: str) -> None:
    found = export(on_chip(tiny_program()), TRAIN)
    text = {"architecture": found.architecture, "network": found.network}[name]
    assert_golden(request, f"sanafe_{name}.txt", text)


def test_folder_holds_both_files_and_what_the_models_do_not_share(tmp_path: Path) -> None:
    found = export(on_chip(tiny_program()), TRAIN)
    write_export(found, tmp_path / "out")
    write_export(found, tmp_path / "out")  # its own folder may be written again
    facts = json.loads((tmp_path / "out" / "export.json").read_text())
    assert (tmp_path / "out" / "arch.yaml").read_text() == found.architecture
    assert (tmp_path / "out" / "snn.yaml").read_text() == found.network
    assert facts["groups"] == {"in": "in", "a b": "a_b", "c": "c"}
    assert (facts["n_steps"], facts["host_core"], facts["replayed"]) == (2, "0.1", [])
    assert facts["differences"] == list(found.differences)


def test_inputs_are_silent_without_a_stimulus_and_it_is_said() -> None:
    found = export(on_chip(tiny_program()))
    assert found.n_steps is None
    assert "spikes: []" in found.network
    assert "the inputs are silent: no stimulus was given" in found.differences


def test_replayed_neurons_get_no_current() -> None:
    rasters = {**TRAIN, "a b": np.array([[0, 1], [1, 0]]), "c": np.array([[0], [1]])}
    found = export(on_chip(tiny_program()), rasters, replay=True)
    assert found.replays == ("a b", "c")
    assert "weight: [0, 0]" in found.network
    assert "leaky" not in found.network
    assert '  - c.0: [core: 0.0, dendrite: sum, synapse: dense, soma: "replay[2]"]' in found.network


def test_readout_has_a_threshold_that_sanafe_can_read_and_no_voltage_reaches() -> None:
    read = with_population(tiny_program(), "c", spiking=False)
    found = export(replace(on_chip(tiny_program()), program=read), TRAIN)
    assert "threshold: 1073741824" in found.network


def test_nothing_to_replay_is_refused() -> None:
    with pytest.raises(InputError) as caught:
        export(on_chip(tiny_program()), replay=True)
    assert str(caught.value) == (
        "ND2901: sana-fe: a b, c can only replay recorded spikes; give a stimulus with --data"
    )


REPLAY = "; replay recorded spikes instead (--replay)"

REFUSED: dict[str, tuple[Callable[[Program], Program], str]] = {
    "current": (
        lambda p: with_population(p, "a b", du=np.asarray(100)),
        "population 'a b' keeps a current (du from 100); SANA-FE's decays without Loihi's "
        "truncation, so du must be 4095" + REPLAY,
    ),
    "reset": (
        lambda p: with_population(p, "c", reset=Reset.SUBTRACT_DELAYED),
        "population 'c' resets by subtract_delayed; SANA-FE knows zero, subtract, none" + REPLAY,
    ),
    "state": (
        lambda p: with_population(p, "c", v0=np.asarray(64)),
        "population 'c' starts from a state that is not 0; SANA-FE's first step treats it "
        "otherwise" + REPLAY,
    ),
    "clear": (
        lambda p: with_population(p, "c", clear_interval=4),
        "population 'c' clears its state every 4 steps; SANA-FE cannot" + REPLAY,
    ),
    "ternary": (
        lambda p: with_population(p, "c", vth_low=np.asarray(-3)),
        "population 'c' also sends -1; SANA-FE's spikes have no sign",
    ),
    "voltage": (
        lambda p: with_population(p, "a b", spiking=False),
        "population 'a b' sends its voltage on; SANA-FE's neurons send spikes only",
    ),
    "bias": (
        lambda p: with_population(p, "c", t_start=1),
        "population 'c' has a bias and starts at step 1; SANA-FE's biases count from the first "
        "step" + REPLAY,
    ),
    "early": (
        lambda p: with_population(p, "a b", t_start=2, bias_mant=np.asarray(0)),
        "projection 'to a b' can arrive at step 1, before 'a b' starts at step 2; SANA-FE's "
        "neurons take every arrival" + REPLAY,
    ),
    "delay": (
        lambda p: with_projection(p, "to c", delay_steps=3),
        "projection 'to c' has a delay of 3 steps; SANA-FE's is always 1" + REPLAY,
    ),
    "exponent": (
        lambda p: with_projection(p, "to c", weight_exp=-1),
        "projection 'to c' rounds its sums (exponent -1); SANA-FE adds each weight by itself"
        + REPLAY,
    ),
    "graded": (
        lambda p: with_projection(p, "to a b", graded=True),
        "projection 'to a b' carries graded payloads; SANA-FE's spikes carry none",
    ),
    "sum": (
        lambda p: with_projection(p, "to c", sources=("a b", "a b")),
        "projection 'to c' sums 2 sources before its weights; SANA-FE weights each source's "
        "spike by itself",
    ),
    "direct": (
        lambda p: replace(
            p,
            projections=(
                *p.projections,
                replace(
                    p.projections[1],
                    name="same step",
                    operator=Direct(),
                    delay_steps=0,
                    sources=("c",),
                ),
            ),
        ),
        "projection 'same step' has no weights and joins populations; SANA-FE knows weighted "
        "edges only",
    ),
    "formats": (
        lambda p: replace(
            p,
            projections=(
                *p.projections,
                replace(
                    p.projections[1],
                    name="again",
                    operator=Sparse.from_dense(np.ones((1, 2), np.int32), np.ones((1, 2), bool)),
                ),
            ),
        ),
        "population 'c' has dense and sparse synapses; SANA-FE's file names one synapse unit a "
        "neuron",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_sanafe_cannot_say_is_refused_by_name(case: str) -> None:
    change, message = REFUSED[case]
    deployment = replace(on_chip(tiny_program()), program=change(tiny_program()))
    with pytest.raises(DoesNotCompile) as caught:
        export(deployment, TRAIN)
    assert str(caught.value) == f"ND3301: sana-fe: {message}"


def test_unknown_figures_are_refused_and_never_zero() -> None:
    with pytest.raises(DoesNotCompile) as caught:
        export(on_chip(tiny_program(), chip="loihi1-davies2018"), TRAIN)
    (problem,) = caught.value.problems
    assert caught.value.code == "ND3302"
    assert problem.startswith("loihi1-davies2018: the chip's page does not know energy of ")
    assert "energy of spike_out" in problem
    assert problem.endswith(
        "SANA-FE needs every figure: choose a chip that knows them (loihi1-fitted does) or write "
        "a page of your own"
    )


def test_no_core_left_for_the_inputs_is_refused() -> None:
    deployment = on_chip(tiny_program())
    small = replace(deployment.hardware.topology, mesh_width=1, mesh_height=1, cores_per_tile=1)
    full = replace(deployment, hardware=replace(deployment.hardware, topology=small))
    with pytest.raises(DoesNotCompile) as caught:
        export(full, TRAIN)
    assert str(caught.value) == (
        "ND3303: sana-fe: every core of the chip is in use, and the inputs need one to be sent "
        "from; place the network on fewer cores"
    )


def test_mesh_that_the_cycle_model_cannot_run_is_said() -> None:
    deployment = on_chip(tiny_program())
    wide = replace(deployment.hardware.topology, mesh_width=16)
    changed = replace(deployment, hardware=replace(deployment.hardware, topology=wide))
    assert export(changed, TRAIN).differences[-1] == (
        "the chip has 16 by 4 tiles of 4 cores; SANA-FE's timing model cycle works with 8 by 4 "
        "tiles of 4 cores only"
    )


def test_every_synapse_of_a_convolution_is_listed_once() -> None:
    rng = np.random.default_rng(5)
    geometry = ConvGeometry(
        input_shape=(4, 5, 6),
        out_channels=6,
        kernel=(3, 2),
        stride=(2, 1),
        padding=(1, 0),
        groups=2,
    )
    conv = Conv(mantissa=rng.integers(-9, 9, geometry.weight_shape, np.int32), geometry=geometry)
    sources, targets, mantissas = synapses(conv)
    matrix = np.zeros((conv.n_out, conv.n_in), np.int64)
    np.add.at(matrix, (targets, sources), mantissas)
    assert len(set(zip(sources.tolist(), targets.tolist(), strict=True))) == len(sources)
    image = rng.integers(0, 2, (1, *geometry.input_shape))
    unit = Dense(mantissa=matrix.astype(np.int32))
    np.testing.assert_array_equal(arrived(conv, image), arrived(unit, image))


def arrived(operator: Conv | Dense, image: np.ndarray) -> np.ndarray:
    """Return the current after one step of `image`, by the reference."""
    tiny = tiny_program()
    shape = operator.geometry.input_shape if isinstance(operator, Conv) else image.shape[1:]
    target = replace(
        tiny.populations[0],
        shape=(operator.n_out,),
        **{name: np.asarray(0) for name in ("du", "dv", "vth", "bias_mant", "bias_exp")},
        **{name: np.asarray(0) for name in ("v_reset", "u0", "v0")},
    )
    program = Program(
        inputs=(replace(tiny.inputs[0], shape=shape),),
        populations=(target,),
        projections=(replace(tiny.projections[0], operator=operator),),
        outputs=(),
    )
    return simulate(program, {"in": image}, 2).u["a b"][1]
