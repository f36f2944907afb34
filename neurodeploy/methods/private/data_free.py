"""What thresholds would be on other samples than those made from the network."""

from neurodeploy.frontends.samples import Samples
from neurodeploy.methods.conversion import CalibrationRecord, ConversionOptions, convert
from neurodeploy.methods.private.synthesis import uniform_noise
from neurodeploy.model import Model


def baselines(
    ann: Model, n_samples: int, options: ConversionOptions, real: Samples | None
) -> dict[str, CalibrationRecord]:
    """Return the calibration on as much uniform noise, and on `real` data where there is some.

    Noise costs nothing to make, so samples that do no better are not worth making.
    """
    others = {"noise": uniform_noise(ann, n_samples, options.seed)}
    if real is not None:
        others["data"] = real
    return {name: convert(ann, samples, options).record for name, samples in others.items()}
