"""Passes, Model to Model: frozen dataclasses whose fields are their options, one a file."""

from neurodeploy.passes.fold_batchnorm import FoldBatchNorm
from neurodeploy.passes.fold_scale import FoldScale
from neurodeploy.passes.max_as_threshold import MaxAsThreshold

__all__ = ["FoldBatchNorm", "FoldScale", "MaxAsThreshold"]
