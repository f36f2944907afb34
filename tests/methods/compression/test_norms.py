"""BatchNorm that is put in changes nothing, and taken anew it keeps currents where they were."""

import numpy as np
import torch
from support.toy_task import toy_model, toy_parts

from neurodeploy.learning.evaluate import evaluate
from neurodeploy.learning.options import TrainOptions
from neurodeploy.learning.train import train
from neurodeploy.learning.twin import Twin
from neurodeploy.learning.twin.operators import NormModule
from neurodeploy.methods.compression.fixed import Fixed
from neurodeploy.methods.compression.norms import re_estimated, with_norms
from neurodeploy.methods.compression.places import Structure, prunable
from neurodeploy.methods.compression.selection import by_count
from neurodeploy.model import BatchNorm, Model


def norms(model: Model) -> list[BatchNorm]:
    return [o for p in model.projections for o in p.chain if isinstance(o, BatchNorm)]


def test_taken_anew_on_the_same_network_nothing_changes() -> None:
    parts = toy_parts()
    normed = with_norms(toy_model(), parts.train, parts.encoding)
    again = re_estimated(normed, parts.train, parts.encoding)
    (first,), (second,) = norms(normed), norms(again)
    assert np.allclose(first.mean, second.mean, atol=2e-2)
    assert np.array_equal(first.gamma, second.gamma)
    assert np.array_equal(first.beta, second.beta)


def test_statistics_taken_anew_undo_what_removal_does_to_currents() -> None:
    parts = toy_parts()
    options = TrainOptions(epochs=4, batch_size=30, learning_rate=0.05)
    model = train(toy_model(n_hidden=40), parts, options).model
    normed = with_norms(model, parts.train, parts.encoding)
    selection = by_count(model, prunable(model, first_layer=True), Structure.WEIGHTS)
    twin = Twin(normed)
    Fixed(selection=selection, budget=0.35 * selection.n_units).begin(twin)
    cut = twin.model()
    mended = re_estimated(cut, parts.train, parts.encoding)
    scores = [evaluate(Twin(m), parts.validation, parts.encoding) for m in (cut, mended, model)]
    cut_rate, mended_rate, rate = (score.rates["hidden"] for score in scores)
    assert abs(mended_rate - rate) < 0.5 * abs(cut_rate - rate)


def test_a_fed_module_sees_the_mean_it_has() -> None:
    parts = toy_parts()
    normed = with_norms(toy_model(), parts.train, parts.encoding)
    twin, seen = Twin(normed).eval(), []
    (module,) = [m for m in twin.modules() if isinstance(m, NormModule)]
    module.register_forward_pre_hook(lambda _, given: seen.append(given[0].detach()))
    x = torch.from_numpy(np.repeat(parts.train.x[:, None].astype(np.float32), 5, axis=1))
    twin(x)
    assert np.allclose(seen[0].mean(dim=0), norms(normed)[0].mean, atol=1e-5)
