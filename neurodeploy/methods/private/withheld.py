"""A readout that is not released: the owner's host turns spike counts into classes.

Which features a class is made of stands in the last layer's rows alone. Without them a network
still spikes, but names nothing.
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from neurodeploy.errors import InputError
from neurodeploy.model import (
    Affine,
    I,
    If,
    Lif,
    Model,
    Operator,
    Output,
    Population,
    Projection,
    Scale,
)
from neurodeploy.model.neuron import step_of
from neurodeploy.terms import Readout


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Split:
    """A network in two parts.

    Parameters
    ----------
    released : the network up to its last spiking population, whose spikes are counted.
    key : (class, neuron) what the owner multiplies the counts by; it stays secret.
    """

    released: Model
    key: NDArray[np.float64]


def without_readout(model: Model) -> Split:
    """Return `model` in two parts: what is released, and the last layer, which is not.

    ``key @ counts`` is what the whole network's integrating readout would hold after the last step.

    Raises
    ------
    InputError
        If the classes are not added up from one layer of spikes (ND2877).
    """
    output = model.outputs[0]
    classes = model.population(output.population)
    into = model.projections_to(classes.name)
    fine = (
        isinstance(classes.neuron, I)
        and output.readout is Readout.LAST
        and len(into) == 1
        and len(into[0].sources) == 1
        and into[0].delay_steps == 0
        and all(_is_plain(o) for o in into[0].chain)
    )
    source = model.node(into[0].sources[0]) if fine else None
    spikes = [p for p in model.populations if source is p and isinstance(p.neuron, If | Lif)]
    if not spikes or len(spikes[0].shape) != 1:
        raise InputError(
            "ND2877",
            f"the classes of {classes.name!r} are not sums over one dense layer of spikes, which "
            "a host could form; leave the readout in the network",
        )
    last = spikes[0]
    assert isinstance(classes.neuron, I)
    gain = np.broadcast_to(step_of(classes.neuron, model.dt_s).gain, (classes.size,))
    key = gain[:, None] * _product(into[0].chain, last.size)
    line = "the readout is withheld: spikes of the last layer are counted, its owner has the key"
    released = replace(
        model,
        populations=tuple(p for p in model.populations if p.name != classes.name),
        projections=tuple(p for p in model.projections if p.target != classes.name),
        outputs=(Output(population=last.name, readout=Readout.COUNT),),
        history=(*model.history, line),
    )
    return Split(released=released, key=key)


def with_readout(split: Split, name: str = "classes") -> Model:
    """Return the whole network again, as its owner can."""
    last = split.released.outputs[0].population
    readout = Population(
        name=name, shape=(len(split.key),), neuron=I(r=np.array(1.0 / split.released.dt_s))
    )
    projection = Projection(
        name=f"to_{name}", sources=(last,), target=name, chain=(Affine(weight=split.key),)
    )
    return replace(
        split.released,
        populations=(*split.released.populations, readout),
        projections=(*split.released.projections, projection),
        outputs=(Output(population=name, readout=Readout.LAST),),
    )


def _is_plain(operator: Operator) -> bool:
    if isinstance(operator, Affine):
        return operator.bias is None and operator.weight.ndim == 2
    return isinstance(operator, Scale) and operator.scale.size == 1


def _product(chain: tuple[Operator, ...], size: int) -> NDArray[np.float64]:
    """Return the matrix that a chain of dense layers and single factors is."""
    product = np.eye(size)
    for operator in chain:
        if isinstance(operator, Affine):
            product = operator.weight @ product
        elif isinstance(operator, Scale):
            product = float(operator.scale.reshape(-1)[0]) * product
    return product
