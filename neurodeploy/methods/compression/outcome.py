"""`Compressed`: the smaller network beside the one it came from."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from neurodeploy.methods.compression.measure import Measured
from neurodeploy.methods.compression.options import Method
from neurodeploy.methods.compression.places import Place, n_all_weights, weights_at
from neurodeploy.methods.compression.stage import Node
from neurodeploy.methods.compression.unused import Unused
from neurodeploy.model import Model
from neurodeploy.regression import Finding, Status


@dataclass(frozen=True, slots=True, kw_only=True)
class Left:
    """Weights that are not 0, of one projection or of all.

    Parameters
    ----------
    fan_in, fan_out : the most of one neuron of the matrix, or channel of the kernel.
    """

    n_left: int
    n_before: int
    fan_in: int = 0
    fan_out: int = 0

    @property
    def share(self) -> float:
        """Share that is left."""
        return self.n_left / self.n_before


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Compressed:
    """What compression gave; it may have missed the budget, as `findings` say.

    Parameters
    ----------
    model : the closest to the budget that was reached.
    before, after : deployments of the first and the last network on the same data.
    prunable, all_weights : both denominators: weights that could go, and all of the network.
    n_in_use : weights of `prunable` that are left without those of unused channels.
    reason : why the budget was given up before training, or nothing.
    """

    method: Method
    model: Model
    before: Measured
    after: Measured
    findings: tuple[Finding, ...]
    nodes: tuple[Node, ...]
    layers: Mapping[str, Left]
    prunable: Left
    all_weights: Left
    n_in_use: int
    unused: Unused
    n_epochs: int
    reason: str = ""

    @property
    def is_met(self) -> bool:
        """Whether every limit holds, by a network that does better than one answer for all."""
        return self.answers and not any(f.status is Status.FAILED for f in self.findings)

    @property
    def constant_accuracy(self) -> float:
        """Accuracy of always naming the commonest class."""
        return float(np.bincount(self.after.labels).max() / len(self.after.labels))

    @property
    def answers(self) -> bool:
        """Whether it is right more often than that."""
        return self.after.accuracy > self.constant_accuracy

    @property
    def flips(self) -> float:
        """Share of samples whose predicted class changed."""
        return float(np.mean(self.before.predictions != self.after.predictions))

    @property
    def class_changes(self) -> Mapping[int, float]:
        """What each class's accuracy changed by, for the classes in the data."""
        labels = self.before.labels
        return {
            int(label): float(
                np.mean(self.after.predictions[labels == label] == label)
                - np.mean(self.before.predictions[labels == label] == label)
            )
            for label in np.unique(labels)
        }

    @property
    def worst_class(self) -> tuple[int, float]:
        """The class that lost most, and its change of accuracy."""
        changes = self.class_changes
        label = min(changes, key=lambda k: changes[k])
        return label, changes[label]


def left_at(model: Model, places: tuple[Place, ...]) -> dict[str, Left]:
    """Return what is left at each place, by projection (and number in a chain of several)."""
    names = [place.projection for place in places]
    found = {}
    for place, name in zip(places, names, strict=True):
        weight = weights_at(model, place) != 0
        rows, columns = weight.reshape(len(weight), -1), weight.swapaxes(0, 1)
        found[name if names.count(name) == 1 else f"{name}[{place.index}]"] = Left(
            n_left=int(np.count_nonzero(weight)),
            n_before=weight.size,
            fan_in=int(np.count_nonzero(rows, axis=1).max()),
            fan_out=int(np.count_nonzero(columns.reshape(len(columns), -1), axis=1).max()),
        )
    return found


def left_of_all(before: Model, layers: Mapping[str, Left]) -> tuple[Left, Left]:
    """Return what is left of the removable weights, and of all that `before` had."""
    n_left = sum(left.n_left for left in layers.values())
    n_before = sum(left.n_before for left in layers.values())
    n_all = n_all_weights(before)
    return (
        Left(n_left=n_left, n_before=n_before),
        Left(n_left=n_left + n_all - n_before, n_before=n_all),
    )
