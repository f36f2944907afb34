"""Write a Model as `.nir`, readable by nir 1.0.8 with its type check on."""

from pathlib import Path

from neurodeploy.model.model import Model
from neurodeploy.model.neuron import CubaLif, If, Lif
from neurodeploy.model.nir.plan import plan_of
from neurodeploy.storage.atomic import new_file
from neurodeploy.terms import Reset


def write_nir(model: Model, path: Path) -> tuple[str, ...]:
    """Write `model` to `path`, and return a line for each thing that other NIR readers will miss.

    What NIR cannot say is kept as JSON text in the graph's metadata, so that `read_nir` gives the
    same Model again. Equal models give equal bytes. The file is moved into place when complete.

    Raises
    ------
    InputError
        If NIR has no node for something in `model` (ND2105).
    """
    from neurodeploy.model.nir.hdf5_write import write_hdf5  # h5py, which reading does without

    graph, lines = plan_of(model)
    with new_file(path) as temporary:
        write_hdf5(graph, temporary)
    return (*lines, *_unseen(model))


def _unseen(model: Model) -> list[str]:
    """Return what only our metadata holds and a reader without it gets wrong."""
    lines = []
    spiking = [p for p in model.populations if isinstance(p.neuron, If | Lif | CubaLif)]
    for reset in Reset:
        names = [p.name for p in spiking if p.reset is reset]
        if names and reset is not Reset.ZERO:
            lines.append(f"reset {reset} of {', '.join(names)} is no part of NIR, only we read it")
    begun = [p.name for p in model.populations if p.v0.any() or p.i0.any()]
    if begun:
        lines.append(f"the initial state of {', '.join(begun)} is no part of NIR, only we read it")
    return lines
