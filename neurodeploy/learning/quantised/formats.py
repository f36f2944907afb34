"""The integers of a chip, as `compile` would choose them for a network."""

from neurodeploy.deployment.host import InputCoding
from neurodeploy.errors import InputError
from neurodeploy.hardware import Arithmetic
from neurodeploy.hardware.toml_file import load_chip
from neurodeploy.learning.quantised.twin import Formats
from neurodeploy.model import Model
from neurodeploy.toolchain.compiling import default_coding


def formats_for(
    model: Model, chip: str, weight_bits: int | None = None, coding: InputCoding | None = None
) -> Formats:
    """Return what `compile` lowers `model` with, without calibration data.

    Raises
    ------
    InputError
        If there is no such chip, its arithmetic is not known (ND2801), or it has no weights of
        that many bits (ND2601).
    """
    hardware = load_chip(chip)
    if hardware.arithmetic is Arithmetic.NONE:
        raise InputError(
            "ND2801", f"chip {hardware.name!r}: only its costs are known, not its integers"
        )
    ranges = hardware.ranges
    if weight_bits is not None:
        ranges = ranges.with_weight_bits(weight_bits)
    return Formats(ranges=ranges, coding=coding or default_coding(model, hardware))
