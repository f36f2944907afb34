"""The deployed integers as a victim: they answer, and a fake-quantised twin shows the way."""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import torch
from torch import Tensor

from neurodeploy.audits.attacks.ensemble import Member
from neurodeploy.audits.attacks.objective import Logits
from neurodeploy.audits.attacks.report import CostRow
from neurodeploy.audits.attacks.sight import is_random, series_of_samples, sight
from neurodeploy.audits.attacks.victim import Victim, visible
from neurodeploy.deployment.deployment import Deployment
from neurodeploy.deployment.host import InputCoding
from neurodeploy.errors import InputError
from neurodeploy.frontends.samples import Encoding, Samples
from neurodeploy.learning.quantised import Formats, QuantisedTwin
from neurodeploy.learning.twin.readout import each_step
from neurodeploy.lowering.lower import Lowered
from neurodeploy.machine.fidelity import Fidelity
from neurodeploy.model import Model
from neurodeploy.report.report import Report
from neurodeploy.target import RunOptions
from neurodeploy.toolchain import profile, run, stimulus_of

COSTS = (
    "spikes",
    "synops_hw",
    "synops_effective",
    "energy_total_j",
    "energy_dynamic_j",
    "latency_s",
)
"""What is compared between clean samples and those under attack, where a report has it."""


def integer_victim(
    deployment: Deployment, encoding: Encoding | None, seed: int, encodings: int
) -> Victim:
    """Return the integers of `deployment`.

    Its target answers. Surrogates see the same integers forward and the float operators backward;
    the rate and the activation path have no integer form, and see the float network. With an exit
    policy, surrogates see the mean of the readouts at every step at which a sample may stop.

    Raises
    ------
    InputError
        If the deployment holds no model, whose operators pass gradients back (ND2856).
    """
    model = model_of(deployment)
    formats = Formats(ranges=deployment.hardware.ranges, coding=deployment.coding)
    given = Lowered(
        program=deployment.program, quantisation=deployment.quantisation, host=deployment.host
    )
    members, left_out = visible(model)
    exact = deployment.exit_policy is None

    def see(member: Member, generator: torch.Generator) -> Logits:
        if member.path is not None:
            return sight(member.twin(model), encoding, generator)
        twin = member.quantised(model, formats, given)
        if deployment.exit_policy is not None:
            return _at_every_step(twin, encoding, generator)
        return sight(twin, encoding, generator)

    def scores(x: Tensor) -> Tensor:
        seeds = range(seed, seed + encodings) if is_random(encoding) else [seed]
        outputs = [_outputs(deployment, x, reseeded(encoding, k)) for k in seeds]
        return torch.from_numpy(np.mean(outputs, axis=0))

    return Victim(
        what=f"the integers deployed on {deployment.hardware.name}, as {deployment.target} runs "
        "them; gradients through their fake-quantised twin",
        model=model,
        encoding=encoding,
        scores=scores,
        see=see,
        members=tuple(replace(m, is_exact=exact and m.path is None) for m in members),
        left_out=left_out,
        is_random=is_random(encoding),
    )


def model_of(deployment: Deployment) -> Model:
    """Return the float network that `deployment` came from; ND2856 if it holds none."""
    if deployment.model is None:
        raise InputError(
            "ND2856",
            "the deployment holds no model, whose operators show an attack the way; compile it "
            "from a network's file",
        )
    return deployment.model


def takes_whole(deployment: Deployment) -> bool:
    """Return whether the deployment takes whole numbers only."""
    return deployment.coding is not InputCoding.INJECTED


def costs(
    deployment: Deployment, clean: Tensor, attacked: Tensor, encoding: Encoding | None
) -> tuple[CostRow, ...]:
    """Return what the deployment does for samples before and after the attacks."""
    before, after = (_profiled(deployment, x, encoding) for x in (clean, attacked))
    rows = [
        CostRow(
            name=name,
            unit=before.metrics[name].unit,
            clean=before.metrics[name].value,
            attacked=after.metrics[name].value,
        )
        for name in COSTS
        if name in before.metrics
    ]
    steps = [_mean_steps(deployment, x, encoding) for x in (clean, attacked)]
    return (CostRow(name="steps", unit="step", clean=steps[0], attacked=steps[1]), *rows)


def reseeded(encoding: Encoding | None, seed: int) -> Encoding | None:
    """Return `encoding` with another seed."""
    return None if encoding is None else replace(encoding, seed=seed)


def samples_for(deployment: Deployment, x: Tensor) -> Samples:
    """Return samples as the deployment takes them."""
    values = x.numpy().astype(np.float64)
    if takes_whole(deployment):
        values = values.astype(np.int32)  # the ball keeps them whole
    return Samples(x=values, y=None, where="attacked samples")


def _at_every_step(
    twin: QuantisedTwin, encoding: Encoding | None, generator: torch.Generator
) -> Logits:
    """Return the mean over the steps of the readout so far over the steps so far."""

    def logits(x: Tensor) -> Tensor:
        outputs = twin(series_of_samples(x, encoding, generator)).outputs
        so_far = each_step(twin.template, outputs).cumsum(dim=0)
        n_steps = torch.arange(1, len(so_far) + 1, dtype=so_far.dtype)[:, None, None]
        return (so_far / n_steps).mean(dim=0)

    return logits


def _mean_steps(deployment: Deployment, x: Tensor, encoding: Encoding | None) -> float:
    stimulus = stimulus_of(deployment, samples_for(deployment, x), encoding)
    return float(run(deployment, stimulus).steps_used.mean())


def _profiled(deployment: Deployment, x: Tensor, encoding: Encoding | None) -> Report:
    stimulus = stimulus_of(deployment, samples_for(deployment, x), encoding)
    return profile(deployment, stimulus, RunOptions(fidelity=Fidelity.L1))


def _outputs(
    deployment: Deployment, x: Tensor, encoding: Encoding | None
) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    stimulus = stimulus_of(deployment, samples_for(deployment, x), encoding)
    found: Mapping[str, np.ndarray] = run(deployment, stimulus).outputs
    return next(iter(found.values())).astype(np.float64)
