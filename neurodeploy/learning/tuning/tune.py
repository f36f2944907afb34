"""`tune`: trials until there are as many as asked for, or the time is over."""

import time
from collections.abc import Callable, Sequence
from pathlib import Path

import optuna
from optuna.distributions import BaseDistribution, FloatDistribution, IntDistribution

from neurodeploy.errors import InputError
from neurodeploy.exploration.pareto import Objective
from neurodeploy.learning.tuning.bench import Bench, Measured
from neurodeploy.learning.tuning.files import keep_front, write_point
from neurodeploy.learning.tuning.front import tuned
from neurodeploy.learning.tuning.journal import ask, opened, points_of, tell
from neurodeploy.learning.tuning.kinds import KINDS
from neurodeploy.learning.tuning.point import Point, Tuned
from neurodeploy.learning.tuning.tunable import Tunable, rounded
from neurodeploy.storage.codec import digest

ALWAYS = ("accuracy", "synops_hw", "energy_total_j", "latency_s")
"""Metrics that every point keeps beside its objectives."""


def tune(
    bench: Bench,
    what: Sequence[Tunable],
    objectives: Sequence[Objective],
    folder: Path,
    *,
    n_trials: int,
    timeout_s: float | None = None,
    on_trial: Callable[[int], None] | None = None,
) -> Tuned:
    """Search `folder`'s trials further, and leave the networks of the front there.

    Equal benches, tunables and objectives give equal trials, however often it was interrupted.

    Parameters
    ----------
    n_trials : in all, those that `folder` holds counted.
    timeout_s : no trial begins after so many seconds; the next call goes on.
    on_trial : told how many trials there are; may raise to stop.

    Raises
    ------
    InputError
        If `folder` is no search (ND2822) or another (ND2823), or an objective is unknown on the
        chip (ND2821).
    """
    study = opened(folder, key_of(bench, what, objectives), objectives)
    began = time.monotonic()
    points = points_of(study)
    while len(points) < n_trials:
        if timeout_s is not None and time.monotonic() - began >= timeout_s:
            break
        points.append(_trial(study, bench, what, objectives, folder))
        keep_front(folder, tuned(points, objectives))
        if on_trial is not None:
            on_trial(len(points))
    return tuned(points, objectives)


def key_of(bench: Bench, what: Sequence[Tunable], objectives: Sequence[Objective]) -> str:
    """Return the fingerprint of everything that decides the trials but their number."""
    options = digest((bench.options, tuple(what), tuple(objectives)))
    return digest((bench.model.digest, digest(bench.parts), options))


def point_of(number: int, settings: dict[str, float], measured: Measured, names: set[str]) -> Point:
    """Return what a trial keeps of a measurement: the metrics in `names`."""
    metrics = {name: m for name, m in measured.metrics.items() if name in names}
    return Point(
        number=number,
        settings=settings,
        metrics=metrics,
        excess=measured.excess,
        refusal=measured.refusal,
        digest=measured.model.digest,
    )


def _trial(
    study: optuna.Study,
    bench: Bench,
    what: Sequence[Tunable],
    objectives: Sequence[Objective],
    folder: Path,
) -> Point:
    number = len(points_of(study))
    own = {t.key: t.own for t in what if t.own is not None and t.low <= t.own <= t.high}
    trial = ask(study, bench.options.seed, {t.key: _distribution(t) for t in what}, own)
    settings = {t.key: rounded(t, float(trial.params[t.key])) for t in what}
    measured = bench.measure(settings)
    names = {*ALWAYS, *(objective.metric for objective in objectives)}
    point = point_of(number, settings, measured, names)
    _check_known(point, objectives)
    write_point(folder, number, measured.model)
    tell(study, trial, point, objectives)
    return point


def _distribution(tunable: Tunable) -> BaseDistribution:
    kind = KINDS[tunable.kind]
    if kind.whole:
        return IntDistribution(int(tunable.low), int(tunable.high))
    return FloatDistribution(tunable.low, tunable.high, log=kind.log)


def _check_known(point: Point, objectives: Sequence[Objective]) -> None:
    if point.refusal:
        return
    known = ", ".join(name for name in point.metrics if point.value(name) is not None)
    problems = [
        f"--objective {o.metric}: is not known of this chip and data, so that nothing can be "
        f"compared by it; known are {known}"
        for o in objectives
        if point.value(o.metric) is None
    ]
    if problems:
        raise InputError("ND2821", *problems)
