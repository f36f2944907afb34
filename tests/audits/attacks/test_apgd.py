"""Auto-PGD: checkpoints of the paper, inside the ball, and no weaker than PGD."""

import torch
from support.attacked import spiking_model

from neurodeploy.audits.attacks import Ball, cross_entropy, pgd, sight
from neurodeploy.audits.attacks.apgd import apgd, checkpoints
from neurodeploy.audits.attacks.objective import logit_ratio, wrong
from neurodeploy.frontends.samples import Encoding
from neurodeploy.learning.twin import Twin

DIRECT = Encoding(coder="direct", n_steps=4)
BALL = Ball(eps=0.08, low=0.0, high=1.0)
LOGITS = sight(Twin(spiking_model(0)).eval(), DIRECT)
X = torch.rand((80, 12), generator=torch.Generator().manual_seed(0))
with torch.no_grad():
    LABELS = LOGITS(X).argmax(dim=1)


def test_checkpoints_come_ever_closer() -> None:
    """0.22, then gaps of 0.19, 0.16, 0.13, 0.10, 0.07, 0.06, 0.06, as shares of all steps."""
    assert sorted(checkpoints(100)) == [22, 41, 57, 70, 80, 87, 93, 99]


def crafted(objective, n_steps: int, seed: int = 1) -> torch.Tensor:
    generator = torch.Generator().manual_seed(seed)
    return apgd(LOGITS, X, objective, BALL, generator, n_steps=n_steps).x


def test_it_stays_in_the_ball_and_the_box() -> None:
    moved = crafted(cross_entropy(LABELS), 12)
    assert float((moved - X).abs().max()) <= BALL.radius + 1e-6
    assert float(moved.min()) >= 0.0
    assert float(moved.max()) <= 1.0


def test_more_steps_never_lower_the_objective() -> None:
    """Up to the first checkpoint of the longer run both take the same steps."""
    objective, everyone = cross_entropy(LABELS), torch.arange(len(X))
    with torch.no_grad():
        few, many = (objective(LOGITS(crafted(objective, n)), everyone) for n in (2, 2000 // 100))
    assert float(few.mean()) < float(many.mean())


def test_it_turns_about_as_many_as_pgd() -> None:
    generator = torch.Generator().manual_seed(1)
    plain = pgd(LOGITS, X, cross_entropy(LABELS), BALL, generator, n_steps=20).x
    with torch.no_grad():
        turned = {
            name: int((LOGITS(x).argmax(dim=1) != LABELS).sum())
            for name, x in {
                "pgd": plain,
                "ce": crafted(cross_entropy(LABELS), 20),
                "dlr": crafted(logit_ratio(LABELS), 20),
            }.items()
        }
    assert turned["ce"] >= turned["pgd"] - 3
    assert turned["dlr"] >= turned["pgd"] - 8
    assert turned["pgd"] > 20


def test_a_sample_that_is_done_is_given_back_as_it_was_found() -> None:
    generator = torch.Generator().manual_seed(1)
    found = apgd(
        LOGITS,
        X,
        cross_entropy(LABELS),
        BALL,
        generator,
        n_steps=20,
        is_done=wrong(LABELS),
    )
    to_the_end = crafted(cross_entropy(LABELS), 20)
    with torch.no_grad():
        early = LOGITS(found.x).argmax(dim=1) != LABELS
        late = LOGITS(to_the_end).argmax(dim=1) != LABELS
    assert (late <= early).all()
