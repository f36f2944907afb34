import pytest

torch = pytest.importorskip("torch", reason="torch is absent; pip install 'neurodeploy[train]'")
pytest.importorskip("snntorch", reason="snntorch is absent; pip install 'neurodeploy[train]'")

from neurodeploy.frontends.snntorch import from_snntorch  # noqa: E402
from neurodeploy.learning import demo  # noqa: E402


def test_equal_seeds_train_equal_networks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(demo, "N_EPOCHS", 2)
    seen: list[tuple[int, int]] = []
    before = torch.get_rng_state()
    networks = [demo.train_demo(seed, lambda k, n, _: seen.append((k, n))) for seed in (3, 3, 4)]
    digests = [from_snntorch(network, (64,)).digest for network in networks]
    assert digests[0] == digests[1] != digests[2]
    assert seen == [(1, 2), (2, 2)] * 3
    assert torch.equal(torch.get_rng_state(), before)


def test_two_epochs_are_better_than_chance(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(demo, "N_EPOCHS", 2)
    accuracies: list[float] = []
    demo.train_demo(0, lambda _, __, accuracy: accuracies.append(accuracy))
    assert accuracies[-1] > 0.5
