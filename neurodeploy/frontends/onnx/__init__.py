"""Artificial networks in ONNX files as Models with ReLU populations."""

from neurodeploy.frontends.onnx.load import from_onnx
from neurodeploy.frontends.onnx.proto import lies_in_one_file

__all__ = ["from_onnx", "lies_in_one_file"]
