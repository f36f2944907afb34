"""The counts of NeuroBench 2.3.0, under its names and by its rules, of model and deployment."""

from neurodeploy.report.neurobench.block import Block, NeuroBench
from neurodeploy.report.neurobench.deployed import as_deployed
from neurodeploy.report.neurobench.trained import as_trained

__all__ = ["Block", "NeuroBench", "as_deployed", "as_trained"]
