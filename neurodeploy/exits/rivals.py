"""What else would have taken as many steps: whether looking at the input was worth it."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from neurodeploy.deployment.exit_policy import ExitPolicy
from neurodeploy.exits.curve import curve, judge
from neurodeploy.exits.recording import Recording
from neurodeploy.terms import ExitCriterion


@dataclass(frozen=True, slots=True, kw_only=True)
class Rivals:
    """Accuracies at the steps that a policy network took.

    Parameters
    ----------
    coin_flip : the same numbers of steps, dealt out blindly: what the network must beat.
    outputs, outputs_step : SEENN-I, the confidence of the summed outputs, at the threshold whose
        mean steps come closest from below; None where every threshold takes more. The threshold
        needs no label.
    """

    coin_flip: float
    outputs: float | None
    outputs_step: float | None


def rivals_of(recording: Recording, answers: NDArray[np.int64], steps: NDArray[np.int64]) -> Rivals:
    """Return the rivals of a policy that took `steps` (sample,).

    Parameters
    ----------
    answers : (sample, informative step)
    """
    by_step = (answers == recording.labels[:, None]).mean(axis=0)
    dealt = np.bincount(steps, minlength=answers.shape[1] + 1)[1:] / len(steps)
    judged = judge(ExitPolicy(rule=ExitCriterion.CONFIDENCE), replace(recording, limits=None))
    mean = float(steps.mean())
    fitting = [point for point in curve(judged) if point.mean_step <= mean]
    best = max(fitting, key=lambda point: point.mean_step, default=None)
    return Rivals(
        coin_flip=float(dealt @ by_step),
        outputs=None if best is None else best.accuracy,
        outputs_step=None if best is None else best.mean_step,
    )
