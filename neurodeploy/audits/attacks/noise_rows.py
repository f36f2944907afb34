"""Noise of a protocol carried out: accuracy of the float network over levels."""

import torch
from torch import Tensor

from neurodeploy.audits.attacks.ball import Ball
from neurodeploy.audits.attacks.noise import COUNTS, DEVICE, mismatched, noisy
from neurodeploy.audits.attacks.protocol import Noise, Protocol
from neurodeploy.audits.attacks.report import NoiseRow
from neurodeploy.audits.attacks.sight import sight
from neurodeploy.audits.attacks.subject import Subject
from neurodeploy.audits.attacks.victim import Victim
from neurodeploy.audits.attacks.worst_of import Answer, answers
from neurodeploy.errors import InputError
from neurodeploy.report.interval import interval


def noise_rows(
    victim: Victim, subject: Subject, protocol: Protocol, ball: Ball
) -> tuple[NoiseRow, ...]:
    """Return the accuracy at every level of every kind.

    Raises
    ------
    InputError
        If a kind is for series of spikes, and the samples are none (ND2857).
    """
    kinds = {noise.kind for noise in protocol.noise}
    if subject.encoding is not None and kinds & COUNTS:
        raise InputError(
            "ND2857",
            *(
                f"{subject.where}: noise {kind!r} is for series of spikes, and the samples are "
                f"values ({subject.stimulus}); take sensor or pixels"
                for kind in sorted(kinds & COUNTS)
            ),
        )
    return tuple(
        _row(victim, subject, noise, level, protocol.seed, ball)
        for noise in protocol.noise
        for level in noise.levels
    )


def _row(
    victim: Victim, subject: Subject, noise: Noise, level: float, seed: int, ball: Ball
) -> NoiseRow:
    found = interval(
        [
            _accuracy(victim, subject, noise, level, torch.Generator().manual_seed(seed + k), ball)
            for k in range(noise.repeats)
        ]
    )
    return NoiseRow(kind=noise.kind, level=level, accuracy=found.mean, half_width=found.half_width)


def _accuracy(
    victim: Victim,
    subject: Subject,
    noise: Noise,
    level: float,
    generator: torch.Generator,
    ball: Ball,
) -> float:
    if noise.kind not in DEVICE:
        x = noisy(subject.x, noise.kind, level, ball, generator)
        return _share_right(victim.answer, x, subject.labels)
    twin = mismatched(victim.model, noise.kind, level, generator)
    logits = sight(twin, subject.encoding, generator)

    def answer(x: Tensor) -> Tensor:
        with torch.no_grad():
            return logits(x).argmax(dim=1)

    return _share_right(answer, subject.x, subject.labels)


def _share_right(answer: Answer, x: Tensor, labels: Tensor) -> float:
    return float((answers(answer, x) == labels).double().mean())
