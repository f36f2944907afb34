"""The losses, held against their formulas written out in NumPy."""

import numpy as np
import pytest
import torch

from neurodeploy.methods.robust.losses import boosted, mart, trades

RNG = np.random.default_rng(0)
CLEAN, MOVED = RNG.normal(0, 2, (2, 7, 4))
LABELS = RNG.integers(0, 4, 7)
ROWS = np.arange(7)


def softmax(logits: np.ndarray) -> np.ndarray:
    raised = np.exp(logits - logits.max(axis=1, keepdims=True))
    return np.asarray(raised / raised.sum(axis=1, keepdims=True))


def entropy(logits: np.ndarray) -> np.ndarray:
    return np.asarray(-np.log(softmax(logits)[ROWS, LABELS]))


def apart() -> np.ndarray:
    p, q = softmax(CLEAN), softmax(MOVED)
    return np.asarray((p * np.log(p / q)).sum(axis=1))


def given() -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    return torch.tensor(CLEAN), torch.tensor(MOVED), torch.tensor(LABELS)


def test_trades_is_the_clean_entropy_and_the_distance_of_both_answers() -> None:
    wanted = entropy(CLEAN).mean() + 6.0 * apart().mean()
    assert float(trades(*given(), 6.0)) == pytest.approx(wanted, rel=1e-12)


def test_mart_weighs_the_distance_by_the_doubt_about_the_clean_sample() -> None:
    others = softmax(MOVED)
    others[ROWS, LABELS] = 0.0
    boost = entropy(MOVED) - np.log(1.0001 - others.max(axis=1))
    doubt = 1.0 - softmax(CLEAN)[ROWS, LABELS]
    wanted = boost.mean() + 4.0 * (apart() * doubt).mean()
    assert float(mart(*given(), 4.0)) == pytest.approx(wanted, rel=1e-12)


def test_a_sure_and_wrong_answer_has_a_finite_loss() -> None:
    logits = torch.tensor([[1e4, 0.0]], requires_grad=True)
    loss = boosted(logits, torch.tensor([1]))
    torch.autograd.backward(loss)
    assert torch.isfinite(loss)
    assert logits.grad is not None
    assert torch.isfinite(logits.grad).all()
