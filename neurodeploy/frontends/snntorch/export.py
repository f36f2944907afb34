"""Trace a single step of a snntorch module and turn it into a Model."""

import snntorch
from torch import fx, nn

from neurodeploy.errors import InputError
from neurodeploy.frontends.snntorch.draft import Draft
from neurodeploy.frontends.snntorch.neurons import is_neuron
from neurodeploy.frontends.snntorch.trace import traced, untouched
from neurodeploy.frontends.snntorch.walk import finish, visit
from neurodeploy.model import Input, Model


def from_snntorch(
    module: nn.Module, input_shape: tuple[int, ...], dt_s: float = 1e-4, method: str = "forward"
) -> Model:
    """Return the Model of a snntorch network of which `method` is a single time step.

    Sums are kept: they end in one population, or are a Linear one before further weights, as is a
    result with weights that is used twice. Dropout and Identity are dropped; BatchNorm is kept with
    its running statistics. A maximum pool over spikes is a Max population. Without any neuron, ReLU
    are Relu populations. A last layer that spikes is counted, any other is summed.

    Parameters
    ----------
    module : a Sequential, or a module whose `method` is one step, ``spk, mem = self.lif(x, mem)``.
    input_shape : shape of one sample in one step, without the batch axis.
    dt_s : what one step is in seconds; snntorch knows no time.
    method : the method that computes a step from its first argument, the input, and states.

    Raises
    ------
    InputError
        If something in it cannot be exported (ND2201): all of it, by name. If its values or
        shapes are those of no network (ND2110).
    """
    root = nn.Sequential(module) if is_neuron(module) else module
    with untouched(root):
        draft = _drafted(root, traced(root, method), tuple(input_shape), dt_s)
    if draft.problems:
        raise InputError("ND2201", *draft.problems)
    return Model(
        inputs=(Input(name=draft.input_name, shape=draft.input_shape),),
        populations=tuple(draft.populations),
        projections=tuple(draft.projections),
        outputs=tuple(draft.outputs),
        dt_s=dt_s,
        history=(f"from {type(module).__name__} of snntorch {snntorch.__version__}",),
    )


def _drafted(root: nn.Module, graph: fx.Graph, input_shape: tuple[int, ...], dt_s: float) -> Draft:
    called = [root.get_submodule(str(n.target)) for n in graph.nodes if n.op == "call_module"]
    spiking = any(isinstance(module, snntorch.SpikingNeuron) for module in called)
    draft = Draft(root=root, dt_s=dt_s, input_shape=input_shape, spiking=spiking)
    for node in graph.nodes:
        visit(draft, node)
    finish(draft)
    return draft
