"""Dense layers one after the other."""

from neurodeploy.frontends.templates.draft import INPUT, Draft
from neurodeploy.frontends.templates.options import TemplateOptions
from neurodeploy.frontends.templates.sizes import hidden_sizes
from neurodeploy.model import Model

OWN = (128,)


def mlp(options: TemplateOptions) -> Model:
    """Return dense layers; `hidden` are their sizes."""
    sizes = hidden_sizes("mlp", options, OWN, "neurons of each layer", exact=False)
    draft, last = Draft(options), INPUT
    for k, size in enumerate(sizes, start=1):
        last = draft.dense(f"hidden{k}", last, size)
    return draft.finish(last)
