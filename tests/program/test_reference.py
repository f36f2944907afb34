"""The reference equals Lava at every step of every recorded network."""

from pathlib import Path

import numpy as np
import pytest
from support import golden

from neurodeploy.program.reference import simulate

PATHS = golden.paths()


def test_golden_folder_holds_networks() -> None:
    if not PATHS:
        pytest.skip("no golden networks; set NEURODEPLOY_GOLDEN to a folder of that form")
    assert len(PATHS) >= 1


@pytest.mark.parametrize("path", PATHS, ids=lambda p: p.stem)
def test_golden_network_equals_lava(path: Path) -> None:
    case = golden.load(path)
    trace = simulate(case.program, case.stimulus, case.n_steps)
    for name in case.spikes:
        np.testing.assert_array_equal(trace.outputs[name], case.spikes[name], err_msg=name)
        np.testing.assert_array_equal(trace.u[name], case.u[name], err_msg=name)
        np.testing.assert_array_equal(trace.v[name], case.v[name], err_msg=name)
