import io
import pickle

import numpy as np
import pytest
from support.deploy import deployed, stimulus_of
from support.models import dense_if_model, input_spikes

from neurodeploy import toolchain
from neurodeploy.deployment.deployment import Deployment
from neurodeploy.errors import InputError
from neurodeploy.execution.part import parts_of, run_part
from neurodeploy.execution.wire import packed, unpacked
from neurodeploy.target import Run, Stimulus, merge


def a_deployment_and_stimulus(n_samples: int = 5) -> tuple[Deployment, Stimulus]:
    rng = np.random.default_rng(0)
    deployment = deployed(dense_if_model(rng, (6, 5, 3)))
    return deployment, stimulus_of(deployment, input_spikes(rng, n_samples, 7, (6,)))


def test_nouns_come_back_as_they_went() -> None:
    deployment, stimulus = a_deployment_and_stimulus()
    result = toolchain.run(deployment, stimulus)
    assert unpacked(Deployment, packed(deployment)).digest == deployment.digest
    assert unpacked(Stimulus, packed(stimulus)).digest == stimulus.digest
    assert unpacked(Run, packed(result)).digest == result.digest


def test_the_wrong_noun_is_refused() -> None:
    deployment, stimulus = a_deployment_and_stimulus()
    with pytest.raises(InputError, match="from another machine: not a valid Deployment"):
        unpacked(Deployment, packed(stimulus))
    del deployment


def test_pickled_arrays_are_never_loaded() -> None:
    buffer = io.BytesIO()
    np.savez(buffer, noun=np.array([pickle.loads], dtype=object))
    with pytest.raises(ValueError, match="allow_pickle"):
        unpacked(Stimulus, buffer.getvalue())


@pytest.mark.parametrize("size", [1, 2, 5, 9])
def test_parts_run_and_merged_are_the_whole_run(size: int) -> None:
    deployment, stimulus = a_deployment_and_stimulus()
    parts = list(parts_of(stimulus, size))
    assert [p.n_samples for p in parts] == [min(size, 5 - start) for start in range(0, 5, size)]
    sent = packed(deployment)
    version = deployment.versions["neurodeploy"]
    runs = [unpacked(Run, run_part(sent, packed(part), (), "L1", None, version)) for part in parts]
    assert merge(runs).digest == toolchain.run(deployment, stimulus).digest
