"""Drift of the float model: none on a grid, and each cause shows where it is at work."""

from dataclasses import replace

import numpy as np
import pytest
from support.deploy import deployed, stimulus_of
from support.models import dense_if_model, input_spikes

from neurodeploy.deployment.deployment import Deployment
from neurodeploy.model import Affine, If, Input, Li, Lif, Model, Output, Population, Projection
from neurodeploy.terms import Readout
from neurodeploy.verification import Cause, Verification, verify

DT_S = 1e-4


def leaky(readout: bool = False, weight_scale: float = 1.0) -> Model:
    rng = np.random.default_rng(4)
    tau = np.full((), 10 * DT_S)
    lif = Lif(tau_s=tau, r=np.full((), 10.0), v_threshold=np.full((), 1.0))
    li = Li(tau_s=tau, r=np.full((), 10.0))
    sizes = (8, 12, 5)
    return Model(
        inputs=(Input(name="in", shape=(8,)),),
        populations=(
            Population(name="a", shape=(12,), neuron=lif),
            Population(name="b", shape=(5,), neuron=li if readout else lif),
        ),
        projections=tuple(
            Projection(
                name=f"{source}->{target}",
                sources=(source,),
                target=target,
                chain=(Affine(weight=weight_scale * rng.normal(0.1, 0.4, (n_out, n_in))),),
            )
            for source, target, n_in, n_out in (("in", "a", *sizes[:2]), ("a", "b", *sizes[1:]))
        ),
        outputs=(Output(population="b", readout=Readout.SUM if readout else Readout.COUNT),),
        dt_s=DT_S,
    )


def verified(deployment: Deployment, x: np.ndarray) -> Verification:
    return verify(deployment, stimulus_of(deployment, x), x, [], n_samples=len(x))


def spoiled(deployment: Deployment, changes: dict[str, np.int32]) -> Deployment:
    first, *others = deployment.program.populations
    populations = (replace(first, **changes), *others)
    return replace(deployment, program=replace(deployment.program, populations=populations))


def test_a_network_on_a_grid_does_not_drift() -> None:
    rng = np.random.default_rng(1)
    model = dense_if_model(rng, sizes=(6, 7, 5), grid=1 / 32)
    found = verified(deployed(model), input_spikes(rng, 3, 40, (6,)))
    assert [d.population for d in found.drift] == ["p0", "p1"]
    for drift in found.drift:
        assert drift.float_spikes == drift.integer_spikes > 0
        assert (drift.differing, drift.mismatch, drift.count_error) == (0, 0.0, 0.0)
        assert set(drift.causes.values()) == {0}


def test_causes_sum_to_the_differing_spikes_and_later_layers_inherit() -> None:
    model = leaky()
    x = input_spikes(np.random.default_rng(2), 4, 120, (8,))
    drift = verified(deployed(model), x).drift
    assert drift[0].differing > 0
    for layer in drift:
        assert sum(layer.causes.values()) == layer.differing
        assert list(layer.causes) == list(Cause)
    assert drift[0].causes[Cause.INHERITED] == 0
    assert drift[1].causes[Cause.INHERITED] > 0


@pytest.mark.parametrize(
    ("cause", "changes"),
    [(Cause.DECAYS, {"dv": np.int32(300)}), (Cause.WEIGHTS, {"vth": np.int32(90)})],
)
def test_drift_made_by_a_spoiled_parameter_is_put_down_to_its_cause(
    cause: Cause, changes: dict[str, np.int32]
) -> None:
    deployment = deployed(leaky())
    x = input_spikes(np.random.default_rng(2), 4, 120, (8,))
    before = verified(deployment, x).drift[0]
    after = verified(spoiled(deployment, changes), x).drift[0]
    gained = {c: abs(after.causes[c] - before.causes[c]) for c in Cause}
    assert max(gained, key=gained.__getitem__) is cause


def test_a_current_that_wraps_is_the_cause_of_its_spikes() -> None:
    deployment = spoiled(deployed(leaky()), {"u0": np.int32(9_000_000), "du": np.int32(0)})
    x = input_spikes(np.random.default_rng(2), 2, 60, (8,))
    drift = verified(deployment, x).drift[0]
    assert drift.overflows.wraps > 0
    assert abs(drift.causes[Cause.WRAP]) > 0


def test_a_voltage_that_saturates_below_is_the_cause_of_spikes_too_early() -> None:
    """200 steps down and 200 up: the float neuron ends where it began, the integers fire."""
    neuron = If(r=np.full((), 1 / DT_S), v_threshold=np.full((), 1.0))
    model = Model(
        inputs=(Input(name="in", shape=(2,)),),
        populations=(Population(name="a", shape=(1,), neuron=neuron),),
        projections=(
            Projection(
                name="w",
                sources=("in",),
                target="a",
                chain=(Affine(weight=np.array([[-1.0, 1.0]])),),
            ),
        ),
        outputs=(Output(population="a"),),
        dt_s=DT_S,
    )
    x = np.zeros((1, 400, 2), np.int64)
    x[:, :200, 0], x[:, 200:, 1] = 1, 1
    (drift,) = verified(deployed(model), x).drift
    assert drift.float_spikes == 0
    assert drift.overflows.saturations > 0
    assert drift.causes[Cause.SATURATION] == drift.differing > 0


def test_a_readout_is_compared_by_its_voltage() -> None:
    x = input_spikes(np.random.default_rng(2), 3, 60, (8,))
    drift = verified(deployed(leaky(readout=True)), x).drift[1]
    assert drift.voltage_error is not None
    assert 0 < drift.voltage_error < 0.2
    assert drift.causes == {}


def test_without_a_model_there_is_no_drift() -> None:
    x = input_spikes(np.random.default_rng(2), 2, 20, (8,))
    deployment = replace(deployed(leaky()), model=None)
    assert verified(deployment, x).drift == ()
