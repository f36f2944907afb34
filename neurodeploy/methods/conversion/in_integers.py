"""The rates of a converted network in a chip's integers, beside floats and activations."""

from dataclasses import replace

import numpy as np
import torch
from numpy.typing import NDArray

from neurodeploy.deployment.deployment import Deployment
from neurodeploy.errors import InputError
from neurodeploy.frontends.samples import Encoding, Samples
from neurodeploy.learning.twin.twin import Twin
from neurodeploy.machine.fidelity import Fidelity
from neurodeploy.methods.conversion.convert import Conversion
from neurodeploy.methods.conversion.diagnosis import InIntegers, IntegerLoss
from neurodeploy.methods.conversion.losses import Sums
from neurodeploy.methods.conversion.over_steps import Progress
from neurodeploy.methods.conversion.stepping import steps_of
from neurodeploy.model import I
from neurodeploy.passes.fold_batchnorm import FoldBatchNorm
from neurodeploy.passes.fold_scale import FoldScale
from neurodeploy.target import Run, RunOptions
from neurodeploy.toolchain import run, stimulus_of


def in_integers(
    conversion: Conversion,
    deployment: Deployment,
    samples: Samples,
    n_steps: int,
    *,
    on_progress: Progress | None = None,
) -> InIntegers:
    """Return what lowering changed on `samples`, one after the other.

    Parameters
    ----------
    deployment : the converted network compiled.
    """
    model = FoldScale().apply(FoldBatchNorm().apply(conversion.model))
    twin, ann = Twin(model).eval(), Twin(conversion.ann).eval()
    thresholds = conversion.record.thresholds
    missing = [n for n in thresholds if n not in {p.name for p in deployment.program.populations}]
    if missing:
        raise InputError("ND2832", f"the deployment has no layer {missing[0]!r}: another network")
    beside, rounding = ({name: Sums() for name in thresholds} for _ in range(2))
    spikes = dict.fromkeys(thresholds, 0.0)
    output = model.outputs[0].population
    answers = np.zeros((samples.n_samples, n_steps), np.int64)
    floats = np.zeros(samples.n_samples, np.int64)
    for k in range(samples.n_samples):
        one = samples.taken(np.array([k]))
        x = torch.from_numpy(np.ascontiguousarray(one.x, np.float32))
        with torch.no_grad():
            activations = ann(x[:, None]).outputs
            rates, floats[k] = _float_rates(twin, x, n_steps)
        found = _recorded(deployment, one, n_steps, (*thresholds, output))
        answers[k] = _answers(deployment, found, output, n_steps)
        for name, theta in thresholds.items():
            raster = _window(deployment, found.rasters[name][0], name, n_steps)
            rate = torch.from_numpy(raster.mean(axis=0)).to(torch.float32)
            beside[name].take(activations[name].flatten(), theta * rate)
            rounding[name].take(rates[name].flatten(), rate)
            spikes[name] += float(rate.mean())
        if on_progress is not None:
            on_progress(k + 1, samples.n_samples)
    layers = tuple(
        IntegerLoss(
            name=name,
            correlation=beside[name].correlation,
            error=beside[name].error,
            rounding=rounding[name].error,
            rate=spikes[name] / samples.n_samples,
        )
        for name in thresholds
    )
    right = None if samples.y is None else (answers == samples.y[:, None]).mean(axis=0)
    return InIntegers(
        chip=deployment.hardware.name,
        n_samples=samples.n_samples,
        layers=layers,
        agreement=float((answers[:, -1] == floats).mean()),
        accuracy=None if right is None else tuple(float(share) for share in right),
    )


def _float_rates(twin: Twin, x: torch.Tensor, n_steps: int) -> tuple[dict[str, torch.Tensor], int]:
    sums: dict[str, torch.Tensor] = {}
    output = twin.template.population(twin.template.outputs[0].population)
    last = x
    for step in steps_of(twin, x, n_steps):
        for name, sent in step.outputs.items():
            sums[name] = sums[name] + sent if name in sums else sent
        last = step.outputs[output.name]
    logits = last if isinstance(output.neuron, I) else sums[output.name]
    return {name: total[0] / n_steps for name, total in sums.items()}, int(logits.argmax())


def _recorded(deployment: Deployment, one: Samples, n_steps: int, names: tuple[str, ...]) -> Run:
    encoding = Encoding(coder="direct", n_steps=n_steps)
    stimulus = stimulus_of(deployment, one, encoding)
    options = RunOptions(fidelity=Fidelity.L0, record=frozenset(names))
    return run(replace(deployment, target="cpu-emu"), stimulus, options)


def _answers(deployment: Deployment, found: Run, output: str, n_steps: int) -> NDArray[np.int64]:
    """Return the answer after each step, (step,)."""
    spiking = deployment.program.population(output).spiking
    values = (found.rasters if spiking else found.voltages)[output][0]
    window = _window(deployment, values, output, n_steps)
    sums = np.cumsum(window, axis=0) if spiking else window
    answers: NDArray[np.int64] = sums.argmax(axis=1)
    return answers


def _window(
    deployment: Deployment, values: NDArray[np.integer], name: str, n_steps: int
) -> NDArray[np.integer]:
    """Return the steps in which the layer works on the sample: each starts when it can arrive."""
    start = deployment.program.population(name).t_start
    return values[start : start + n_steps]
