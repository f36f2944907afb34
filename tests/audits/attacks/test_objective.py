"""What attacks raise, against the formulas written out."""

import pytest
import torch

from neurodeploy.audits.attacks.objective import (
    cross_entropy,
    divergence,
    logit_ratio,
    targeted,
    targeted_logit_ratio,
)

LOGITS = torch.tensor([[3.0, 1.0, 0.5, -2.0], [0.0, 2.0, 1.0, 4.0]], dtype=torch.float64)
AT = torch.tensor([0, 1])


def test_cross_entropy_and_its_target() -> None:
    labels = torch.tensor([0, 1])
    p = torch.softmax(LOGITS, dim=1)
    expected = -torch.log(torch.stack([p[0, 0], p[1, 1]]))
    torch.testing.assert_close(cross_entropy(labels)(LOGITS, AT), expected)
    torch.testing.assert_close(targeted(labels)(LOGITS, AT), -expected)


def test_divergence_is_from_the_clean_answer() -> None:
    p, q = torch.softmax(LOGITS, dim=1), torch.softmax(LOGITS.flip(0), dim=1)
    expected = (p * (p / q).log()).sum(dim=1)
    torch.testing.assert_close(divergence(LOGITS)(LOGITS.flip(0), AT), expected)


def test_logit_ratios_do_not_depend_on_the_logits_size() -> None:
    labels, targets = torch.tensor([0, 1]), torch.tensor([3, 2])
    expected = {
        "plain": [-(3.0 - 1.0) / (3.0 - 0.5), -(2.0 - 4.0) / (4.0 - 1.0)],
        "targeted": [-(3.0 + 2.0) / (3.0 - (0.5 - 2.0) / 2), -(2.0 - 1.0) / (4.0 - 0.5)],
    }
    for scale in (1.0, 100.0):
        plain = logit_ratio(labels)(scale * LOGITS + 7, AT)
        aimed = targeted_logit_ratio(labels, targets)(scale * LOGITS + 7, AT)
        assert plain.tolist() == pytest.approx(expected["plain"])
        assert aimed.tolist() == pytest.approx(expected["targeted"])


def test_places_choose_whose_label_counts() -> None:
    labels = torch.tensor([0, 1])
    whole = cross_entropy(labels)(LOGITS, AT)
    torch.testing.assert_close(cross_entropy(labels)(LOGITS[1:], AT[1:]), whole[1:])
