"""A warning for deep networks that were converted with hard reset and never finetuned."""

from neurodeploy.model import Model, Population, Spiking
from neurodeploy.model.order import step_order

DEEP = 3
"""Spiking layers one after the other from which the warning is given."""

_CONVERTED, _TRAINED = "converted: ", "trained"


def hard_reset_warning(model: Model) -> str | None:
    """Return the warning and its remedies, None where there is nothing to warn of.

    A rate follows an activation because what lies above the threshold stays in the voltage; a hard
    reset throws it away, in every layer anew (Rueckauer et al. 2017, section 2.2.1).
    """
    converted = [k for k, line in enumerate(model.history) if line.startswith(_CONVERTED)]
    if not converted or "reset zero" not in model.history[converted[-1]]:
        return None
    if any(line.startswith(_TRAINED) for line in model.history[converted[-1] :]):
        return None
    depth = spiking_depth(model)
    if depth < DEEP:
        return None
    return (
        f"warning: {depth} layers converted with hard reset follow each other, each losing what "
        "lies above its threshold: expect wrong answers; finetune with hard reset (neurodeploy "
        "train, or convert --finetune 2), or convert with --reset subtract for a chip that has it"
    )


def spiking_depth(model: Model) -> int:
    """Return how many spiking layers the longest way through `model` has, loops not counted."""
    depth: dict[str, int] = {}
    for name in step_order(model):
        before = [
            depth.get(source, 0)
            for p in model.projections_to(name)
            if p.delay_steps == 0
            for source in p.sources
        ]
        depth[name] = max(before, default=0) + _spikes(model.population(name))
    return max(depth.values(), default=0)


def _spikes(population: Population) -> int:
    return int(isinstance(population.neuron, Spiking))
