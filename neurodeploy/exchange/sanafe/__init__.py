"""SANA-FE 2.2.9: an architecture file and a mapped network file, made from a Deployment.

SANA-FE (University of Texas at Austin and Sandia) models the cost of spiking chips. Its two YAML
files are written by the rules that its parser and its models follow; none of its code is used.
"""

from neurodeploy.exchange.sanafe.dynamics import Rasters, replayed
from neurodeploy.exchange.sanafe.export import Export, export, write_export

__all__ = ["Export", "Rasters", "export", "replayed", "write_export"]
