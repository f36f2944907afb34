"""An audit recovers what is there, says what chance gives, and is the same twice."""

import re
import struct
import zlib
from dataclasses import replace

import numpy as np
import pytest
import torch
from support.leaky import N_CLASSES, bars, spiking_twin, trained_ann

from neurodeploy.audits.leak import SENTENCE, Attack, LeakOptions, audit
from neurodeploy.audits.leak.ascent import Ascent, ascend, shown
from neurodeploy.audits.leak.attackers import surest
from neurodeploy.audits.leak.judge import frechet
from neurodeploy.audits.leak.membership import membership
from neurodeploy.audits.leak.page import page
from neurodeploy.audits.leak.png import mosaic, png
from neurodeploy.audits.leak.prior import blocking, components_without
from neurodeploy.audits.leak.score import rebuilt_score
from neurodeploy.audits.leak.words import as_json
from neurodeploy.errors import InputError

SHORT = Ascent(iterations=20, learning_rate=0.1)
OPTIONS = LeakOptions(from_noise=SHORT, from_public=SHORT, ascent_steps=4, n_steps=10)


def test_an_owner_of_unlabelled_images_of_all_classes_recovers_them() -> None:
    options = replace(OPTIONS, attacks=(Attack.LABELLING,))
    found = audit(spiking_twin(0), trained_ann(1), bars(200, 5), options, public=bars(200, 6))
    assert found.recoveries[0].hit_rate == 1.0
    assert found.recoveries[0].n_recovered == N_CLASSES
    assert found.judge_on_real == 1.0
    assert found.judge_on_noise < 0.6
    assert found.recoveries[0].frechet < found.frechet_noise


def test_every_attack_makes_images_that_the_network_itself_takes_for_the_class() -> None:
    found = audit(
        spiking_twin(0),
        trained_ann(1),
        bars(100, 5),
        OPTIONS,
        public=bars(150, 6),
        members=bars(50, 0),
    )
    again = audit(spiking_twin(0), trained_ann(1), bars(100, 5), OPTIONS, public=bars(150, 6))
    assert [entry.attack for entry in found.recoveries] == list(Attack)
    own = {entry.attack: entry.own for entry in found.recoveries}
    assert own[Attack.REBUILT] is not None
    assert own[Attack.SPIKES] is not None
    assert own[Attack.REBUILT] > 0.9
    assert own[Attack.SPIKES] > 0.6  # through 4 steps, and asked in 10
    assert as_json(again)["attacks"] == as_json(found)["attacks"]
    assert found.membership is not None
    text = page(found)
    assert SENTENCE in text
    assert text.count("data:image/png;base64,") == 1 + len(Attack)
    assert not re.search(r'(src|href)="(?!data:)', text)


def test_an_ascent_raises_the_score() -> None:
    score = rebuilt_score(spiking_twin(0))
    public = torch.from_numpy(bars(100, 6).x)
    labels = torch.from_numpy(bars(100, 6).y)
    targets = torch.arange(N_CLASSES).repeat_interleave(4)
    prior = components_without(public, labels, targets, 8)
    codes = ascend(score, prior, targets, SHORT, torch.Generator().manual_seed(0))
    start = prior.start(torch.Generator().manual_seed(0))
    rows = torch.arange(len(targets))
    before, after = (
        score(shown(prior, c)).log_softmax(dim=1)[rows, targets] for c in (start, codes)
    )
    assert (after > before).all()


def test_blocked_directions_leave_the_images() -> None:
    public = torch.from_numpy(bars(100, 6).x)
    labels = torch.from_numpy(bars(100, 6).y)
    targets = torch.arange(N_CLASSES).repeat_interleave(4)
    prior = components_without(public, labels, targets, 8)
    codes = torch.randn((len(targets), 8), generator=torch.Generator().manual_seed(1))
    blocked = blocking(prior, codes, 2).blocked
    assert blocked is not None
    assert blocked.shape == (N_CLASSES, 2, 8)
    along = torch.einsum("ndk,nek->nde", blocked, blocked)
    torch.testing.assert_close(along, torch.eye(2).expand(N_CLASSES, 2, 2))
    inside = blocked[prior.group].sum(dim=1)
    torch.testing.assert_close(
        blocking(prior, codes, 2).images(inside), prior.images(torch.zeros_like(inside))
    )


def test_the_principal_components_are_those_of_the_other_classes() -> None:
    public = torch.from_numpy(bars(100, 6).x)
    labels = torch.from_numpy(bars(100, 6).y)
    prior = components_without(public, labels, torch.tensor([1]), 5)
    flat = public[labels != 1].flatten(1)
    torch.testing.assert_close(prior.mean[0], flat.mean(dim=0))
    sizes = torch.linalg.svdvals(flat - flat.mean(dim=0))[:5] / len(flat) ** 0.5
    torch.testing.assert_close(prior.basis[0].norm(dim=1), sizes, rtol=1e-4, atol=1e-5)


def test_the_frechet_distance_of_gaussians_is_the_known_one() -> None:
    rng = np.random.default_rng(0)
    one = rng.normal(0.0, 1.0, (4000, 3))
    other = one * 2.0 + np.array([1.0, 0.0, 0.0])
    means = other.mean(axis=0) - one.mean(axis=0)
    expected = means @ means + np.trace(np.cov(one, rowvar=False))  # (2 - 1)^2 of each deviation
    assert frechet(one, other) == pytest.approx(expected, rel=1e-6)
    assert frechet(one, one) == pytest.approx(0.0, abs=1e-6)


def test_membership_is_the_share_of_pairs() -> None:
    def score(images: torch.Tensor) -> torch.Tensor:
        return torch.stack([images[:, 0], -images[:, 0]], dim=1)

    zeros = torch.zeros(3, dtype=torch.int64)
    members = torch.tensor([[3.0], [2.0], [0.0]]), zeros
    others = torch.tensor([[1.0], [0.0]]), zeros[:2]
    # Losses fall with the value: 3 and 2 beat both others, 0 loses to 1 and ties with 0.
    assert membership(score, members, others).auc == pytest.approx((2 + 2 + 0.5) / 6)


def test_the_surest_images_are_taken_once_each() -> None:
    images = torch.tensor([[0.1], [0.9], [0.5], [0.7]])
    targets = torch.tensor([0, 0, 1, 1])
    chosen = surest(lambda x: torch.cat([x, -x], dim=1), images, targets)
    torch.testing.assert_close(chosen, torch.tensor([[0.9], [0.7], [0.1], [0.5]]))


def test_a_picture_is_a_png_of_its_size() -> None:
    whole = mosaic(np.zeros((2, 3, 1, 4, 5), np.float32))
    assert whole.shape == (2 * 6, 3 * 7)
    assert mosaic(np.zeros((2, 3, 9), np.float32)).shape == (2 * 3, 3 * 11)
    data = png(np.full((2, 3), 1.0, np.float32))
    assert data[:8] == b"\x89PNG\r\n\x1a\n"
    assert struct.unpack(">II", data[16:24]) == (3, 2)
    start = data.index(b"IDAT")
    size = struct.unpack(">I", data[start - 4 : start])[0]
    rows = zlib.decompress(data[start + 4 : start + 4 + size])
    assert rows == b"\x00\xff\xff\xff" * 2


def test_what_does_not_fit_is_refused() -> None:
    real = bars(50)
    with pytest.raises(InputError) as caught:
        audit(spiking_twin(0), trained_ann(1), replace(real, y=None), LeakOptions())
    assert caught.value.code == "ND2874"
    assert caught.value.problems == (
        "bars: holds no labels y, which the audit needs",
        "inverter, adaptive, labelling need images that the attacker owns; give --public, or name "
        "other attacks",
    )
    with pytest.raises(InputError) as caught:
        audit(spiking_twin(0), spiking_twin(0), real, replace(OPTIONS, attacks=(Attack.REBUILT,)))
    assert caught.value.code == "ND2871"
    with pytest.raises(InputError) as caught:
        LeakOptions(n_images=5, n_steps=0)
    assert caught.value.problems == (
        "5 images a class, expected at least 20",
        "0 steps, expected at least 1",
    )
