"""Every public NIR file compiles and runs on cpu-emu; small ones are held against the reference."""

import numpy as np
import pytest
from support.deploy import assert_equals_reference, deployed, run, stimulus_of
from support.nir_files import PUBLIC
from support.shared import folder

from neurodeploy.model.nir_file import Conventions, read_nir

MEANT = {
    "braille_flattened": Conventions(dt_s=1.0),
    "cnn_sinabs": Conventions(if_gain="unit"),
    "scnn_mnist_e1117a": Conventions(if_gain="unit"),
}


@pytest.mark.parametrize("chip", ["ideal", "loihi2"])
@pytest.mark.parametrize("name", PUBLIC)
def test_a_public_file_compiles_and_runs(name: str, chip: str) -> None:
    path = folder("models") / "nir" / f"{name}.nir"
    model, _ = read_nir(path, MEANT.get(path.stem, Conventions()))
    rng = np.random.default_rng(0)
    x = (rng.random((2, 10, *model.inputs[0].shape)) < 0.3).astype(np.int64)
    deployment = deployed(model, chip=chip)
    stimulus = stimulus_of(deployment, x)
    found = run(deployment, stimulus)
    assert set(found.outputs) == {output.population for output in model.outputs}
    if sum(population.size for population in model.populations) < 1000:
        assert_equals_reference(deployment.program, stimulus, found)
