"""Our worker replays the networks that were recorded from Lava, twice in a row, bit for bit."""

from pathlib import Path

import numpy as np
import pytest
from support import golden, lava
from support.shared import folder

from neurodeploy_loihi_sim.violations import violations_of

N_PARTS = 3


@pytest.mark.parametrize("part", range(N_PARTS))
def test_golden_networks_equal_the_recordings(part: int) -> None:
    folder("golden")  # or skip
    paths: list[Path] = golden.paths()[part::N_PARTS]
    cases = [golden.load(path) for path in paths]
    assert all(not violations_of(case.program) for case in cases)
    networks = [
        lava.network(
            case.program, {n: np.stack([x, x]) for n, x in case.stimulus.items()}, case.n_steps
        )
        for case in cases
    ]
    for case, found in zip(cases, lava.computed(networks), strict=True):
        for name in case.spikes:
            for sample in range(2):
                for what, got, wanted in (
                    ("spikes", found.spikes, case.spikes),
                    ("u", found.u, case.u),
                    ("v", found.v, case.v),
                ):
                    np.testing.assert_array_equal(
                        got[name][sample],
                        wanted[name].reshape(case.n_steps, -1),
                        err_msg=f"{what} of {name} in {case.name}, sample {sample}",
                    )
