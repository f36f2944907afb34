"""`Augmented`: an objective of images that are shifted, mirrored and cut out from at random."""

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional

from neurodeploy.learning.quantised import QuantisedTwin
from neurodeploy.learning.twin import Twin
from neurodeploy.methods.robust.adversarial import Adversarial


@dataclass(frozen=True, slots=True, kw_only=True)
class Augmented:
    """Shift by up to `shift` pixels, mirror half of the images, set a square of `hole` to 0.

    Sources: He et al. 2016 (shift and mirror), DeVries and Taylor 2017 (the square).
    """

    inner: Adversarial
    shift: int = 4
    hole: int = 8

    def __call__(
        self, twin: Twin | QuantisedTwin, x: Tensor, labels: Tensor, generator: torch.Generator
    ) -> tuple[Tensor, Tensor]:
        """Return the loss of the changed images, and the logits."""
        image = x[:, 0]
        changed = self._holed(self._shifted(self._mirrored(image, generator), generator), generator)
        return self.inner(twin, changed[:, None].expand(x.shape), labels, generator)

    def shown(
        self, twin: Twin | QuantisedTwin, x: Tensor, labels: Tensor, generator: torch.Generator
    ) -> Tensor:
        """Return what the inner objective shows: validation images are not changed."""
        return self.inner.shown(twin, x, labels, generator)

    @property
    def line(self) -> str:
        """What the network's history says of it."""
        return f"shift {self.shift}, mirror, hole {self.hole}; {self.inner.line}"

    def _mirrored(self, image: Tensor, generator: torch.Generator) -> Tensor:
        turned = torch.rand(len(image), generator=generator).to(image.device) < 0.5
        return torch.where(turned[:, None, None, None], image.flip(3), image)

    def _shifted(self, image: Tensor, generator: torch.Generator) -> Tensor:
        padded = functional.pad(image, [self.shift] * 4)
        places = torch.arange(image.shape[2], device=image.device)
        drawn = torch.randint(0, 2 * self.shift + 1, (2, len(image)), generator=generator)
        rows, columns = drawn.to(image.device)[:, :, None] + places
        at = torch.arange(len(image), device=image.device)[:, None, None]
        return padded[at, :, rows[:, :, None], columns[:, None, :]].permute(0, 3, 1, 2)

    def _holed(self, image: Tensor, generator: torch.Generator) -> Tensor:
        if not self.hole:
            return image
        side = image.shape[2]
        centre = torch.randint(0, side, (2, len(image)), generator=generator).to(image.device)
        places = torch.arange(side, device=image.device)
        near = (places + self.hole // 2 - centre[:, :, None]) // self.hole == 0
        return image.masked_fill((near[0][:, :, None] & near[1][:, None, :])[:, None], 0.0)
