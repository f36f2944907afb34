"""NeuroBench 2.3.0 and our block "as trained" on the same snntorch networks: equal, not close."""

import importlib.util
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
from support.peers import DRIVERS, ask, note

pytest.importorskip("snntorch", reason="snntorch is absent; pip install 'neurodeploy[train]'")
from neurodeploy import toolchain  # only once snntorch is known to be there
from neurodeploy.deployment.host import InputCoding
from neurodeploy.frontends.samples import samples_of
from neurodeploy.frontends.snntorch import from_snntorch

pytestmark = pytest.mark.peers

CASES = [
    (kind, pruned, coding)
    for kind in ("dense", "conv")
    for pruned in (0.0, 0.4)
    for coding in ("spikes", "image")
]


def networks() -> ModuleType:
    spec = importlib.util.spec_from_file_location("networks", DRIVERS / "snntorch_networks.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize(("kind", "pruned", "coding"), CASES)
def test_as_trained_is_neurobench(kind: str, pruned: float, coding: str, tmp_path: Path) -> None:
    seed, module = 3, networks()
    theirs = ask(
        "neurobench", "run_neurobench.py", kind, pruned, coding, seed, answer=tmp_path / "a.json"
    )
    model = from_snntorch(module.network(kind, pruned, seed), module.SHAPES[kind])
    x = module.stimulus(kind, coding, seed)
    entry = InputCoding.ENCODED if coding == "spikes" else InputCoding.INJECTED
    deployment = toolchain.compile_network(
        model, "cpu-emu", toolchain.CompileOptions(chip="loihi2", coding=entry)
    )
    samples = samples_of(np.asarray(x), None, "the test's array")
    stimulus = toolchain.stimulus_of(deployment, samples)
    ours = toolchain.neurobench(deployment, stimulus, len(x), (samples, None))
    assert ours.as_trained == theirs
    name = f"{kind}, {coding}" + (f", {100 * pruned:g} % pruned" if pruned else "")
    deployed = {"as_trained": ours.as_trained, "as_deployed": ours.as_deployed}
    note("neurobench", {"network": name, **deployed})
