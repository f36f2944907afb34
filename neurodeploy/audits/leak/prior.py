"""Where an attacker looks for an image: in all of them, or in those like the ones it owns."""

from dataclasses import dataclass, replace
from typing import Protocol

import torch
from torch import Tensor


class Prior(Protocol):
    """Images from codes, and how unlikely a code is."""

    def start(self, generator: torch.Generator) -> Tensor:
        """Return the codes to start from."""
        ...

    def images(self, codes: Tensor) -> Tensor:
        """Return images (sample, *shape), 0 to 1."""
        ...

    def penalty(self, codes: Tensor) -> Tensor:
        """Return () how unlikely the codes are, mean over samples."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Pixels:
    """Any image of `shape`; smooth ones are likelier where it has a height and a width.

    Parameters
    ----------
    n_samples : images to make.
    smoothness : weight of the mean difference between neighbours (total variation).
    """

    n_samples: int
    shape: tuple[int, ...]
    smoothness: float = 1.0

    def start(self, generator: torch.Generator) -> Tensor:
        """Return uniform noise."""
        return torch.rand((self.n_samples, *self.shape), generator=generator)

    def images(self, codes: Tensor) -> Tensor:
        """Return the codes, cut off at 0 and 1 with a gradient that brings them back."""
        return codes + (codes.clamp(0.0, 1.0) - codes).detach()

    def penalty(self, codes: Tensor) -> Tensor:
        """Return the weighted total variation."""
        if len(self.shape) != 3:
            return codes.new_zeros(())
        rough = (codes.diff(dim=2)).abs().mean() + (codes.diff(dim=3)).abs().mean()
        return self.smoothness * rough


@dataclass(frozen=True, slots=True, kw_only=True)
class Components:
    """Images that public data make likely: a mean and principal components, a set a group.

    Parameters
    ----------
    shape : of an image.
    group : (sample,) which set an image is made of.
    mean : (group, value)
    basis : (group, component, value) components times the deviation along them.
    weight : of the mean square of a code, which is 1 for public images.
    start_scale : deviation of the codes at the start.
    blocked : (group, direction, component) orthonormal directions that codes have no part in.
    """

    shape: tuple[int, ...]
    group: Tensor
    mean: Tensor
    basis: Tensor
    weight: float = 0.02
    start_scale: float = 0.5
    blocked: Tensor | None = None

    def start(self, generator: torch.Generator) -> Tensor:
        """Return codes near the mean."""
        size = (len(self.group), self.basis.shape[1])
        return self.start_scale * torch.randn(size, generator=generator)

    def images(self, codes: Tensor) -> Tensor:
        """Return mean plus components, cut off at 0 and 1."""
        if self.blocked is not None:
            blocked = self.blocked[self.group]
            along = torch.einsum("ndk,nk->nd", blocked, codes)
            codes = codes - torch.einsum("ndk,nd->nk", blocked, along)
        flat = self.mean[self.group] + torch.einsum("nk,nkv->nv", codes, self.basis[self.group])
        flat = flat + (flat.clamp(0.0, 1.0) - flat).detach()
        return flat.reshape(len(codes), *self.shape)

    def penalty(self, codes: Tensor) -> Tensor:
        """Return the weighted mean square of the codes."""
        return self.weight * (codes**2).mean()


def blocking(prior: Components, codes: Tensor, n_directions: int) -> Components:
    """Return `prior` without the directions in which the codes of each group mostly lie.

    Parameters
    ----------
    codes : (sample, component) that an ascent found; what it has in common is what a trap, planted
        to be found first, would be.
    """
    found = []
    for k in range(len(prior.mean)):
        _, _, directions = torch.linalg.svd(codes[prior.group == k], full_matrices=False)
        before = [] if prior.blocked is None else [prior.blocked[k]]
        spanned = torch.cat([*before, directions[:n_directions]])
        found.append(torch.linalg.qr(spanned.T).Q.T)
    return replace(prior, blocked=torch.stack(found))


def components_without(
    public: Tensor, labels: Tensor, targets: Tensor, n_components: int
) -> Components:
    """Return the prior of public images, for each target without those of its class.

    Parameters
    ----------
    public : (sample, *shape), 0 to 1.
    targets : (image,) classes that are looked for.
    """
    classes = torch.unique(targets)
    means, bases = [], []
    for one in classes:
        flat = public[labels != one].flatten(1)
        mean = flat.mean(dim=0)
        means.append(mean)
        bases.append(_principal(flat - mean, n_components))
    group = torch.searchsorted(classes, targets)
    return Components(
        shape=tuple(public.shape[1:]),
        group=group,
        mean=torch.stack(means),
        basis=torch.stack(bases),
    )


def _principal(centred: Tensor, n_components: int) -> Tensor:
    """Return the components (component, value) of largest deviation, each as long as it is.

    From the eigenvectors of whichever of the two products is smaller; no chance is in it.
    """
    n_samples, n_values = centred.shape
    n_kept = min(n_components, n_samples - 1, n_values)
    if n_values <= n_samples:
        squares, vectors = torch.linalg.eigh(centred.T @ centred / n_samples)
        directions = vectors.T.flip(0)[:n_kept]
    else:
        squares, vectors = torch.linalg.eigh(centred @ centred.T / n_samples)
        directions = torch.nn.functional.normalize(vectors.T.flip(0)[:n_kept] @ centred, dim=1)
    return directions * squares.flip(0)[:n_kept].clamp(min=0.0).sqrt()[:, None]
