"""Trace a single step of a snntorch module and turn it into a Model."""

import snntorch
from torch import fx, nn

from neurodeploy.errors import InputError
from neurodeploy.frontends.snntorch.neurons import is_neuron
from neurodeploy.frontends.snntorch.walk import Draft, finish, visit
from neurodeploy.model import Input, Model

_WHILE_TRACING = (fx.proxy.TraceError, TypeError, RuntimeError, ValueError, AttributeError)


class _Tracer(fx.Tracer):
    def is_leaf_module(self, m: nn.Module, module_qualified_name: str) -> bool:
        """Look into the user's own modules and into containers only."""
        ours = type(m).__module__.startswith("snntorch.")
        return ours or super().is_leaf_module(m, module_qualified_name)


def from_snntorch(module: nn.Module, input_shape: tuple[int, ...], dt_s: float = 1e-4) -> Model:
    """Return the Model of a snntorch network whose forward is a single time step.

    Dropout and Identity are dropped; BatchNorm is kept with its running statistics. A last layer
    that spikes is counted, any other is a terminal population ``output`` that is summed.

    Parameters
    ----------
    module : a Sequential, or a module whose forward is one step, ``spk, mem = self.lif(x, mem)``.
    input_shape : shape of one sample in one step, without the batch axis.
    dt_s : what one step is in seconds; snntorch knows no time.

    Raises
    ------
    InputError
        If something in it cannot be exported (ND2201): all of it, by name. If its values or
        shapes are those of no network (ND2110).
    """
    root = nn.Sequential(module) if is_neuron(module) else module
    draft = Draft(root=root, dt_s=dt_s, input_shape=tuple(input_shape))
    for node in _trace(root).nodes:
        visit(draft, node)
    finish(draft)
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


def _trace(root: nn.Module) -> fx.Graph:
    try:
        return _Tracer().trace(root)
    except _WHILE_TRACING as error:
        first_line = (str(error).splitlines() or [type(error).__name__])[0]
        raise InputError(
            "ND2201",
            f"{type(root).__name__}.forward cannot be traced as a single step: {first_line}; it "
            "may hold no loop over time and no branch on values",
        ) from error
