"""What lowering cannot take, each in a line that names the layer and the remedy."""

from neurodeploy.model import Input, Li, Linear, Max, Model, Population, Projection, Relu


def problems_of(model: Model, coding: str) -> list[str]:
    """Return a line for each thing in `model` that has no integer form."""
    found: list[str] = []
    for population in model.populations:
        found.extend(_population_problems(model, population))
    for projection in model.projections:
        found.extend(_projection_problems(model, projection, coding))
    if coding != "injected":
        found.extend(
            f"input {node.name!r} holds values from {node.low:g} to {node.high:g} that are not "
            "integers; encode them as spikes, or compile with --input-coding injected"
            for node in model.inputs
            if node.low != int(node.low) or node.high != int(node.high)
        )
    return found


def _population_problems(model: Model, population: Population) -> list[str]:
    where = f"population {population.name!r}"
    neuron = population.neuron
    if isinstance(neuron, Relu):
        return [
            f"{where} is a ReLU of an artificial network; a chip needs spiking neurons: "
            "convert it to IF first"
        ]
    listeners = [p.name for p in model.projections if population.name in p.sources]
    if isinstance(neuron, Li | Linear) and listeners:
        return [
            f"{where} does not spike and feeds projection {listeners[0]!r}; "
            "only an output may be without spikes: put a spiking layer there"
        ]
    if isinstance(neuron, Max) and not _takes_spikes_only(model, population):
        return [
            f"{where} takes a maximum over values that are not spikes; only the OR of spikes has "
            "an integer form: pool after a spiking layer, or use average pooling"
        ]
    return []


def _takes_spikes_only(model: Model, population: Population) -> bool:
    projections = model.projections_to(population.name)
    return all(
        not projection.chain and all(_spikes(model.node(name)) for name in projection.sources)
        for projection in projections
    )


def _spikes(node: Input | Population) -> bool:
    if isinstance(node, Input):
        return (node.low, node.high) == (0, 1)
    return not isinstance(node.neuron, Li | Linear | Relu)


def _projection_problems(model: Model, projection: Projection, coding: str) -> list[str]:
    inputs = {node.name for node in model.inputs} & set(projection.sources)
    if coding != "injected" or not inputs:
        return []
    if len(projection.sources) > 1 or projection.delay_steps:
        return [
            f"projection {projection.name!r} joins input {sorted(inputs)[0]!r} with other sources "
            "or a delay; the host can inject one input without delay: use --input-coding graded"
        ]
    if isinstance(model.population(projection.target).neuron, Max):
        return [
            f"projection {projection.name!r} pools the injected input by maximum; "
            "use --input-coding encoded"
        ]
    return []
