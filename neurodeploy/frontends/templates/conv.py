"""Two convolutions that halve the image, and a dense layer."""

from neurodeploy.frontends.templates.draft import INPUT, Draft
from neurodeploy.frontends.templates.options import TemplateOptions
from neurodeploy.frontends.templates.sizes import check_image, hidden_sizes
from neurodeploy.model import Model

OWN = (16, 32, 128)


def conv(options: TemplateOptions) -> Model:
    """Return 5x5 and 3x3 convolutions of stride 2, and a dense layer.

    `hidden` are the channels of the two and the neurons of the last.
    """
    check_image("conv", options)
    meaning = "channels of two convolutions, neurons of a dense layer"
    first, second, dense = hidden_sizes("conv", options, OWN, meaning, exact=True)
    draft = Draft(options)
    last = draft.conv("conv1", INPUT, first, kernel=5, stride=2)
    last = draft.conv("conv2", last, second, stride=2)
    return draft.finish(draft.dense("dense", last, dense))
