import numpy as np

from neurodeploy.frontends.digits import load_digits


def test_the_parts_share_nothing_and_hold_everything() -> None:
    digits = load_digits()
    parts = (digits.train, digits.validation, digits.test)
    assert [len(part.x) for part in parts] == [1077, 270, 450]
    assert [len(part.y) for part in parts] == [1077, 270, 450]
    rows = {part.x[i].tobytes() for part in parts for i in range(len(part.x))}
    assert len(rows) == 1797


def test_the_split_is_always_the_same_and_stratified() -> None:
    first, second = load_digits(), load_digits()
    assert np.array_equal(first.test.x, second.test.x)
    for part in (first.train, first.validation, first.test):
        shares = np.bincount(part.y, minlength=10) / len(part.y)
        assert np.all(np.abs(shares - 0.1) < 0.01)
        assert part.x.min() == 0
        assert part.x.max() == 1
