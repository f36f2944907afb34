"""Many steps: within the ball and the box, reproducible, and no weaker than one."""

import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from support.attacked import spiking_model

from neurodeploy.audits.attacks import (
    MEMBERS,
    Ball,
    Start,
    ball_of,
    cross_entropy,
    divergence,
    pgd,
    sight,
)
from neurodeploy.audits.attacks.objective import wrong
from neurodeploy.frontends.samples import Encoding
from neurodeploy.learning.twin import Twin

DIRECT = Encoding(coder="direct", n_steps=4)


def attacked(seed: int = 0, n_samples: int = 40):
    twin = Twin(spiking_model(seed)).eval()
    logits = sight(twin, DIRECT)
    x = torch.rand((n_samples, 12), generator=torch.Generator().manual_seed(seed))
    with torch.no_grad():
        labels = logits(x).argmax(dim=1)
    return logits, x, labels


@settings(deadline=None, max_examples=15)
@given(eps=st.floats(0, 0.6), seed=st.integers(0, 20), start=st.sampled_from(list(Start)))
def test_pgd_never_leaves_the_ball_or_the_box(eps: float, seed: int, start: Start) -> None:
    logits, x, labels = attacked(seed, 10)
    ball = Ball(eps=eps, low=0.0, high=1.0)
    generator = torch.Generator().manual_seed(seed)
    crafted = pgd(logits, x, cross_entropy(labels), ball, generator, n_steps=3, start=start)
    assert float(crafted.x.min()) >= 0.0
    assert float(crafted.x.max()) <= 1.0
    # float32 rounds x + radius once.
    assert float((crafted.x - x).abs().max()) <= eps + 1e-6


def test_the_same_seed_gives_the_same_samples() -> None:
    logits, x, labels = attacked()
    ball = Ball(eps=0.1, low=0.0, high=1.0)
    crafted = [
        pgd(logits, x, cross_entropy(labels), ball, torch.Generator().manual_seed(s), n_steps=4).x
        for s in (3, 3, 4)
    ]
    torch.testing.assert_close(crafted[0], crafted[1], rtol=0, atol=0)
    assert not torch.equal(crafted[0], crafted[2])


def test_a_sample_that_is_fooled_is_left_alone() -> None:
    """What is done at the clean sample does not move at all; the others go on."""
    logits, x, labels = attacked()
    wanted = labels.clone()
    wanted[:5] = (labels[:5] + 1) % 4
    crafted = pgd(
        logits,
        x,
        cross_entropy(wanted),
        Ball(eps=0.2, low=0.0, high=1.0),
        torch.Generator().manual_seed(0),
        n_steps=5,
        start=Start.CLEAN,
        is_done=wrong(wanted),
    )
    torch.testing.assert_close(crafted.x[:5], x[:5], rtol=0, atol=0)
    assert ((crafted.x[5:] != x[5:]).flatten(1).any(dim=1) | crafted.is_dead[5:]).all()


def test_stopping_early_changes_no_verdict_for_the_worse() -> None:
    logits, x, labels = attacked(n_samples=100)
    ball, fooled = Ball(eps=0.08, low=0.0, high=1.0), []
    for is_done in (None, wrong(labels)):
        generator = torch.Generator().manual_seed(1)
        crafted = pgd(
            logits, x, cross_entropy(labels), ball, generator, n_steps=10, is_done=is_done
        )
        fooled.append(logits(crafted.x).argmax(dim=1) != labels)
    assert (fooled[0] <= fooled[1]).all()
    assert 0 < int(fooled[0].sum()) < 100


def test_divergence_grows_from_beside_the_sample() -> None:
    logits, x, _ = attacked()
    with torch.no_grad():
        clean = logits(x)
    ball, objective = Ball(eps=0.1, low=0.0, high=1.0), divergence(clean)
    generator = torch.Generator().manual_seed(0)
    crafted = pgd(logits, x, objective, ball, generator, n_steps=5, start=Start.NORMAL)
    with torch.no_grad():
        values = objective(logits(crafted.x), torch.arange(len(x)))
    assert float(values.min()) >= 0.0
    assert float(values.mean()) > 0.05


def test_every_member_finds_a_gradient() -> None:
    assert len({member.name for member in MEMBERS}) == len(MEMBERS) == 19
    model = spiking_model(0)
    x = torch.rand((20, 12), generator=torch.Generator().manual_seed(0))
    labels = torch.zeros(20, dtype=torch.long)
    for member in MEMBERS:
        logits = sight(member.twin(model), DIRECT)
        generator = torch.Generator().manual_seed(0)
        crafted = pgd(logits, x, cross_entropy(labels), ball_of(model, 0.1), generator, n_steps=1)
        assert not crafted.is_dead.all(), member.name
