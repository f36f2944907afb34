"""The logits of a sample as a twin gives them, differentiable in the sample's own values."""

import torch
from torch import Tensor

from neurodeploy.audits.attacks.objective import Logits
from neurodeploy.errors import InputError
from neurodeploy.frontends.samples import Encoding
from neurodeploy.learning.quantised import QuantisedTwin
from neurodeploy.learning.twin import Twin

_DIFFERENTIABLE = ("direct", "rate")


def sight(
    twin: Twin | QuantisedTwin, encoding: Encoding | None, generator: torch.Generator | None = None
) -> Logits:
    """Return the logits as a function of samples before they are encoded.

    ``direct``: one perturbation of the sample, the same in every step. ``rate``: spikes are drawn
    anew at every look, and the gradient passes through the draw as if it were the value. No
    encoding: samples are series, each step with its own perturbation.

    Parameters
    ----------
    generator : draws the spikes of ``rate``.

    Raises
    ------
    InputError
        If the encoder has no gradient (ND2852).
    """
    if encoding is None:
        return lambda x: twin(x).logits
    if encoding.coder not in _DIFFERENTIABLE or encoding.n_steps is None:
        raise InputError(
            "ND2852",
            f"{encoding.coder} has no gradient with respect to the sample; attack the series it "
            "makes, or ask without gradients (method square)",
        )
    n_steps = encoding.n_steps
    if encoding.coder == "direct":
        return lambda x: twin(repeated(x, n_steps)).logits
    assert generator is not None  # whoever encodes at random brings it
    draws = generator
    return lambda x: twin(drawn(x, n_steps, draws)).logits


def is_random(encoding: Encoding | None) -> bool:
    """Return whether a sample is encoded differently every time."""
    return encoding is not None and encoding.coder == "rate"


def series_of_samples(x: Tensor, encoding: Encoding | None, generator: torch.Generator) -> Tensor:
    """Return the series (sample, step, ...) that a network is shown, differentiable."""
    if encoding is None:
        return x
    assert encoding.n_steps is not None
    if is_random(encoding):
        return drawn(x, encoding.n_steps, generator)
    return repeated(x, encoding.n_steps)


def repeated(x: Tensor, n_steps: int) -> Tensor:
    """Return (sample, step, ...) with the sample in every step, not copied."""
    return x[:, None].expand(-1, n_steps, *[-1] * (x.dim() - 1))


def drawn(x: Tensor, n_steps: int, generator: torch.Generator) -> Tensor:
    """Return spikes (sample, step, ...) that fire with the value as probability.

    The expectation's derivative is 1, which is passed back for each of them.
    """
    steps = repeated(x, n_steps)
    chance = torch.rand(steps.shape, generator=generator, dtype=x.dtype).to(x.device)
    spikes = (chance < steps).to(x.dtype)
    return spikes + (steps - steps.detach())
