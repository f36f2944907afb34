"""A released network read as rectifiers computes what its rates approach."""

import numpy as np
import pytest
from support.leaky import ann, bars, spiking_twin, trained_ann
from support.toy_task import toy_model

from neurodeploy.audits.leak.rectified import rectified, with_unit_thresholds
from neurodeploy.errors import InputError
from neurodeploy.methods.conversion import ConversionOptions, convert
from neurodeploy.methods.private.symmetries import disguised
from neurodeploy.model import Affine, If, Model, Projection


def readout(model: Model, x: np.ndarray, n_steps: int) -> np.ndarray:
    shown = np.repeat(x[:, None], n_steps, axis=1)
    return next(iter(model.simulate(shown).readouts.values()))


def test_the_rebuilt_network_is_the_one_that_was_converted() -> None:
    x = bars(20).x.astype(np.float64)
    first = readout(trained_ann(0), x, 1)
    np.testing.assert_allclose(readout(rectified(spiking_twin(0)), x, 1), first, rtol=1e-9)


def test_a_disguise_does_not_hide_it() -> None:
    x = bars(20).x.astype(np.float64)
    hidden = disguised(spiking_twin(0), seed=3).model
    first = readout(trained_ann(0), x, 1)
    np.testing.assert_allclose(readout(rectified(hidden), x, 1), first, rtol=1e-9)


def test_unit_thresholds_change_no_spike() -> None:
    plain = convert(ann(5), bars(30), ConversionOptions()).model
    unit = with_unit_thresholds(plain)
    assert all(
        (p.neuron.v_threshold == 1).all() for p in unit.populations if isinstance(p.neuron, If)
    )
    x = np.repeat(bars(8).x[:, None].astype(np.float64), 15, axis=1)
    names = ("conv", "fc")
    before, after = (m.simulate(x, record=names).rasters for m in (plain, unit))
    for name in names:
        np.testing.assert_array_equal(before[name], after[name])


def test_a_loop_has_no_rectifiers() -> None:
    model = toy_model()
    back = Projection(
        name="back",
        sources=("hidden",),
        target="hidden",
        chain=(Affine(weight=np.zeros((12, 12))),),
        delay_steps=1,
    )
    looped = Model(
        inputs=model.inputs,
        populations=model.populations,
        projections=(*model.projections, back),
        outputs=model.outputs,
        dt_s=model.dt_s,
    )
    with pytest.raises(InputError) as caught:
        rectified(looped)
    assert caught.value.code == "ND2870"
    assert caught.value.problems == (
        "the network has a loop; rectifiers are rebuilt of feed-forward ones alone",
    )
