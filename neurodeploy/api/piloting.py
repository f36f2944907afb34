"""Every stage of one deployment, from a network's file to a verdict."""

from pathlib import Path

from neurodeploy.decision import Use, use_of
from neurodeploy.pilot.given import Files, PilotOptions
from neurodeploy.pilot.manifest import Manifest
from neurodeploy.pilot.run import run_pilot


def pilot(
    network: str | Path,
    data: str | Path,
    test: str | Path,
    folder: str | Path,
    *,
    budget: str | Path | None = None,
    train: str | Path | None = None,
    judge: str | Path | None = None,
    public: str | Path | None = None,
    options: PilotOptions | None = None,
    force: bool = False,
) -> Manifest:
    """Take a network through every stage into `folder`; ``not manifest.failed`` is the verdict.

    Stages that an earlier run into `folder` has done are kept; see `pilot.run.run_pilot`.

    Parameters
    ----------
    network : an artificial network (.onnx or a folder), or a spiking one (.nir).
    data, test : labelled samples: `data` chooses thresholds and exit, `test` nothing.
    budget : a ``budget.toml``.
    train : labelled samples, for ``PilotOptions(introduction="trained")``.
    judge, public : an independent network, and samples that attackers own; see `leak`.

    Raises
    ------
    InputError
        If anything that was given cannot be used, with every problem (ND2920), or a figure of the
        use (ND2940).
    """
    chosen = options or PilotOptions()
    use_of_options(chosen)
    files = Files(
        network=Path(network),
        validation=Path(data),
        test=Path(test),
        budget=_path(budget),
        train=_path(train),
        judge=_path(judge),
        public=_path(public),
    )
    return run_pilot(files, Path(folder), chosen, force=force)


def use_of_options(options: PilotOptions) -> Use | None:
    """Return what the deployment is used for, as the report will read it."""
    return use_of(
        options.per_second,
        price_kwh=options.price_kwh,
        battery_wh=options.battery_wh,
        units=options.units,
        replaces_w=options.replaces_w,
        unit_cost=options.unit_cost,
        development_cost=options.development_cost,
    )


def _path(given: str | Path | None) -> Path | None:
    return None if given is None else Path(given)
