"""What a search is for, by the metric registry's names."""

from collections.abc import Sequence

from neurodeploy.errors import InputError
from neurodeploy.exploration.pareto import Objective
from neurodeploy.regression.amount import amount
from neurodeploy.regression.budget import Limit
from neurodeploy.report.metric import REGISTRY, Better

USUAL = ("accuracy", "synops_hw")


def objectives_of(names: Sequence[str]) -> tuple[Objective, ...]:
    """Return the objectives called `names`, without any accuracy and synaptic operations.

    Raises
    ------
    InputError
        If a name is no metric, or one that nothing can be better in (ND2821).
    """
    chosen = tuple(dict.fromkeys(names)) or USUAL
    problems = [
        f"--objective {name}: is no metric that can be better or worse; `neurodeploy budget "
        "schema` lists the metrics"
        for name in chosen
        if name not in REGISTRY or REGISTRY[name].better is Better.NEITHER
    ]
    if problems:
        raise InputError("ND2821", *problems)
    return tuple(
        Objective(metric=name, minimise=REGISTRY[name].better is Better.LOWER) for name in chosen
    )


def limits_of(texts: Sequence[str]) -> tuple[Limit, ...]:
    """Return the limits that ``--max`` states, e.g. ``synops_hw=1e6``, ``energy_total_j=40 uJ``.

    Raises
    ------
    InputError
        If one cannot be understood (ND2821): all of them named.
    """
    limits, problems = [], []
    for text in texts:
        try:
            limits.append(_limit(text))
        except ValueError as error:
            problems.append(f"--max {text}: {error}")
    if problems:
        raise InputError("ND2821", *problems)
    return tuple(limits)


def _limit(text: str) -> Limit:
    name, separator, value = text.partition("=")
    if not separator:
        raise ValueError("expected NAME=VALUE, e.g. synops_hw=1e6")
    if name not in REGISTRY:
        raise ValueError("no such metric; `neurodeploy budget schema` lists them")
    if REGISTRY[name].better is Better.HIGHER:
        raise ValueError("more of it is better; limit it from below in a --budget file")
    try:
        return Limit(name=name, value=float(value))
    except ValueError:
        return Limit(name=name, value=amount(value, REGISTRY[name].unit))
