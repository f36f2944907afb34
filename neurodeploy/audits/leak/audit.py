"""The leak audit: what attackers recover, in the opinion of a judge that saw neither."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from neurodeploy.audits.leak.attackers import Public, attempts, is_unnamed, scored
from neurodeploy.audits.leak.judge import Opinion, frechet, opinion
from neurodeploy.audits.leak.membership import Membership, membership
from neurodeploy.audits.leak.options import NEED_PUBLIC, Attack, LeakOptions
from neurodeploy.errors import InputError
from neurodeploy.frontends.samples import Samples
from neurodeploy.model import Model

SENTENCE = (
    "This is obfuscation measured against these attacks, not cryptography: another attack may "
    "recover more."
)

RECOVERED = 0.5
"""A class is recovered if the judge recognises more than this share of its images."""

SHOWN = 6
"""Images a class in the report's grid."""

Progress = Callable[[int, int], None]
"""Called after every attack with attacks done and attacks in all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recovery:
    """What one attack recovered.

    Parameters
    ----------
    variant : which variant of the attack this was; the one with the highest hit rate is kept.
    hit_rates : (class,) share of a class's images that the judge takes for that class.
    frechet : distance of the images' features from real ones.
    own : share of images that the released network itself puts in their class; None where its
        readout is withheld.
    variants : hit rate of each variant.
    images : (class, image, *shape) some of the images, 0 to 1 of the input's range.
    """

    attack: Attack
    variant: str
    hit_rates: tuple[float, ...]
    frechet: float
    own: float | None
    variants: Mapping[str, float]
    images: NDArray[np.float32]

    @property
    def hit_rate(self) -> float:
        """Share of images that the judge recognises, 0 to 1."""
        return float(np.mean(self.hit_rates))

    @property
    def n_recovered(self) -> int:
        """Number of classes of which most images are recognised."""
        return sum(rate > RECOVERED for rate in self.hit_rates)


@dataclass(frozen=True, slots=True, kw_only=True)
class LeakReport:
    """What an audit found.

    Parameters
    ----------
    judge_on_real, judge_on_noise : share of real images, and of noise, that the judge puts in the
        class they have or are asked for; the second is what chance gives.
    frechet_real, frechet_noise : distance of one half of the real images from the other, and of
        noise from them: between these a recovery lies.
    accuracy : of the released network on the real images; None where its readout is withheld, and
        then there is no membership inference either.
    real : (class, image, *shape) some real images.
    """

    model_digest: str
    judge_digest: str
    n_classes: int
    options: LeakOptions
    judge_on_real: float
    judge_on_noise: float
    frechet_real: float
    frechet_noise: float
    accuracy: float | None
    recoveries: tuple[Recovery, ...]
    membership: Membership | None
    real: NDArray[np.float32]
    sentence: str = SENTENCE


def audit(
    released: Model,
    judge: Model,
    real: Samples,
    options: LeakOptions,
    *,
    public: Samples | None = None,
    members: Samples | None = None,
    on_progress: Progress | None = None,
) -> LeakReport:
    """Attack `released` and let `judge` say what was recovered.

    Parameters
    ----------
    judge : an artificial network for the same classes and inputs, of another origin.
    real : labelled images that no attack sees: they measure the judge and the distances.
    public : labelled images that attackers own; what is measured of them shares no image.
    members : labelled samples that the network was trained on, for membership inference against
        `real`.

    Raises
    ------
    InputError
        If judge and network do not fit (ND2871), data lack labels or classes, or an attack lacks
        its public images (ND2874).
    """
    _check(released, judge, real, public, options)
    images, labels = _data(released, real)
    targets = _targets(judge, options)
    seen = opinion(judge, images)
    generator = torch.Generator().manual_seed(options.seed)
    noise = opinion(judge, torch.rand((len(targets), *images.shape[1:]), generator=generator))
    owned = None if public is None else _owned(released, public)
    recoveries = []
    for k, attack in enumerate(options.attacks, start=1):
        recoveries.append(_recovery(attack, released, judge, seen, owned, targets, options))
        if on_progress is not None:
            on_progress(k, len(options.attacks))
    named = not is_unnamed(released, int(targets.max()) + 1)
    score = scored(released, options)
    half = len(seen.features) // 2
    return LeakReport(
        model_digest=released.digest,
        judge_digest=judge.digest,
        n_classes=int(targets.max()) + 1,
        options=options,
        judge_on_real=float((seen.classes == labels.numpy()).mean()),
        judge_on_noise=float((noise.classes == targets.numpy()).mean()),
        frechet_real=frechet(seen.features[:half], seen.features[half:]),
        frechet_noise=frechet(noise.features, seen.features),
        accuracy=_accuracy(score, images, labels) if named else None,
        recoveries=tuple(recoveries),
        membership=(
            None
            if members is None or not named
            else membership(score, _data(released, members), (images, labels))
        ),
        real=_some_real(images, labels, int(targets.max()) + 1),
    )


def _check(
    released: Model, judge: Model, real: Samples, public: Samples | None, options: LeakOptions
) -> None:
    sizes = [m.population(m.outputs[0].population).size for m in (released, judge)]
    shapes = [m.inputs[0].shape for m in (released, judge)]
    unfit = [
        f"the judge {verb} {theirs}, the network {ours}"
        for verb, ours, theirs in (("takes samples of shape", *shapes),)
        if ours != theirs
    ]
    if sizes[0] < sizes[1]:
        unfit.append(f"the judge tells {sizes[1]} classes apart, the network {sizes[0]}")
    if unfit:
        raise InputError("ND2871", *unfit)
    problems = [
        f"{part.where}: holds no labels y, which the audit needs"
        for part in (real, public)
        if part is not None and part.y is None
    ]
    needy = [attack.value for attack in options.attacks if attack in NEED_PUBLIC]
    if public is None and needy:
        problems.append(
            f"{', '.join(needy)} need images that the attacker owns; give --public, or name other "
            "attacks"
        )
    others = [a.value for a in options.attacks if a not in (Attack.ADAPTIVE, Attack.LABELLING)]
    if sizes[0] > sizes[1] and others:
        problems.append(
            f"the network gives {sizes[0]} values, the judge knows {sizes[1]} classes: a readout "
            f"is withheld, so {', '.join(others)} have no score to follow; name the attacks "
            "adaptive and labelling"
        )
    if problems:
        raise InputError("ND2874", *problems)


def _recovery(
    attack: Attack,
    released: Model,
    judge: Model,
    seen: Opinion,
    public: Public | None,
    targets: Tensor,
    options: LeakOptions,
) -> Recovery:
    score, unnamed = scored(released, options), is_unnamed(released, int(targets.max()) + 1)
    found = []
    for variant, images in attempts(attack, released, public, targets, options):
        told = opinion(judge, images)
        hits = (told.classes == targets.numpy()).reshape(-1, options.n_images)
        found.append((float(hits.mean()), variant, hits.mean(axis=1), told, images))
    _, variant, rates, told, images = max(found, key=lambda entry: entry[0])
    return Recovery(
        attack=attack,
        variant=variant,
        hit_rates=tuple(map(float, rates)),
        frechet=frechet(told.features, seen.features),
        own=None if unnamed else _accuracy(score, images, targets),
        variants={name: hit for hit, name, *_ in found},
        images=images.reshape(-1, options.n_images, *images.shape[1:])[:, :SHOWN].numpy(),
    )


def _data(released: Model, samples: Samples) -> tuple[Tensor, Tensor]:
    """Return samples as shares of the input's range, and their labels."""
    assert samples.y is not None
    node = released.inputs[0]
    x = torch.from_numpy(np.ascontiguousarray(samples.x, np.float32))
    images = ((x - node.low) / (node.high - node.low)).reshape(len(x), *node.shape)
    return images, torch.from_numpy(samples.y)


def _owned(released: Model, public: Samples) -> Public:
    images, labels = _data(released, public)
    return Public(images=images, labels=labels)


def _targets(judge: Model, options: LeakOptions) -> Tensor:
    n_classes = judge.population(judge.outputs[0].population).size
    return torch.arange(n_classes).repeat_interleave(options.n_images)


def _accuracy(score: Callable[[Tensor], Tensor], images: Tensor, labels: Tensor) -> float:
    with torch.no_grad():
        told = torch.cat([score(part).argmax(dim=1) for part in torch.split(images, 250)])
    return float((told == labels).float().mean())


def _some_real(images: Tensor, labels: Tensor, n_classes: int) -> NDArray[np.float32]:
    rows = []
    for one in range(n_classes):
        own = images[labels == one][:SHOWN]
        missing = torch.zeros((SHOWN - len(own), *images.shape[1:]))
        rows.append(torch.cat([own, missing]).numpy())
    return np.stack(rows)
