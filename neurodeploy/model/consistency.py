"""Find everything that is inconsistent in a Model, in words that name the layer."""

from collections import Counter
from dataclasses import fields, is_dataclass
from math import isfinite

import numpy as np

from neurodeploy.model.model import Model, Population, Projection
from neurodeploy.model.neuron import Integrating, Parametric, Relu, step_of
from neurodeploy.model.operator import Operator
from neurodeploy.model.order import step_order

_MAY_BE_ENDLESS = ("tau", "r", "w_in")
"""Fields in which infinity means: no leak."""


def problems_of(model: Model) -> list[str]:
    """Return a line for each inconsistency: where, what was found, what is allowed."""
    found = _name_problems(model)
    if not (model.dt_s > 0 and isfinite(model.dt_s)):
        found.append(f"dt_s is {model.dt_s}, expected a positive number of seconds")
    for projection in model.projections:
        found.extend(_end_problems(model, projection) or _shape_problems(model, projection))
        for operator in projection.chain:
            found.extend(_value_problems(f"projection {projection.name!r}", operator))
    for population in model.populations:
        found.extend(_value_problems(f"population {population.name!r}", population.neuron))
        found.extend(_value_problems(f"population {population.name!r}", population))
        found.extend(_broadcast_problems(population) or _step_problems(population, model.dt_s))
        if isinstance(population.neuron, Relu):
            found.extend(_relu_problems(population.name, population.neuron))
    found.extend(
        f"output {output.population!r} is no population"
        for output in model.outputs
        if output.population not in {p.name for p in model.populations}
    )
    return found or _loop_problems(model)


def _name_problems(model: Model) -> list[str]:
    names = Counter(node.name for node in model.nodes)
    found = [f"the name {name!r} is used twice" for name in sorted(names) if names[name] > 1]
    projections = Counter(projection.name for projection in model.projections)
    found += [
        f"the name {name!r} is used by two projections"
        for name in sorted(projections)
        if projections[name] > 1
    ]
    return found


def _end_problems(model: Model, projection: Projection) -> list[str]:
    nodes = {node.name for node in model.nodes}
    populations = {population.name for population in model.populations}
    where = f"projection {projection.name!r}"
    found = [
        f"{where} comes from {n!r}, which is no node" for n in projection.sources if n not in nodes
    ]
    if not projection.sources:
        found.append(f"{where} has no source")
    if projection.target not in populations:
        found.append(f"{where} goes to {projection.target!r}, which is no population")
    if projection.delay_steps < 0:
        found.append(f"{where} has a delay of {projection.delay_steps} steps, at least 0 is needed")
    return found


def _shape_problems(model: Model, projection: Projection) -> list[str]:
    shapes = {model.node(source).shape for source in projection.sources}
    if len(shapes) > 1:
        return [f"projection {projection.name!r} sums sources of shapes {sorted(shapes)}"]
    shape = shapes.pop()
    for operator in projection.chain:
        try:
            shape = operator.output_shape(shape)
        except ValueError as error:
            return [f"projection {projection.name!r}: {type(operator).__name__}: {error}"]
    target = model.population(projection.target)
    if shape != target.input_shape:
        return [
            f"projection {projection.name!r} delivers shape {shape}, "
            f"population {target.name!r} takes {target.input_shape}"
        ]
    return []


def _value_problems(where: str, holder: Operator | Population | object) -> list[str]:
    if not is_dataclass(holder):
        return []
    found = []
    for entry in fields(holder):
        values = getattr(holder, entry.name)
        if isinstance(values, np.ndarray) and np.isnan(values).any():
            n_nan = int(np.isnan(values).sum())
            found.append(f"{where}: {entry.name} holds {n_nan} NaN of {values.size} values")
        elif isinstance(values, np.ndarray) and not entry.name.startswith(_MAY_BE_ENDLESS):
            n_inf = int(np.isinf(values).sum())
            found.extend([f"{where}: {entry.name} holds {n_inf} infinite values"] if n_inf else [])
        if entry.name.startswith("tau") and isinstance(values, np.ndarray) and (values <= 0).any():
            found.append(
                f"{where}: {entry.name} is {values.min():g} s, a time constant must be positive"
            )
    return found


def _broadcast_problems(population: Population) -> list[str]:
    neuron = population.neuron
    arrays = {"v_reset": population.v_reset, "v0": population.v0, "i0": population.i0}
    if isinstance(neuron, Parametric):
        arrays |= {entry.name: getattr(neuron, entry.name) for entry in fields(neuron)}
    found = []
    for name, values in arrays.items():
        shape = values.shape
        try:
            fits = np.broadcast_shapes(shape, population.shape) == population.shape
        except ValueError:
            fits = False
        if not fits:
            found.append(
                f"population {population.name!r}: {name} has shape {shape}, "
                f"which does not fit {population.shape}"
            )
    return found


def _step_problems(population: Population, dt_s: float) -> list[str]:
    """Return a line if an infinite gain meets a finite time constant."""
    neuron = population.neuron
    if not isinstance(neuron, Integrating):
        return []
    if not dt_s > 0:
        return []
    with np.errstate(all="ignore"):
        step = step_of(neuron, dt_s)
    if np.isfinite(step.gain).all() and np.isfinite(step.rest).all():
        return []
    return [f"population {population.name!r}: r or w_in is infinite without an infinite tau"]


def _relu_problems(name: str, neuron: Relu) -> list[str]:
    found = []
    if neuron.ceiling is not None and not (neuron.ceiling > 0 and isfinite(neuron.ceiling)):
        found.append(
            f"population {name!r}: ceiling is {neuron.ceiling:g}, expected a positive number"
        )
    if neuron.levels is not None and (neuron.ceiling is None or neuron.levels < 1):
        found.append(
            f"population {name!r}: {neuron.levels} levels below a ceiling of {neuron.ceiling}, "
            "expected at least 1 below a number"
        )
    return found


def _loop_problems(model: Model) -> list[str]:
    try:
        step_order(model)
    except ValueError as error:
        return [str(error)]
    return []
