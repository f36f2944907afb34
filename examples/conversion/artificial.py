"""The artificial Fashion-MNIST network that the conversions here start from."""

from examples.fashion import Fashion
from examples.networks import artificial
from examples.once import Result, trained
from neurodeploy.learning.options import TrainOptions

N_EPOCHS = 6


def ann_of(seed: int, data: Fashion) -> Result:
    """Return the network trained with BatchNorm, which is folded; from its file, if it is there."""
    options = TrainOptions(epochs=N_EPOCHS, batchnorm=True, seed=seed)
    return trained(f"conversion_ann_{seed}", lambda: artificial(seed), data, 1, options)
