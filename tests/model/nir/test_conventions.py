"""What frameworks mean by a file: time steps, leaks, gains and resets."""

from pathlib import Path

import numpy as np
import pytest
from support.nir_files import chain, dense, write_raw
from support.shared import folder

from neurodeploy.errors import InputError
from neurodeploy.model import CubaLif, If, Li, Lif, Model
from neurodeploy.model.neuron import step_of
from neurodeploy.model.nir_file import PRESETS, Conventions, preset, read_nir, write_nir
from neurodeploy.terms import Reset

DT_S = 1e-3


def every_neuron(tmp_path: Path) -> Path:
    one = {"tau": np.array([4e-3]), "r": np.array([5.0]), "v_leak": np.zeros(1)}
    spiking = {"v_threshold": np.ones(1), "v_reset": np.zeros(1)}
    current = {"tau_syn": np.array([2e-3]), "tau_mem": np.array([4e-3]), "w_in": np.array([3.0])}
    nodes, edges = chain(
        ("in", "Input", {"shape": [1]}),
        ("if", "IF", {"r": np.array([5.0]), **spiking}),
        ("lif", "LIF", {**one, **spiking}),
        ("cuba", "CubaLIF", {**current, "r": one["r"], "v_leak": one["v_leak"], **spiking}),
        ("li", "LI", one),
        ("out", "Output", {"shape": [1]}),
    )
    return write_raw(tmp_path / "m.nir", nodes, edges)


def steps(model: Model) -> dict[str, tuple[float, float, float]]:
    """The leak of current and voltage and the gain of each neuron."""
    found = {}
    for population in model.populations:
        assert isinstance(population.neuron, If | Lif | CubaLif | Li)
        step = step_of(population.neuron, model.dt_s)
        values = (float(np.max(v)) for v in (step.leak_i, step.leak_v, step.gain))
        found[population.name] = tuple(values)
    return found  # type: ignore[return-value]  # three floats each


def expected(framework: str) -> dict[str, tuple[float, float, float]]:
    """Leaks and gains of tau 4 ms, tau_syn 2 ms, r 5, w_in 3 at dt 1 ms, by hand."""
    fast, slow = 1 - np.exp(-0.5), 1 - np.exp(-0.25)
    match framework:
        case "snntorch" | "spikingjelly":
            return {
                "if": (1, 0, DT_S * 5),
                "lif": (1, 0.25, 1.25),
                "cuba": (0.5, 0.25, 1.25 * 1.5),
                "li": (1, 0.25, 1.25),
            }
        case "norse" | "lava-dl":
            cuba = (0.5, 0.25, 1.25 * 1.5)
            return {"if": (1, 0, 1), "lif": (1, 0.25, 0.25), "cuba": cuba, "li": (1, 0.25, 0.25)}
        case "spyx":
            return {
                "if": (1, 0, 5),
                "lif": (1, 0.25, 1),
                "cuba": (0.5, 0.25, 1),
                "li": (1, 0.25, 1),
            }
        case "sinabs":
            return {
                "if": (1, 0, 5),
                "lif": (1, slow, 1),
                "cuba": (fast, slow, 1),
                "li": (1, slow, 1),
            }
        case _:
            decayed = (fast, slow, 1 - fast)
            return {
                "if": (1, 0, 5),
                "lif": (1, slow, 1),
                "cuba": decayed,
                "li": (1, slow, 1 - slow),
            }


@pytest.mark.parametrize("framework", PRESETS)
def test_each_preset_has_its_leaks_and_gains(tmp_path: Path, framework: str) -> None:
    known = preset(framework)
    meant = Conventions(
        dt_s=DT_S,
        reset=known.reset,
        if_gain=known.if_gain,
        discretisation=known.discretisation,
        gain=known.gain,
    )
    model, _ = read_nir(every_neuron(tmp_path), meant)
    found = steps(model)
    for name, wanted in expected(framework).items():
        # A gain is a product of a rounded r and a rounded leak.
        np.testing.assert_allclose(found[name], wanted, rtol=4e-16, err_msg=name)


def test_what_presets_leave_open_is_known() -> None:
    assert {name: preset(name).dt_s for name in PRESETS} == {
        "lava-dl": 1e-4,
        "norse": 1e-3,
        "rockpool": None,
        "sinabs": 1.0,
        "snntorch": 1e-4,
        "spikingjelly": 1e-4,
        "spyx": 1.0,
    }
    assert {name: preset(name).reset for name in PRESETS} == {
        "lava-dl": Reset.ZERO,
        "norse": Reset.ZERO,
        "rockpool": Reset.SUBTRACT,
        "sinabs": Reset.SUBTRACT,
        "snntorch": None,
        "spikingjelly": Reset.ZERO,
        "spyx": Reset.SUBTRACT_DELAYED,
    }


def test_an_unknown_preset_is_refused() -> None:
    with pytest.raises(InputError) as caught:
        preset("brian")
    assert str(caught.value) == (
        "ND2601: --from is 'brian', allowed are lava-dl, norse, rockpool, sinabs, snntorch, "
        "spikingjelly, spyx"
    )


@pytest.mark.parametrize(
    ("file", "trace", "framework"),
    [
        ("lif_norse", "norse", "norse"),
        ("lif_rockpool", "rockpool", "rockpool"),
        ("lif_norse", "sinabs", "sinabs"),
    ],
)
def test_presets_give_the_recorded_traces(file: str, trace: str, framework: str) -> None:
    known = preset(framework)
    meant = Conventions(
        dt_s=1e-4,
        reset=known.reset,
        if_gain=known.if_gain,
        discretisation=known.discretisation,
        gain=known.gain,
    )
    model, _ = read_nir(folder("models") / "nir" / f"{file}.nir", meant)
    name = model.populations[0].name
    series = np.loadtxt(folder("models") / "lif_traces" / f"lif_{trace}.csv", delimiter=",")
    simulation = model.simulate(series[None, :, :1], record=[name])
    assert np.array_equal(simulation.rasters[name][0, :, 0], series[:, 2])
    assert series[:, 2].sum() == 4
    # The frameworks compute in float32.
    np.testing.assert_allclose(simulation.voltages[name][0, :, 0], series[:, 1], rtol=0, atol=1e-6)


def test_endless_time_constants_stay_endless(tmp_path: Path) -> None:
    nodes, edges = dense()
    inf = np.full(2, np.inf)
    nodes["lif"][1].update({"tau": inf, "r": inf})
    path = write_raw(tmp_path / "m.nir", nodes, edges)
    for meant in (Conventions(), preset("sinabs"), preset("rockpool")):
        model, _ = read_nir(path, meant)
        step = step_of(model.populations[0].neuron, model.dt_s)  # type: ignore[arg-type]  # a Lif
        assert (step.leak_v == 0).all()
        assert (step.gain == 1).all()


def test_what_the_user_says_is_in_the_history(tmp_path: Path) -> None:
    model, _ = read_nir(every_neuron(tmp_path), preset("rockpool"))
    assert model.history[-4:] == (
        "reset is subtract (--reset)",
        "IF integrates v += r x (--if-gain unit)",
        "a leak is 1 - exp(-dt / tau) (--discretisation exponential)",
        "the gain of leaky neurons is decayed",
    )


def test_a_file_that_we_wrote_is_in_steps_already(tmp_path: Path) -> None:
    model, _ = read_nir(every_neuron(tmp_path), preset("sinabs"))
    write_nir(model, tmp_path / "ours.nir")
    again, lines = read_nir(
        tmp_path / "ours.nir", Conventions(discretisation="exponential", gain="decayed")
    )
    assert lines == ("leaks and gains are those of a step already: neurodeploy wrote the file",)
    assert steps(again) == steps(model)
