"""An artificial network in, a spiking one out, its thresholds balanced on calibration data."""

from neurodeploy.methods.conversion.convert import Conversion, convert
from neurodeploy.methods.conversion.options import ConversionOptions, MaxPool, Rule
from neurodeploy.methods.conversion.record import CalibrationRecord

__all__ = ["CalibrationRecord", "Conversion", "ConversionOptions", "MaxPool", "Rule", "convert"]
