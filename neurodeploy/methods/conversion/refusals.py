"""What no conversion takes, each in a line that names the layer and what would work."""

from neurodeploy.errors import InputError
from neurodeploy.model import Linear, Max, Model, Population, Relu
from neurodeploy.model.order import step_order


def refuse_unconvertible(ann: Model) -> None:
    """Refuse what is no artificial network of rectifiers.

    Raises
    ------
    InputError
        If it spikes already, knows delays, or an output is read and passed on (ND2831): all of it.
    """
    problems = [line for p in ann.populations for line in _population_problems(ann, p)]
    if not any(isinstance(p.neuron, Relu) for p in ann.populations):
        problems.append(
            "the network has no ReLU, so nothing in it would spike: it is no artificial network "
            "to be converted; compile a spiking network as it is"
        )
    problems += [
        f"projection {p.name!r} has a delay of {p.delay_steps} steps; an artificial network knows "
        "no time: take the delay out, or train the spiking network itself (neurodeploy train)"
        for p in ann.projections
        if p.delay_steps
    ]
    if len(ann.inputs) != 1:
        problems.append(f"the network has {len(ann.inputs)} inputs, one can be converted")
    if problems:
        raise InputError("ND2831", *problems)


def in_order(ann: Model) -> tuple[Population, ...]:
    """Return its populations, each after those that reach it."""
    return tuple(ann.population(name) for name in step_order(ann))


def _population_problems(ann: Model, population: Population) -> list[str]:
    name, kind = population.name, type(population.neuron).__name__
    if not isinstance(population.neuron, Relu | Linear | Max):
        return [
            f"population {name!r} is of kind {kind}, no rectifier; converted are ReLU, linear sums "
            "and maximum pools: compile a network that spikes already as it is"
        ]
    is_read = name in {output.population for output in ann.outputs}
    passed_on = any(name in p.sources for p in ann.projections)
    if is_read and passed_on and isinstance(population.neuron, Linear):
        return [
            f"population {name!r} is read and passed on; a layer that adds up over the steps has "
            "no value to pass on in each: read it through a layer of its own"
        ]
    if is_read and isinstance(population.neuron, Max):
        return [f"population {name!r}, a maximum pool, is read; put a linear layer behind it"]
    return []
