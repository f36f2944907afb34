"""Passes, Model to Model: frozen dataclasses whose fields are their options, one a file."""

from neurodeploy.passes.fold_batchnorm import FoldBatchNorm

__all__ = ["FoldBatchNorm"]
