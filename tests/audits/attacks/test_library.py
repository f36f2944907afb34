"""The toolbox drives the twin: within the ball, reproducibly, and its Auto-PGD as ours."""

import sys

import numpy as np
import pytest
import torch
from support.attacked import spiking_model

from neurodeploy.audits.attacks import MEMBERS, Ball, ball_of, cross_entropy
from neurodeploy.audits.attacks.apgd import apgd
from neurodeploy.audits.attacks.library import foreign
from neurodeploy.audits.attacks.objective import wrong
from neurodeploy.audits.attacks.protocol import Library
from neurodeploy.audits.attacks.victim import float_victim
from neurodeploy.errors import TargetUnavailable
from neurodeploy.frontends.samples import Encoding

MODEL = spiking_model(1)
VICTIM = float_victim(MODEL, Encoding(coder="direct", n_steps=4), 0, 1)
X = torch.rand((25, 12), generator=torch.Generator().manual_seed(0))
LABELS = VICTIM.answer(X)
HOP = Library(method="library", attack="hop-skip-jump", steps=3)


def turned(x: torch.Tensor) -> int:
    return int((VICTIM.answer(x) != LABELS).sum())


def crafted(entry: Library, ball: Ball, seed: int = 0) -> torch.Tensor:
    pytest.importorskip("art", reason="pip install 'neurodeploy[attack]'")
    return foreign(entry, VICTIM, X, LABELS, ball, torch.Generator().manual_seed(seed)).x


def test_the_class_alone_is_enough_for_hop_skip_jump() -> None:
    ball = ball_of(MODEL, 0.15)
    moved = crafted(HOP, ball)
    assert float((moved - X).abs().max()) <= ball.radius + 1e-6
    assert float(moved.min()) >= 0.0
    assert float(moved.max()) <= 1.0
    assert turned(moved) > 6


def test_the_same_seed_gives_the_same_and_leaves_numpys_state() -> None:
    ball = ball_of(MODEL, 0.15)
    np.random.seed(5)  # noqa: NPY002  # what must not change
    before = np.random.get_state()[1].copy()  # noqa: NPY002
    first, again = crafted(HOP, ball), crafted(HOP, ball)
    assert torch.equal(first, again)
    assert np.array_equal(np.random.get_state()[1], before)  # noqa: NPY002


def test_its_auto_pgd_turns_about_what_ours_turns() -> None:
    """Ours stops at what fooled, theirs keeps the highest loss: not the same samples."""
    classification = pytest.importorskip("art.estimators.classification")
    evasion = pytest.importorskip("art.attacks.evasion")
    logits = VICTIM.see(MEMBERS[2], torch.Generator())

    class Asked(torch.nn.Module):
        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return logits(x)

    ball = ball_of(MODEL, 0.06)
    classifier = classification.PyTorchClassifier(
        Asked(), torch.nn.CrossEntropyLoss(), (12,), 4, clip_values=(0.0, 1.0), device_type="cpu"
    )
    attack = evasion.AutoProjectedGradientDescent(
        classifier,
        eps=ball.radius,
        eps_step=2 * ball.radius,
        max_iter=20,
        nb_random_init=1,
        loss_type="cross_entropy",
        verbose=False,
    )
    np.random.seed(0)  # noqa: NPY002  # the toolbox knows no other
    theirs = torch.from_numpy(attack.generate(X.numpy(), np.eye(4)[LABELS.numpy()]))
    generator = torch.Generator().manual_seed(0)
    goal, done = cross_entropy(LABELS), wrong(LABELS)
    ours = apgd(logits, X, goal, ball, generator, n_steps=20, is_done=done).x
    assert turned(ours) > 5
    assert abs(turned(ours) - turned(theirs)) <= 2


def test_without_the_toolbox_the_remedy_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "art", None)
    for name in [name for name in sys.modules if name.startswith("art.")]:
        monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(TargetUnavailable) as caught:
        foreign(HOP, VICTIM, X, LABELS, ball_of(MODEL, 0.1), torch.Generator())
    assert str(caught.value) == (
        "ND4003: art.estimators.classification is not installed: pip install 'neurodeploy[attack]'"
    )
