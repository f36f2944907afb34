"""Square: asks only, keeps the ball, and finds what gradients find on an easy network."""

import numpy as np
import torch
from support.attacked import linear_model, spiking_model

from neurodeploy.audits.attacks import Ball, sight
from neurodeploy.audits.attacks.square import margin, square
from neurodeploy.frontends.samples import Encoding
from neurodeploy.learning.twin import Twin

DIRECT = Encoding(coder="direct", n_steps=4)
BALL = Ball(eps=0.1, low=0.0, high=1.0)


def scores_of(model):
    logits = sight(Twin(model).eval(), DIRECT)

    def scores(x: torch.Tensor) -> torch.Tensor:
        with torch.no_grad():
            return logits(x)

    return scores


def test_every_value_ends_at_an_end_of_its_interval() -> None:
    scores = scores_of(spiking_model(0))
    x = torch.rand((30, 12), generator=torch.Generator().manual_seed(0))
    labels = scores(x).argmax(dim=1)
    found = square(scores, x, labels, BALL, torch.Generator().manual_seed(0), n_queries=40)
    low, high = (x - 0.1).clamp(0, 1), (x + 0.1).clamp(0, 1)
    assert torch.equal((found.x == low) | (found.x == high), torch.ones_like(x, dtype=torch.bool))


def test_more_queries_turn_more_and_never_fewer() -> None:
    scores = scores_of(spiking_model(0))
    x = torch.rand((60, 12), generator=torch.Generator().manual_seed(0))
    labels = scores(x).argmax(dim=1)
    turned = []
    for n_queries in (1, 150):
        generator = torch.Generator().manual_seed(0)
        found = square(scores, x, labels, BALL, generator, n_queries=n_queries)
        turned.append(scores(found.x).argmax(dim=1) != labels)
    assert int(turned[1].sum()) > int(turned[0].sum()) + 5


def test_a_linear_network_is_turned_where_that_is_possible_at_all() -> None:
    """The best reachable margin is the clean one less 2 x 0.1 |w| summed over the values."""
    weight = np.array([[1.0, -2.0, 0.5, 0.7], [-1.0, 1.0, 0.25, -0.3]])
    scores = scores_of(linear_model(weight))
    x = torch.rand((200, 4), generator=torch.Generator().manual_seed(0)) * 0.7 + 0.15
    labels = scores(x).argmax(dim=1)
    reach = 0.1 * float(np.abs(weight[0] - weight[1]).sum())
    possible = margin(scores(x), labels) < reach - 1e-5
    found = square(scores, x, labels, BALL, torch.Generator().manual_seed(0), n_queries=300)
    turned = scores(found.x).argmax(dim=1) != labels
    assert torch.equal(turned, possible)
    assert 0 < int(possible.sum()) < 200


def test_images_get_patches() -> None:
    """One patch an image and query: what differs between two queries is a rectangle."""
    scores = lambda x: torch.stack([x.flatten(1).sum(dim=1), torch.zeros(len(x))], dim=1)  # noqa: E731
    x = torch.full((4, 1, 8, 8), 0.5)
    labels = torch.zeros(4, dtype=torch.long)
    runs = [
        square(scores, x, labels, BALL, torch.Generator().manual_seed(3), n_queries=n).x
        for n in (1, 2)
    ]
    for one, other in zip(*runs, strict=True):
        changed = (one != other)[0].nonzero()
        if len(changed):
            (top, left), (bottom, right) = changed.amin(dim=0), changed.amax(dim=0)
            inside = other[0, top : bottom + 1, left : right + 1]
            assert len(inside.unique()) == 1


def test_a_tie_goes_to_the_lowest_class() -> None:
    scores = torch.tensor([[1.0, 1.0, 0.0], [1.0, 1.0, 0.0], [0.0, 2.0, 1.0]])
    found = margin(scores, torch.tensor([0, 1, 1]))
    assert (found >= 0).tolist() == [True, False, True]
