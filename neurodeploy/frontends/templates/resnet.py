"""Stages of a residual block each (He et al. 2016), spikes added around it as currents."""

from dataclasses import replace

from neurodeploy.frontends.templates.draft import INPUT, Draft
from neurodeploy.frontends.templates.options import TemplateOptions
from neurodeploy.frontends.templates.sizes import check_image, hidden_sizes
from neurodeploy.model import Conv2d, Model

OWN = (16, 32, 128)


def resnet(options: TemplateOptions) -> Model:
    """Return a convolution of stride 2, two residual blocks, and a dense layer.

    `hidden` are the channels of the blocks and the neurons of the dense layer. The second block
    halves the image; what goes around a block is the spikes themselves, or a 1x1 convolution of
    them where the size changes. A spike that goes around is a current of one threshold, so that an
    untrained block passes spikes on.
    """
    check_image("resnet", options)
    meaning = "channels of two blocks, neurons of a dense layer"
    first, second, dense = hidden_sizes("resnet", options, OWN, meaning, exact=True)
    draft = Draft(options)
    last = draft.conv("stem", INPUT, first, stride=2)
    inside = draft.conv("block1a", last, first)
    end = draft.conv("block1b", inside, first)
    draft.connect("block1_around", last, end, ())
    last, inside = end, draft.conv("block2a", end, second, stride=2)
    end = draft.conv("block2b", inside, second)
    draft.connect("block2_around", last, end, (_across(draft, last, second),))
    return draft.finish(draft.dense("dense", end, dense))


def _across(draft: Draft, source: str, n_channels: int) -> Conv2d:
    """Return a 1x1 convolution of stride 2, without a bias: the block has one."""
    return replace(draft.kernels(source, n_channels, kernel=1, stride=2), bias=None)
