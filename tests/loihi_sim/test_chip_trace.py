"""A trace that the NIR paper's authors recorded on a real Loihi 2 chip, reproduced in Lava.

Columns are input spike, voltage and output spike. The recorded voltage moves one step after the
input spike, and the recorded spikes come one step after those of simulators without a chip's
timing (`lif_norse.csv`): a connection sends in step k + 1 what arrived in step k, in Lava as on
the chip. It is the program's delay of 1 step, so nothing is shifted here to compare. At the steps
of a spike the chip's probe reads 128, two units of 64, where the voltage is already reset to 0.
"""

import numpy as np
from conformance.test_lif_trace import paper_program
from support import lava
from support.shared import folder

from neurodeploy.model.nir_file import Conventions, read_nir
from neurodeploy.terms import Reset

PROBE_AT_A_SPIKE = 128


def test_golden_trace_of_a_loihi_2_chip() -> None:
    models = folder("models")
    chip, float_ = (
        np.loadtxt(models / "lif_traces" / f"{name}.csv", delimiter=",").T
        for name in ("lif_lava_loihi_fixed", "lif_norse")
    )
    conventions = Conventions(dt_s=1e-4, reset=Reset.ZERO, if_gain=None)
    model, _ = read_nir(models / "nir" / "lif_norse.nir", conventions)
    program = paper_program(model)
    x = {"in": chip[0].astype(np.int32)[None, :, None]}
    (found,) = lava.computed([lava.network(program, x, chip.shape[1])])

    spikes = chip[2] != 0
    assert spikes.sum() == 4
    np.testing.assert_array_equal(found.spikes["lif"][0, :, 0], chip[2])
    np.testing.assert_array_equal(found.v["lif"][0, ~spikes, 0], chip[1][~spikes])
    np.testing.assert_array_equal(chip[1][spikes], PROBE_AT_A_SPIKE)
    np.testing.assert_array_equal(found.v["lif"][0, spikes, 0], 0)
    np.testing.assert_array_equal(np.flatnonzero(spikes), np.flatnonzero(float_[2]) + 1)
