"""Templates by name."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from types import MappingProxyType

from neurodeploy.errors import InputError
from neurodeploy.frontends.templates.conv import conv
from neurodeploy.frontends.templates.mlp import mlp
from neurodeploy.frontends.templates.options import TemplateOptions
from neurodeploy.frontends.templates.recurrent import recurrent
from neurodeploy.frontends.templates.resnet import resnet
from neurodeploy.frontends.templates.vgg import vgg
from neurodeploy.model import Model

TEMPLATES: Mapping[str, Callable[[TemplateOptions], Model]] = MappingProxyType(
    {"mlp": mlp, "conv": conv, "vgg": vgg, "resnet": resnet, "recurrent": recurrent}
)


def make(template: str, options: TemplateOptions) -> Model:
    """Return the untrained network called `template`.

    Raises
    ------
    InputError
        If there is none such, or it does not take these options (ND2611).
    """
    if template not in TEMPLATES:
        raise InputError(
            "ND2611", f"no template is called {template!r}, there are {', '.join(TEMPLATES)}"
        )
    model = TEMPLATES[template](options)
    line = f"template {template}, {options.neuron.value} neurons, seed {options.seed}: untrained"
    return replace(model, history=(line,))
