"""NeuroBench's figures of a deployment and of the model it came from."""

import numpy as np
from numpy.typing import NDArray

from neurodeploy.deployment.deployment import Deployment
from neurodeploy.deployment.host import InputCoding
from neurodeploy.frontends.samples import Encoding, Samples, series_of
from neurodeploy.machine.timing import Fidelity
from neurodeploy.report.neurobench import Block, NeuroBench, as_deployed, as_trained
from neurodeploy.target import RunOptions, Stimulus
from neurodeploy.target.registry import find_target

MOST_SAMPLES = 4
MOST_STATES = 2_000_000
"""Neuron steps that are recorded unasked: about a second, and 100 MiB."""


def default_samples(deployment: Deployment, stimulus: Stimulus) -> int:
    """Return how many samples the block counts unasked: at most 4, fewer where they take long."""
    n_neurons = sum(p.size for p in deployment.program.populations)
    affordable = MOST_STATES // max(n_neurons * stimulus.n_steps, 1)
    return min(MOST_SAMPLES, affordable, stimulus.n_samples)


def neurobench(
    deployment: Deployment,
    stimulus: Stimulus,
    n_samples: int,
    given: tuple[Samples, Encoding | None] | None = None,
) -> NeuroBench:
    """Return NeuroBench's figures of the first `n_samples` samples.

    Parameters
    ----------
    given : the samples the stimulus was made from; where the host computes the first layer the
        float model cannot be run without them.
    """
    n_samples = min(n_samples, stimulus.n_samples)
    x, complaint = _float_series(deployment, stimulus, given)
    trained: Block | None = None
    if x is not None and deployment.model is not None:
        trained = as_trained(deployment.model, x[:n_samples])
    names = frozenset(p.name for p in deployment.program.populations)
    parts = [_part(stimulus, i) for i in range(n_samples)]
    options = RunOptions(record=names, fidelity=Fidelity.L0)
    runs = find_target(deployment.target).run(deployment.without_exit, parts, options)
    return NeuroBench(
        n_samples=n_samples,
        as_trained=trained,
        as_deployed=as_deployed(deployment, parts, runs),
        notes=(
            *complaint,
            *_host(stimulus),
            *(
                ("as deployed: every step of every sample, without its exit policy",)
                if deployment.exit_policy is not None
                else ()
            ),
            "Footprint: as trained, bytes of the snntorch module before a run; as deployed, bytes "
            "of the chip's synapse memories",
        ),
    )


def _float_series(
    deployment: Deployment,
    stimulus: Stimulus,
    given: tuple[Samples, Encoding | None] | None,
) -> tuple[NDArray[np.number] | None, tuple[str, ...]]:
    model = deployment.model
    if model is None:
        return None, ("as trained: the deployment brings integers of its own and no float model",)
    if len(model.inputs) != 1:
        return None, (f"as trained: the model has {len(model.inputs)} inputs, one can be run",)
    if given is not None:
        return series_of(given[0], model.inputs[0].shape, given[1])[0], ()
    if deployment.coding is InputCoding.INJECTED:
        return None, ("as trained: the host computes the first layer, and its inputs are not here",)
    return stimulus.x[deployment.program.inputs[0].name], ()


def _host(stimulus: Stimulus) -> tuple[str, ...]:
    if not stimulus.host_macs:
        return ()
    return (
        f"as deployed: the host computes the first layer, {stimulus.host_macs:,} MACs a sample, "
        "which are not among the operations",
    )


def _part(stimulus: Stimulus, i: int) -> Stimulus:
    one = {name: x[i : i + 1] for name, x in stimulus.x.items()}
    return Stimulus(x=one, coder=stimulus.coder)
