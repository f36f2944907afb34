"""Stages of two convolutions of the same width with a pool behind each (Simonyan et al. 2015)."""

from neurodeploy.frontends.templates.draft import INPUT, Draft
from neurodeploy.frontends.templates.options import TemplateOptions
from neurodeploy.frontends.templates.sizes import check_image, hidden_sizes
from neurodeploy.model import Model, Operator, SumPool2d

OWN = (8, 16, 128)
POOL = (SumPool2d(kernel=(2, 2), stride=(2, 2)),)


def vgg(options: TemplateOptions) -> Model:
    """Return two stages of two 3x3 convolutions, each before a sum over 2x2, and a dense layer.

    `hidden` are the channels of the stages and the neurons of the dense layer. Pools have no
    neurons: a chip's weights contain them.
    """
    check_image("vgg", options)
    meaning = "channels of two stages, neurons of a dense layer"
    *stages, dense = hidden_sizes("vgg", options, OWN, meaning, exact=True)
    draft, last = Draft(options), INPUT
    before: tuple[Operator, ...] = ()
    for k, n_channels in enumerate(stages, start=1):
        last = draft.conv(f"conv{k}a", last, n_channels, before=before)
        last = draft.conv(f"conv{k}b", last, n_channels)
        before = POOL
    return draft.finish(draft.dense("dense", last, dense, before))
