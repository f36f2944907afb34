"""Several attacks on the same samples."""

import torch
from support.attacked import spiking_model

from neurodeploy.audits.attacks import MEMBERS, ball_of, cross_entropy, pgd, sight
from neurodeploy.audits.attacks.worst_of import Attempt, Worst, by_name, worst_of
from neurodeploy.frontends.samples import Encoding
from neurodeploy.learning.twin import Twin

DIRECT = Encoding(coder="direct", n_steps=4)
MODEL = spiking_model(1)
X = torch.rand((120, 12), generator=torch.Generator().manual_seed(5))


def answer(x: torch.Tensor) -> torch.Tensor:
    with torch.no_grad():
        return sight(Twin(MODEL).eval(), DIRECT)(x).argmax(dim=1)


LABELS = answer(X).clone()
LABELS[:20] = (LABELS[:20] + 1) % 4  # wrong from the start


def attempt(member, eps: float = 0.06) -> Attempt:
    logits = sight(member.twin(MODEL), DIRECT)
    ball = ball_of(MODEL, eps)
    return Attempt(
        name=member.name,
        craft=lambda x, y, g: pgd(logits, x, cross_entropy(y), ball, g, n_steps=3),
    )


ATTEMPTS = [attempt(MEMBERS[k]) for k in (2, 8, 12, 17, 18)]


def ran(**options: object) -> Worst:
    return worst_of(ATTEMPTS, X, LABELS, answer, **options)  # type: ignore[arg-type]  # the test's


def test_the_worst_is_at_most_every_member() -> None:
    worst = ran(alone=True)
    assert int(worst.is_right.sum()) == 100
    for outcome in worst.outcomes:
        assert outcome.n_tried == 100
        assert int(worst.survives.sum()) <= 100 - outcome.n_fooled
    together = torch.stack([o.fooled for o in worst.outcomes]).any(dim=0)
    assert torch.equal(worst.survives, worst.is_right & ~together)
    assert 0 < int(worst.survives.sum()) < 100


def test_a_later_attempt_is_tried_on_what_is_left() -> None:
    worst = ran(alone=False)
    left = 100
    for outcome in worst.outcomes:
        assert outcome.n_tried == left
        left -= outcome.n_fooled
    assert int(worst.survives.sum()) == left


def test_what_is_kept_is_what_fooled_or_was_tried_last() -> None:
    worst = ran()
    turned = worst.is_right & ~worst.survives
    assert (answer(worst.x[turned]) != LABELS[turned]).all()
    assert (answer(worst.x[worst.survives]) == LABELS[worst.survives]).all()
    assert (worst.x[worst.survives] != X[worst.survives]).flatten(1).any(dim=1).all()
    assert torch.equal(worst.x[~worst.is_right], X[~worst.is_right])


def test_seeds_reproduce_whatever_else_is_tried() -> None:
    one = worst_of(ATTEMPTS[1:2], X, LABELS, answer, seed=3, alone=True)
    many = by_name(ran(seed=3, alone=True))
    assert torch.equal(one.outcomes[0].fooled, many[one.outcomes[0].name].fooled)
    again = worst_of(ATTEMPTS[1:2], X, LABELS, answer, seed=4, alone=True)
    assert not torch.equal(again.x, one.x)
