"""A layer alone, by its own arithmetic, equals the reference on every kind of program."""

import numpy as np
import pytest

from neurodeploy.program.reference import simulate
from neurodeploy.target.conformance import EDGES, KINDS, random_case
from neurodeploy.verification.arrivals import arrivals
from neurodeploy.verification.layer import layer_of
from neurodeploy.verification.stepper import move


def series(values: np.ndarray) -> np.ndarray:
    return values.reshape(1, len(values), -1)


@pytest.mark.parametrize("kind", [*KINDS, *EDGES])
@pytest.mark.parametrize("seed", range(6))
def test_each_layer_given_its_inputs_equals_the_reference(kind: str, seed: int) -> None:
    case = random_case(kind, seed)
    trace = simulate(case.program, case.stimulus, case.n_steps)
    for population in case.program.populations:
        name = population.name
        layer = layer_of(case.program, name)
        heard = {source: series(trace.outputs[source]) for source in layer.sources}
        alone = move(layer, arrivals(layer, heard, (1, case.n_steps)))
        np.testing.assert_array_equal(alone.outputs, series(trace.outputs[name]), err_msg=name)
        np.testing.assert_array_equal(alone.u, series(trace.u[name]), err_msg=name)
        np.testing.assert_array_equal(alone.v, series(trace.v[name]), err_msg=name)
        assert alone.wraps == trace.wraps[name].sum()
        assert alone.saturations == trace.saturations[name].sum()
