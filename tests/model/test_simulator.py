import numpy as np
import pytest
from support.shared import folder

from neurodeploy.errors import InputError
from neurodeploy.model import (
    Affine,
    CubaLi,
    CubaLif,
    I,
    If,
    Input,
    Li,
    Lif,
    Linear,
    Max,
    Model,
    Neuron,
    Output,
    Population,
    Projection,
    Relu,
    Threshold,
)
from neurodeploy.model.nir_file import Conventions, read_nir
from neurodeploy.terms import Readout, Reset

DT = 0.25
"""A time step in which everything below is exact in binary."""


def a(value: float) -> np.ndarray:
    return np.array(value)


def one_neuron(
    neuron: Neuron,
    reset: Reset = Reset.ZERO,
    readout: Readout = Readout.COUNT,
    **initial: np.ndarray,
) -> Model:
    return Model(
        inputs=(Input(name="x", shape=(1,), low=-9, high=9),),
        populations=(Population(name="n", shape=(1,), neuron=neuron, reset=reset, **initial),),
        projections=(Projection(name="x->n", sources=("x",), target="n", chain=()),),
        outputs=(Output(population="n", readout=readout),),
        dt_s=DT,
    )


def run(model: Model, x: list[float]) -> tuple[list[float], list[float]]:
    """Return spikes and voltages of the population `n`."""
    simulation = model.simulate(np.array(x)[None, :, None], record=["n"])
    return simulation.rasters["n"][0, :, 0].tolist(), simulation.voltages["n"][0, :, 0].tolist()


def test_if_adds_dt_r_x_and_fires_above_the_threshold_only() -> None:
    model = one_neuron(If(r=a(4.0), v_threshold=a(1.0)))
    assert run(model, [0.5, 0.5, 0.25, 0.5]) == ([0, 0, 1, 0], [0.5, 1.0, 0.0, 0.5])


def test_lif_leaks_towards_v_leak() -> None:
    neuron = Lif(tau_s=a(0.5), r=a(2.0), v_leak=a(1.0), v_threshold=a(1.25))
    assert run(one_neuron(neuron), [0.0, 0.0, 1.0, 0.0]) == ([0, 0, 1, 0], [0.5, 0.75, 0.0, 0.5])


def test_lif_resets_to_v_reset() -> None:
    model = one_neuron(Lif(tau_s=a(0.5), r=a(2.0), v_threshold=a(1.0)), v_reset=a(-0.5))
    assert run(model, [2.0, 0.0]) == ([1, 0], [-0.5, -0.25])


def test_cuba_lif_filters_the_current_first_and_uses_it_in_the_same_step() -> None:
    neuron = CubaLif(tau_syn_s=a(0.5), tau_mem_s=a(1.0), r=a(4.0), w_in=a(2.0), v_threshold=a(1.5))
    # i = i/2 + x, v = 3/4 v + i
    spikes, v = run(one_neuron(neuron), [1.0, 0.0, 1.0, 0.0])
    assert v == [1.0, 1.25, 0.0, 0.625]
    assert spikes == [0, 0, 1, 0]


def test_cuba_lif_starts_from_its_initial_current_and_voltage() -> None:
    neuron = CubaLif(tau_syn_s=a(0.5), tau_mem_s=a(1.0), r=a(4.0), w_in=a(2.0), v_threshold=a(9.0))
    _, v = run(one_neuron(neuron, i0=a(2.0), v0=a(4.0)), [0.0, 0.0])
    assert v == [4.0, 3.5]  # i = 1, 1/2


def test_no_leak_means_gain_one() -> None:
    inf = a(np.inf)
    lif = one_neuron(Lif(tau_s=inf, r=inf, v_threshold=a(9.0)))
    assert run(lif, [1.0, 2.0])[1] == [1.0, 3.0]
    cuba = CubaLif(tau_syn_s=inf, tau_mem_s=inf, r=inf, w_in=inf, v_threshold=a(9.0))
    assert run(one_neuron(cuba, i0=a(1.0)), [1.0, 0.0])[1] == [2.0, 4.0]


@pytest.mark.parametrize(
    ("readout", "value"),
    [(Readout.SUM, 2.25), (Readout.MEAN, 0.5625), (Readout.LAST, 0.75), (Readout.MAX, 1.5)],
)
def test_li_never_fires_and_is_read_as_asked(readout: Readout, value: float) -> None:
    model = one_neuron(Li(tau_s=a(0.5), r=a(2.0)), readout=readout)
    x = np.array([0.0, 0.0, 1.5, 0.0])[None, :, None]
    simulation = model.simulate(x, record=["n"])
    assert simulation.spikes["n"].tolist() == [0]
    assert simulation.voltages["n"][0, :, 0].tolist() == [0.0, 0.0, 1.5, 0.75]
    assert simulation.readouts["n"].tolist() == [[value]]


def test_an_integrator_adds_dt_r_x_and_never_forgets() -> None:
    model = one_neuron(I(r=a(4.0)), readout=Readout.LAST)
    assert run(model, [0.5, -0.25, 1.0])[1] == [0.5, 0.25, 1.25]
    assert model.simulate(np.ones((1, 3, 1))).spikes["n"].tolist() == [0]


def test_cuba_li_filters_the_current_and_leaks_towards_v_leak() -> None:
    neuron = CubaLi(tau_syn_s=a(0.5), tau_mem_s=a(1.0), r=a(4.0), w_in=a(2.0), v_leak=a(2.0))
    # i = i/2 + x, v = 3/4 v + i + 1/2
    spikes, v = run(one_neuron(neuron, i0=a(1.0), v0=a(2.0)), [1.0, 0.0, 0.0])
    assert v == [3.5, 3.875, 3.78125]
    assert spikes == v  # a readout's output is its voltage


def test_a_threshold_sees_its_input_only() -> None:
    model = one_neuron(Threshold(threshold=a(0.5)), Reset.SUBTRACT)
    assert run(model, [0.5, 0.75, 0.25, 9.0]) == ([0, 1, 0, 1], [0.5, 0.75, 0.25, 9.0])
    assert model.simulate(np.full((1, 4, 1), 2.0)).spikes["n"].tolist() == [4]


def test_readouts_report_their_largest_current() -> None:
    model = one_neuron(Li(tau_s=a(0.5), r=a(2.0)), readout=Readout.LAST)
    x = np.array([0.0, -3.0, 1.5])[None, :, None]
    assert model.simulate(x).peak_i["n"] == 3.0


def test_linear_gives_its_input_and_relu_its_positive_part() -> None:
    x = np.array([-1.0, 2.0])[None, :, None]
    linear = one_neuron(Linear(), readout=Readout.SUM).simulate(x)
    relu = one_neuron(Relu(), readout=Readout.SUM).simulate(x)
    assert (linear.readouts["n"], relu.readouts["n"]) == (1.0, 2.0)


def test_max_is_or_for_spikes() -> None:
    pool = Max(input_shape=(1, 2, 4), kernel=(2, 2), stride=(2, 2))
    model = Model(
        inputs=(Input(name="x", shape=(1, 2, 4)),),
        populations=(Population(name="n", shape=(1, 1, 2), neuron=pool),),
        projections=(Projection(name="p", sources=("x",), target="n", chain=()),),
        outputs=(Output(population="n"),),
        dt_s=DT,
    )
    x = np.zeros((1, 1, 1, 2, 4))
    x[0, 0, 0, :, 0] = 1
    assert model.simulate(x).readouts["n"].tolist() == [[[[1.0, 0.0]]]]


def by_the_book(reset: Reset, b: float, theta: float, x: list[float]) -> list[float]:
    """Spikes of snnTorch's Leaky and Synaptic (alpha 0) as its equations are written down."""
    m, fired, spikes = 0.0, False, []
    for value in x:
        r = float(m > theta)
        match reset:
            case Reset.NONE | Reset.ZERO | Reset.SUBTRACT:
                m = b * m + value
            case Reset.ZERO_DELAYED:
                m = (1 - r) * (b * m + value)
            case Reset.SUBTRACT_DELAYED | Reset.SUBTRACT_LATCHED:
                m = b * m + value - r * theta
        fired = m > theta
        spikes.append(float(fired))
        match reset:
            case Reset.ZERO:
                m = 0.0 if fired else m
            case Reset.SUBTRACT:
                m -= theta * fired
            case Reset.SUBTRACT_LATCHED:
                m -= (fired - r) * theta
    return spikes


@pytest.mark.parametrize("reset", list(Reset))
def test_each_reset_is_its_equation(reset: Reset) -> None:
    rng = np.random.default_rng(7)
    x = (rng.integers(-4, 13, 400) / 8).tolist()
    neuron = Lif(tau_s=a(DT * 4), r=a(4.0), v_threshold=a(0.75))
    spikes, _ = run(one_neuron(neuron, reset), x)
    assert spikes == by_the_book(reset, 0.75, 0.75, x)
    assert 20 < sum(spikes) < 380


def test_the_resets_differ() -> None:
    x = [2.5, 0.5, 0.0, 1.0, 0.25, 0.5]
    neuron = Lif(tau_s=a(DT * 2), r=a(2.0), v_threshold=a(1.0))
    found = {reset: tuple(run(one_neuron(neuron, reset), x)[0]) for reset in Reset}
    assert found == {
        Reset.NONE: (1, 1, 0, 1, 0, 0),
        Reset.ZERO: (1, 0, 0, 1, 0, 0),
        Reset.ZERO_DELAYED: (1, 0, 0, 0, 0, 0),
        Reset.SUBTRACT: (1, 1, 0, 1, 0, 0),
        Reset.SUBTRACT_DELAYED: (1, 0, 0, 1, 0, 0),
        Reset.SUBTRACT_LATCHED: (1, 0, 0, 1, 0, 0),
    }


def test_a_delay_of_d_steps_arrives_d_steps_later() -> None:
    neuron = Linear()
    model = Model(
        inputs=(Input(name="x", shape=(1,)),),
        populations=(
            Population(name="m", shape=(1,), neuron=neuron),
            Population(name="n", shape=(1,), neuron=neuron),
        ),
        projections=(
            Projection(name="a", sources=("x",), target="m", chain=()),
            Projection(name="b", sources=("m", "x"), target="n", chain=(), delay_steps=2),
            Projection(name="c", sources=("x",), target="n", chain=()),
        ),
        outputs=(Output(population="n", readout=Readout.SUM),),
        dt_s=DT,
    )
    assert run(model, [1.0, 0.0, 0.0, 5.0])[1] == [1.0, 0.0, 2.0, 5.0]


def test_a_bias_acts_before_a_delayed_spike_arrives() -> None:
    chain = (Affine(weight=np.ones((1, 1)), bias=np.ones(1)),)
    model = Model(
        inputs=(Input(name="x", shape=(1,)),),
        populations=(Population(name="n", shape=(1,), neuron=Linear()),),
        projections=(Projection(name="a", sources=("x",), target="n", chain=chain, delay_steps=1),),
        outputs=(Output(population="n", readout=Readout.SUM),),
        dt_s=DT,
    )
    assert run(model, [1.0, 0.0])[1] == [1.0, 2.0]


@pytest.mark.parametrize("shape", [(2, 5), (2, 5, 3), (2, 5, 1, 1)])
def test_a_stimulus_of_another_shape_is_refused(shape: tuple[int, ...]) -> None:
    with pytest.raises(InputError) as caught:
        one_neuron(Linear()).simulate(np.zeros(shape))
    assert str(caught.value) == f"ND2111: input 'x' takes (sample, step, 1), found {shape}"


def test_norse_has_the_same_trace_of_the_lif_neuron() -> None:
    models = folder("models")
    model, _ = read_nir(models / "nir" / "lif_norse.nir", Conventions(dt_s=1e-4))
    trace = np.loadtxt(models / "lif_traces" / "lif_norse.csv", delimiter=",")
    simulation = model.simulate(trace[None, :, :1], record=["1"])
    assert np.array_equal(simulation.rasters["1"][0, :, 0], trace[:, 2])
    assert trace[:, 2].sum() == 4
    # norse computes in float32
    np.testing.assert_allclose(simulation.voltages["1"][0, :, 0], trace[:, 1], rtol=0, atol=1e-7)
