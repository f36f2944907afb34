"""Chains that only put zeros around images."""

from neurodeploy.geometry.conv import Pair
from neurodeploy.model.model import Shape
from neurodeploy.model.operator import Operator
from neurodeploy.model.select import Select


def padding_of(chain: tuple[Operator, ...], shape: Shape) -> Pair | None:
    """Return the rows and columns of zeros that `chain` puts on each side of images of `shape`.

    None if it does anything else.
    """
    match chain:
        case ():
            return 0, 0
        case (Select(before=(0, rows, columns)) as select,):
            only_pads = select.before == select.after and select.n_taken == shape
            return (rows, columns) if only_pads else None
    return None
