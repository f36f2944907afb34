"""The integer network is the float network, exactly where its numbers allow it."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from support.chips import LOIHI2_RANGES
from support.models import dense_if_model, input_spikes

from neurodeploy.lowering.lower import lower
from neurodeploy.program.reference import simulate


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 10_000), theta=st.sampled_from([0.5, 0.75, 1.0, 3.0]))
def test_network_on_a_dyadic_grid_is_bit_equal_to_float(seed: int, theta: float) -> None:
    rng = np.random.default_rng(seed)
    model = dense_if_model(rng, sizes=(9, 7, 5), theta=theta, grid=2.0**-5)
    x = input_spikes(rng, n_samples=2, n_steps=20, shape=(9,))
    wanted = model.simulate(x, record=["p0", "p1"])
    program = lower(model, ranges=LOIHI2_RANGES).program
    for i in range(2):
        trace = simulate(program, {"input": x[i]}, 20 + program.drain_steps)
        assert not any(total.any() for total in trace.saturations.values())
        for lag, name in ((1, "p0"), (2, "p1")):
            np.testing.assert_array_equal(
                trace.outputs[name][lag : lag + 20], wanted.rasters[name][i]
            )
