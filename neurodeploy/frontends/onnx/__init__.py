"""Artificial networks in ONNX files as Models with ReLU populations."""

from neurodeploy.frontends.onnx.load import from_onnx

__all__ = ["from_onnx"]
