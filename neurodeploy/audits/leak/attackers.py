"""The attackers: each makes images of every class from a released network."""

from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Tensor

from neurodeploy.audits.leak.ascent import ascend, shown
from neurodeploy.audits.leak.inverter import inverted
from neurodeploy.audits.leak.options import Attack, LeakOptions
from neurodeploy.audits.leak.prior import Components, Pixels, blocking, components_without
from neurodeploy.audits.leak.score import Score, rebuilt_score, spiking_score
from neurodeploy.audits.leak.unnamed import fitted, searched, strangest
from neurodeploy.model import Model, Spiking


@dataclass(frozen=True, slots=True, kw_only=True)
class Public:
    """Images of the domain that an attacker owns, (sample, *shape) within 0 and 1, and classes."""

    images: Tensor
    labels: Tensor


def attempts(
    attack: Attack, released: Model, public: Public | None, targets: Tensor, options: LeakOptions
) -> Iterator[tuple[str, Tensor]]:
    """Yield what each variant of `attack` is called, and its images (target, *shape), 0 to 1.

    Parameters
    ----------
    public : what inverter, adaptive and labelling need.
    """
    generator = torch.Generator().manual_seed(options.seed)
    if attack in (Attack.REBUILT, Attack.SPIKES):
        shape = released.inputs[0].shape
        noise = Pixels(n_samples=len(targets), shape=shape, smoothness=options.smoothness)
        score = _ascended(attack, released, options)
        codes = ascend(score, noise, targets, options.from_noise, generator)
        yield attack.value, shown(noise, codes)
        return
    assert public is not None  # the audit has seen to it
    if is_unnamed(released, int(targets.max()) + 1):
        yield from _unnamed(attack, released, public, targets, options, generator)
        return
    whole = scored(released, options)
    match attack:
        case Attack.INVERTER:
            images = inverted(whole, public.images, public.labels, targets, generator)
            yield attack.value, images
        case Attack.LABELLING:
            yield attack.value, surest(whole, public.images, targets)
        case Attack.ADAPTIVE:
            yield from _adaptive(released, public, targets, options, generator)


def scored(released: Model, options: LeakOptions) -> Score:
    """Return the scores that the released network gives when it is run."""
    if not _spikes(released):
        return rebuilt_score(released)
    return spiking_score(released, options.n_steps, options.surrogate)


def surest(score: Score, images: Tensor, targets: Tensor) -> Tensor:
    """Return for each target the next image that the network is surest of."""
    with torch.no_grad():
        sure = torch.cat([score(part) for part in torch.split(images, 250)]).log_softmax(dim=1)
    chosen = torch.empty(len(targets), dtype=torch.int64)
    for one in torch.unique(targets):
        places = (targets == one).nonzero().flatten()
        chosen[places] = sure[:, one].topk(len(places)).indices
    return images[chosen]


def _adaptive(
    released: Model,
    public: Public,
    targets: Tensor,
    options: LeakOptions,
    generator: torch.Generator,
) -> Iterator[tuple[str, Tensor]]:
    prior = components_without(public.images, public.labels, targets, options.n_components)
    sources = (Attack.REBUILT, Attack.SPIKES) if _spikes(released) else (Attack.REBUILT,)
    for source in sources:
        score = _ascended(source, released, options)
        around: Components = prior
        n_rounds = options.n_rounds if source is Attack.REBUILT else 0
        for k in range(n_rounds + 1):
            codes = ascend(score, around, targets, options.from_public, generator)
            name = f"adaptive, {source.value}" + (f", round {k}" if k else "")
            yield name, shown(around, codes)
            around = blocking(around, codes, options.n_directions)


def is_unnamed(released: Model, n_classes: int) -> bool:
    """Return whether the network's readout was withheld: its output is no class each."""
    return released.population(released.outputs[0].population).size != n_classes


def _unnamed(
    attack: Attack,
    released: Model,
    public: Public,
    targets: Tensor,
    options: LeakOptions,
    generator: torch.Generator,
) -> Iterator[tuple[str, Tensor]]:
    """Yield the variants against a network without its readout, each over all classes."""
    features_of = rebuilt_score(released)
    with torch.no_grad():
        parts = [features_of(part) for part in torch.split(public.images, 250)]
    features, n_classes = torch.cat(parts), int(targets.max()) + 1
    found: dict[str, list[Tensor]] = {}
    for one in range(n_classes):
        readout = fitted(features, public.labels, one, n_classes, generator)
        if attack is Attack.LABELLING:
            images = strangest(features_of, readout, public.images, options.n_images)
            found.setdefault(attack.value, []).append(images)
            continue
        own = targets[targets == one]
        prior = components_without(public.images, public.labels, own, options.n_components)
        sources = {"rebuilt": features_of, "spikes": _ascended(Attack.SPIKES, released, options)}
        for source, seen in sources.items():
            for name, images in searched(seen, readout, prior, options.from_public, generator):
                found.setdefault(f"adaptive, {source}, {name}", []).append(images)
    for name, every in found.items():
        yield name, torch.cat(every)


def _ascended(attack: Attack, released: Model, options: LeakOptions) -> Score:
    if attack is Attack.REBUILT or not _spikes(released):
        return rebuilt_score(released)
    return spiking_score(released, options.ascent_steps, options.surrogate)


def _spikes(model: Model) -> bool:
    return any(isinstance(p.neuron, Spiking) for p in model.populations)
