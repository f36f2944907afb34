"""A search's file: every trial that ended, in optuna's journal, so that a search can go on."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import optuna
from optuna.storages import JournalStorage
from optuna.storages.journal import JournalFileBackend
from optuna.trial import TrialState

from neurodeploy.errors import InputError
from neurodeploy.exploration.pareto import Objective
from neurodeploy.learning.tuning.point import Point
from neurodeploy.storage.codec import decode, encode

NAME = "trials.log"
_STUDY, _KEY, _POINT = "tune", "key", "point"


def opened(folder: Path, key: str, objectives: Sequence[Objective]) -> optuna.Study:
    """Return the search in `folder`, begun where there is none yet.

    Parameters
    ----------
    key : fingerprint of network, data and options; a search goes on only from its own.

    Raises
    ------
    InputError
        If something else lies in `folder` (ND2822), or another search (ND2823).
    """
    path = folder / NAME
    if folder.exists() and not path.is_file() and (not folder.is_dir() or any(folder.iterdir())):
        raise InputError(
            "ND2822", f"{folder}: exists and holds no {NAME}, so it is no search; choose another -o"
        )
    folder.mkdir(parents=True, exist_ok=True)
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    try:
        study = optuna.create_study(
            storage=JournalStorage(JournalFileBackend(str(path))),
            study_name=_STUDY,
            directions=["minimize" if o.minimise else "maximize" for o in objectives],
            load_if_exists=True,
        )
        found, begun = study.user_attrs.get(_KEY), bool(points_of(study))
    except Exception as error:  # a foreign parser on a file of unknown origin
        raise InputError("ND2822", f"{path}: is no search that can be read ({error})") from error
    if not begun and found not in (None, key):  # its first trial failed: nothing is lost
        path.unlink()
        return opened(folder, key, objectives)
    if found is None:
        study.set_user_attr(_KEY, key)
    elif found != key:
        raise InputError(
            "ND2823",
            f"{folder}: belongs to another search (other network, data or options); give the same "
            "command, with more --trials if wanted, or another -o",
        )
    _close_interrupted(study)
    return study


def points_of(study: optuna.Study) -> list[Point]:
    """Return the trials that ended, in order."""
    found = [trial.user_attrs.get(_POINT) for trial in study.get_trials(deepcopy=False)]
    return [decode(Point, data, {}, NAME) for data in found if data is not None]


def ask(
    study: optuna.Study,
    seed: int,
    distributions: dict[str, optuna.distributions.BaseDistribution],
    first: dict[str, float],
) -> optuna.Trial:
    """Return the next trial; it depends on `seed` and the trials that ended, and nothing else.

    A sampler for each trial, seeded by how many ended, draws the same whether or not the search was
    interrupted (tree-structured Parzen estimators, Bergstra et al. 2011; for several objectives
    Ozaki et al. 2022).

    Parameters
    ----------
    first : what the first trial is given.
    """
    n_ended = len(points_of(study))
    if n_ended == 0 and first and not study.get_trials(states=(TrialState.WAITING,)):
        study.enqueue_trial(first)
    drawn = int(np.random.SeedSequence((seed, n_ended)).generate_state(1)[0])
    study.sampler = optuna.samplers.TPESampler(seed=drawn, multivariate=True)
    return study.ask(distributions)


def tell(
    study: optuna.Study, trial: optuna.Trial, point: Point, objectives: Sequence[Objective]
) -> None:
    """Record a trial's end; one that was refused teaches the search nothing but is kept."""
    for name, value in point.excess.items():
        trial.set_constraint(name, value)
    trial.set_user_attr(_POINT, encode(point)[0])
    if point.refusal:
        study.tell(trial, state=TrialState.FAIL)
        return
    values = [point.value(objective.metric) for objective in objectives]
    study.tell(trial, [value for value in values if value is not None])


def _close_interrupted(study: optuna.Study) -> None:
    for trial in study.get_trials(deepcopy=False, states=(TrialState.RUNNING,)):
        study.tell(trial.number, state=TrialState.FAIL)
