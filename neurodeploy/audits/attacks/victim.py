"""`Victim`: what an attack may ask of a network, and how each member sees its gradients."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from neurodeploy.audits.attacks.ensemble import FROZEN, MEMBERS, Member
from neurodeploy.audits.attacks.objective import Logits
from neurodeploy.audits.attacks.sight import is_random, sight
from neurodeploy.audits.attacks.square import Scores
from neurodeploy.audits.attacks.worst_of import BATCH
from neurodeploy.audits.leak.rectified import with_unit_thresholds
from neurodeploy.errors import InputError
from neurodeploy.frontends.samples import Encoding
from neurodeploy.learning.twin import Twin
from neurodeploy.model import CubaLif, If, Lif, Model

NARROW, WIDE = 0.25, 4.0
"""Thresholds between which surrogates of the published widths reach most voltages."""

See = Callable[[Member, torch.Generator], Logits]
"""The logits as a member sees them; the generator draws what an encoder draws."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Victim:
    """A network under attack.

    Parameters
    ----------
    what : which form of the network it is, for the report.
    scores : its own answer to samples before they are encoded, (sample, class); the truth about
        what fools it.
    see : what an attack follows instead.
    members : those that can see it; `left_out` says why the others cannot.
    notes : what a reader must know before the figures.
    is_random : whether it draws anew at every look.
    """

    what: str
    model: Model
    encoding: Encoding | None
    scores: Scores
    see: See
    members: tuple[Member, ...]
    left_out: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    is_random: bool = False

    @property
    def n_classes(self) -> int:
        """Classes that it tells apart."""
        return self.model.population(self.model.outputs[0].population).size

    def answer(self, x: Tensor) -> Tensor:
        """Return the class (sample,) of samples."""
        return self.scores(x).argmax(dim=1)


def float_victim(
    model: Model,
    encoding: Encoding | None,
    seed: int,
    encodings: int,
    *,
    device: str = "cpu",
    in_thresholds: bool = False,
) -> Victim:
    """Return the float network.

    Parameters
    ----------
    device : where it runs; samples come from the processor's memory and go back to it.
    in_thresholds : whether members see the same network with every threshold 1.
    seed, encodings : where the encoder draws, an answer is the mean over that many drawings, the
        same ones for every sample.
    """
    truth = Twin(model, trainable=FROZEN).to(device).eval()
    members, left_out = visible(model)
    seen = with_unit_thresholds(model) if in_thresholds else model

    def see(member: Member, generator: torch.Generator) -> Logits:
        logits = sight(member.twin(seen).to(device), encoding, generator)
        return logits if device == "cpu" else lambda x: logits(x.to(device)).to(x.device)

    return Victim(
        what="the float network",
        model=model,
        encoding=encoding,
        scores=_float_scores(truth, encoding, seed, encodings, device),
        see=see,
        members=members,
        left_out=left_out,
        notes=_notes(seen),
        is_random=is_random(encoding),
    )


def _notes(model: Model) -> tuple[str, ...]:
    """Return a line where the surrogates are too narrow or too wide for the thresholds."""
    neurons = [p.neuron for p in model.populations]
    found = [n.v_threshold.ravel() for n in neurons if isinstance(n, If | Lif | CubaLif)]
    thresholds = np.concatenate(found) if found else np.ones(1)
    low, high = float(thresholds.min()), float(thresholds.max())
    if low >= NARROW and high <= WIDE:
        return ()
    return (
        f"thresholds lie between {low:g} and {high:g}, and surrogates are as wide as is usual for "
        'thresholds of 1; write widths = "threshold" into the protocol',
    )


def visible(model: Model) -> tuple[tuple[Member, ...], tuple[str, ...]]:
    """Return the members that can see `model`, and a line for each that cannot."""
    members, left_out = [], []
    for member in MEMBERS:
        try:
            member.twin(model)
        except InputError as error:
            left_out.append(f"{member.name}: {'; '.join(error.problems)}")
            continue
        members.append(member)
    return tuple(members), tuple(left_out)


def _float_scores(
    twin: Twin, encoding: Encoding | None, seed: int, encodings: int, device: str
) -> Scores:
    if not is_random(encoding):
        plain = sight(twin, encoding)
        return lambda x: _batched(plain, x, device)

    def scores(x: Tensor) -> Tensor:
        drawings = [
            _batched(sight(twin, encoding, torch.Generator().manual_seed(seed + k)), x, device)
            for k in range(encodings)
        ]
        return torch.stack(drawings).mean(dim=0)

    return scores


def _batched(logits: Logits, x: Tensor, device: str) -> Tensor:
    with torch.no_grad():
        return torch.cat([logits(part.to(device)).to(x.device) for part in torch.split(x, BATCH)])
