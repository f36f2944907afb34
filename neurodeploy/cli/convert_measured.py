"""What `convert --test` measures: the artificial network, on samples that choose nothing."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from neurodeploy.cli import options, output
from neurodeploy.errors import InputError

if TYPE_CHECKING:
    from neurodeploy.model import Model
    from neurodeploy.toolchain import Samples


@dataclass(frozen=True, slots=True, kw_only=True)
class AnnOnTest:
    """How often the artificial network is right; `ann_accuracy` is 0 to 1."""

    data: str
    n_samples: int
    n_right: int
    ann_accuracy: float


def labelled(path: Path) -> "Samples":
    """Read samples with labels."""
    samples = options.samples(path, None)
    if samples.y is None:
        raise InputError("ND2601", f"--test needs labels y, which {path} does not hold")
    return samples


def ann_on(ann: "Model", samples: "Samples") -> AnnOnTest:
    """Return how often `ann` is right on `samples`."""
    from neurodeploy.methods.conversion.over_steps import ann_predictions

    n_right = int((ann_predictions(ann, samples) == samples.y).sum())
    return AnnOnTest(
        data=samples.where,
        n_samples=samples.n_samples,
        n_right=n_right,
        ann_accuracy=n_right / samples.n_samples,
    )


def print_measured(found: AnnOnTest | None) -> None:
    """Print it, where it was asked for."""
    if found is not None:
        output.say(
            f"\nThe artificial network on {found.n_samples:,} samples of {found.data}: "
            f"{100 * found.ann_accuracy:.2f} % right"
        )
