"""Deployments to the files of other tools."""

from dataclasses import replace
from pathlib import Path

from neurodeploy.deployment.deployment import Deployment
from neurodeploy.errors import InputError
from neurodeploy.exchange.sanafe import Export, Rasters, export, replayed, write_export
from neurodeploy.target import RunOptions, Stimulus
from neurodeploy.target.registry import find_target


def export_sanafe(
    deployment: Deployment,
    folder: Path,
    stimulus: Stimulus | None = None,
    *,
    sample: int = 0,
    replay: bool = False,
) -> Export:
    """Write SANA-FE's architecture and mapped network files of `deployment` into `folder`.

    Parameters
    ----------
    stimulus : its sample number `sample` becomes the inputs' spike trains; populations that
        SANA-FE cannot compute replay what the deployment's own target makes of it.
    replay : replay every population.

    Raises
    ------
    InputError
        If the stimulus has no such sample (ND2902); and what `exchange.sanafe.export` raises.
    """
    rasters = None
    if stimulus is not None:
        rasters = _rasters(deployment, stimulus, sample, replay=replay)
    found = export(deployment, rasters, replay=replay)
    write_export(found, folder)
    return found


def _rasters(deployment: Deployment, stimulus: Stimulus, sample: int, *, replay: bool) -> Rasters:
    if not 0 <= sample < stimulus.n_samples:
        raise InputError(
            "ND2902", f"sample {sample} does not exist; the stimulus has {stimulus.n_samples}"
        )
    one = replace(
        stimulus,
        x={name: x[sample : sample + 1] for name, x in stimulus.x.items()},
        labels=None,
    )
    names = replayed(deployment.program, everything=replay)
    options = RunOptions(record=names)
    run = next(iter(find_target(deployment.target).run(deployment.without_exit, [one], options)))
    given = {name: x[0].reshape(x.shape[1], -1) for name, x in one.x.items()}
    return {**given, **{name: run.rasters[name][0] for name in names}}
