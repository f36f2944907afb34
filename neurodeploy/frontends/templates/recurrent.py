"""Dense layers that see their own spikes one step later."""

from neurodeploy.frontends.templates.draft import INPUT, Draft
from neurodeploy.frontends.templates.options import TemplateOptions
from neurodeploy.frontends.templates.sizes import hidden_sizes
from neurodeploy.model import Model

OWN = (128,)


def recurrent(options: TemplateOptions) -> Model:
    """Return dense layers, each connected to itself; `hidden` are their sizes."""
    sizes = hidden_sizes("recurrent", options, OWN, "neurons of each layer", exact=False)
    draft, last = Draft(options), INPUT
    for k, size in enumerate(sizes, start=1):
        last = draft.dense(f"hidden{k}", last, size)
        draft.recurrence(last)
    return draft.finish(last)
