"""The NIR paper's SCNN on 100 real N-MNIST recordings, in integers on Loihi 2's formats.

Wanted spikes are those of the float network (v += x, one spike a step); `FIRST_LAYER_SYNOPS` was
counted apart, from the events and the geometry alone, a graded payload being one arrival.
"""

import numpy as np
import pytest
from support.nmnist import load_frames
from support.shared import folder

from neurodeploy import toolchain
from neurodeploy.frontends.samples import Samples, samples_of
from neurodeploy.machine.counts import HARDWARE_SYNOPS
from neurodeploy.model.nir_file import Conventions
from neurodeploy.terms import Reset

FIRST_LAYER_SYNOPS = 38_131_392
WANTED = {
    Reset.ZERO: (98, 2.64e6, (4604, 7839, 4018, 2022, 108)),
    Reset.SUBTRACT: (96, 4.43e6, (5428, 11751, 9279, 7308, 346)),
}


@pytest.fixture(scope="module")
def recordings() -> Samples:
    frames, labels = load_frames(100)
    return samples_of(frames.astype(np.uint8), labels.astype(np.int64), "N-MNIST")


@pytest.mark.parametrize("reset", list(WANTED))
def test_golden_scnn_in_integers_keeps_answers_spikes_and_operations(
    recordings: Samples, reset: Reset
) -> None:
    least_right, synops, spikes = WANTED[reset]
    path = folder("models") / "nir" / "cnn_sinabs.nir"
    model, _ = toolchain.load(path, Conventions(dt_s=None, reset=reset, if_gain="unit"))
    options = toolchain.CompileOptions(chip="loihi2", input_range=(0, 3))
    deployment = toolchain.compile_network(model, "cpu-emu", options)
    stimulus = toolchain.stimulus_of(deployment, recordings)
    run = toolchain.run(deployment, stimulus)

    assert (run.predictions() == recordings.y).sum() >= least_right
    found = [count.sum() / 100 for count in run.spikes_per_neuron.values()]
    np.testing.assert_allclose(found, spikes, rtol=0.03)
    by_row = run.totals[:, :, HARDWARE_SYNOPS].sum(axis=(0, 2))
    first = [k for k, part in enumerate(deployment.placement.slices) if part.population == "1"]
    assert by_row[first].sum() == FIRST_LAYER_SYNOPS
    assert by_row.sum() / 100 == pytest.approx(synops, rel=0.03)
    report = toolchain.build_report(deployment, stimulus, run, toolchain.Fidelity.L1)
    assert report.layers[0].metrics["synops_hw"].value == FIRST_LAYER_SYNOPS / 100
