"""Converted networks, with pools and with sums of layers as ResNets have them, are compressed."""

from dataclasses import replace

import numpy as np
import pytest
from support import anns

from neurodeploy.frontends.samples import Encoding, Samples
from neurodeploy.learning.data import Parts
from neurodeploy.learning.options import TrainOptions
from neurodeploy.methods.compression import CompressOptions, Structure, Work, bench_for, compress
from neurodeploy.methods.compression.places import prunable, weights_at
from neurodeploy.methods.conversion import ConversionOptions, MaxPool, convert
from neurodeploy.model import Model
from neurodeploy.regression import Budget, Share
from neurodeploy.toolchain import CompileOptions

BUDGET = Budget(limits=(), shares=(Share(name="connectivity", value=0.5),))


def labelled(ann: Model) -> Samples:
    found = anns.samples(1, 80, ann.inputs[0].shape)
    return replace(found, y=ann.simulate(found.x[:, None]).predictions())


@pytest.mark.parametrize("ann", [anns.residual(0), anns.pooled(0)], ids=["residual", "pooled"])
@pytest.mark.parametrize("structure", list(Structure))
def test_a_converted_network_is_compressed(ann: Model, structure: Structure) -> None:
    data = labelled(ann)
    model = convert(ann, data, ConversionOptions(maxpool=MaxPool.OR)).model
    parts = Parts(
        train=data.taken(np.arange(60)),
        validation=data.taken(np.arange(60, 80)),
        encoding=Encoding(coder="direct", n_steps=8),
    )
    training = TrainOptions(epochs=2, batch_size=20, learning_rate=0.01)
    options = CompressOptions(train=training, structure=structure)
    bench = bench_for(parts, BUDGET, "cpu-emu", CompileOptions(chip="loihi2"), 20, 20)
    found = compress(model, Work(parts=parts, options=options), BUDGET, bench)
    assert found.prunable.n_left <= 0.5 * found.prunable.n_before
    left = sum(np.count_nonzero(weights_at(found.model, p)) for p in prunable(found.model))
    assert left == found.n_in_use
    assert found.after.deployment.program.digest != found.before.deployment.program.digest
