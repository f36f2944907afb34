"""The members of the ensemble: ways of seeing a gradient where a spike has none.

Source of the nineteen: Özdenizci and Legenstein, TMLR 2024, and the code they published.
"""

from dataclasses import dataclass

from neurodeploy.learning.quantised import Formats, QuantisedTwin
from neurodeploy.learning.twin import Surrogate, Trainable, Twin
from neurodeploy.learning.twin.fused import Fused
from neurodeploy.learning.twin.paths import ActivationPath, Path, RatePath
from neurodeploy.learning.twin.surrogate import Shape
from neurodeploy.lowering.lower import Lowered
from neurodeploy.model import Model

FROZEN = Trainable(weights=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """One way of seeing gradients.

    Parameters
    ----------
    path : what runs spiking populations; None is through time with the surrogate.
    is_exact : whether the network it sees answers as the attacked one does; the activation path
        runs the artificial network instead, so only the true one can say what fooled it.
    """

    name: str
    surrogate: Surrogate
    path: Path | None = None
    is_exact: bool = True

    def twin(self, model: Model) -> Twin:
        """Return `model` as this member sees it, ready to be asked."""
        path = self.path or Fused()
        twin = Twin(model, surrogate=self.surrogate, path=path, trainable=FROZEN)
        return twin.eval()

    def quantised(
        self, model: Model, formats: Formats, given: Lowered | None = None
    ) -> QuantisedTwin:
        """Return the integers of `model` forward, and this member's gradient backward.

        Parameters
        ----------
        given : the integers of a deployment; None lowers the model.
        """
        assert self.path is None  # only surrogates are defined on integers
        twin = QuantisedTwin(
            model, formats, surrogate=self.surrogate, trainable=FROZEN, given=given
        )
        return twin.eval()


def _surrogate(shape: Shape, width: float, scale: float = 1.0) -> Member:
    name = f"{shape.value}-{width:g}"
    if shape is Shape.EXPONENTIAL:
        name = f"{shape.value}-{scale:g}-{width:g}"
    if shape is Shape.STRAIGHT_THROUGH:
        name = shape.value
    return Member(name=name, surrogate=Surrogate(shape=shape, width=width, scale=scale))


TRIANGULAR = tuple(_surrogate(Shape.TRIANGULAR, w) for w in (0.25, 0.5, 1.0, 2.0, 3.0))
EXPONENTIAL = tuple(
    _surrogate(Shape.EXPONENTIAL, w, scale) for scale in (0.3, 1.0) for w in (0.5, 1.0, 2.0)
)
RECTANGULAR = tuple(_surrogate(Shape.RECTANGULAR, w) for w in (0.25, 0.5, 1.0, 2.0, 4.0))
STRAIGHT_THROUGH = _surrogate(Shape.STRAIGHT_THROUGH, 1.0)
RATE = Member(name="rate-path", surrogate=Surrogate(), path=RatePath())
ACTIVATION = Member(
    name="activation-path", surrogate=Surrogate(), path=ActivationPath(), is_exact=False
)

MEMBERS = (*TRIANGULAR, *EXPONENTIAL, *RECTANGULAR, STRAIGHT_THROUGH, RATE, ACTIVATION)
