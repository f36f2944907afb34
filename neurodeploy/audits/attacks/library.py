"""HopSkipJump of the Adversarial Robustness Toolbox, on anything that names a class.

The toolbox drives the twin and the deployed integers alike. Its Auto-PGD and Square turn as many
samples as those written here, but draw from global states that no seed of ours reaches, and ask
for fooled samples again; so only what it adds is taken from it: an attack that needs no scores
(Chen, Jordan and Wainwright 2020).
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import torch
from torch import Tensor

from neurodeploy.audits.attacks.ball import Ball
from neurodeploy.audits.attacks.crafted import Crafted
from neurodeploy.audits.attacks.protocol import Library
from neurodeploy.audits.attacks.victim import Victim
from neurodeploy.toolchain import missing_extra

FIRST_QUERIES, MOST_QUERIES = 20, 200
"""Of one estimate of the direction: at first, and at most."""

STARTS = 50
"""Random samples that are tried until one is of another class."""


def foreign(
    entry: Library,
    victim: Victim,
    x: Tensor,
    labels: Tensor,
    ball: Ball,
    generator: torch.Generator,
) -> Crafted:
    """Return the nearest samples of another class that were found, where they lie in the ball.

    Where none does, the sample itself is given back.

    Raises
    ------
    TargetUnavailable
        If the toolbox is not installed (ND4003).
    """
    attack = _attack(entry, _classifier(victim, x, ball))
    starts, found = _starts(victim, x, labels, ball, generator)
    moved = x.clone()
    if bool(found.any()):
        given = (values[found].numpy() for values in (x, labels, starts))
        with _seeded(generator):
            moved[found] = torch.from_numpy(_generated(attack, *given)).to(x.dtype)
    is_near = (moved - x).abs().flatten(1).amax(dim=1) <= ball.radius * (1 + 1e-5)
    kept = torch.where(is_near.reshape(-1, *[1] * (x.dim() - 1)), moved, x)
    return Crafted(x=ball.projected(kept, x), is_dead=torch.zeros(len(x), dtype=torch.bool))


def _classifier(victim: Victim, x: Tensor, ball: Ball) -> Any:
    try:
        from art.estimators.classification import BlackBoxClassifier
    except ImportError as error:
        raise missing_extra(error, "attack") from error

    def scores(values: Any) -> Any:
        asked = torch.from_numpy(np.asarray(values, np.float32)).clamp(ball.low, ball.high)
        return victim.scores(asked.round() if ball.whole else asked).double().numpy()

    return BlackBoxClassifier(
        scores,
        input_shape=tuple(x.shape[1:]),
        nb_classes=victim.n_classes,
        clip_values=(ball.low, ball.high),
    )


def _attack(entry: Library, classifier: Any) -> Any:
    from art.attacks.evasion import HopSkipJump

    return HopSkipJump(
        classifier,
        norm=np.inf,
        max_iter=entry.steps,
        init_eval=FIRST_QUERIES,
        max_eval=MOST_QUERIES,
        verbose=False,
    )


def _generated(attack: Any, x: Any, labels: Any, starts: Any) -> Any:
    return np.asarray(attack.generate(x, labels, x_adv_init=starts))


def _starts(
    victim: Victim, x: Tensor, labels: Tensor, ball: Ball, generator: torch.Generator
) -> tuple[Tensor, Tensor]:
    """Return random samples of another class, and where one was found.

    The toolbox would draw them from the system's entropy.
    """
    starts, found = x.clone(), torch.zeros(len(x), dtype=torch.bool)
    for _ in range(STARTS):
        at = (~found).nonzero().squeeze(1)
        if not len(at):
            break
        drawn = torch.rand(x[at].shape, generator=generator, dtype=x.dtype)
        tried = ball.low + (ball.high - ball.low) * drawn
        tried = tried.round() if ball.whole else tried
        is_other = victim.answer(tried) != labels[at]
        starts[at[is_other]], found[at[is_other]] = tried[is_other], True
    return starts, found


@contextmanager
def _seeded(generator: torch.Generator) -> Iterator[None]:
    """Seed NumPy's global state, which the toolbox draws from, and put it back."""
    before = np.random.get_state()  # noqa: NPY002  # the toolbox knows no other
    np.random.seed(int(torch.randint(2**31, (1,), generator=generator)))  # noqa: NPY002
    try:
        yield
    finally:
        np.random.set_state(before)  # noqa: NPY002
