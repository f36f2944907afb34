"""Errors of a representation, and what a training step holds."""

from dataclasses import replace

import numpy as np
import torch
from support.toy_task import toy_model, toy_parts

from neurodeploy.frontends.samples import Encoding
from neurodeploy.learning.dsr import as_subtracting, rewritten
from neurodeploy.learning.memory import beside_bptt
from neurodeploy.learning.options import Method, TrainOptions
from neurodeploy.learning.representation import representation_errors
from neurodeploy.model import Model


def constant_input(n_steps: int) -> torch.Tensor:
    x = torch.rand(20, 6, generator=torch.Generator().manual_seed(0))
    return x[:, None].expand(-1, n_steps, -1)


def exported(alpha: float) -> Model:
    return rewritten(as_subtracting(toy_model(n_hidden=40)), alpha)


def test_error_under_a_constant_input_is_that_of_rounding() -> None:
    """Rounding is off by 1/2T thresholds at most, rounding down by 1/T: the mean is half of it."""
    for alpha, share in ((0.5, 0.5), (1.0, 1.0)):
        errors = representation_errors(exported(alpha), constant_input(64))["hidden"]
        assert len(errors) == 64
        for k, error in enumerate(errors, start=1):
            assert error <= share / k + 1e-6
        assert errors[63] < errors[3] < errors[0]
    rounded, floored = (
        representation_errors(exported(alpha), constant_input(16))["hidden"][-1]
        for alpha in (0.5, 1.0)
    )
    assert rounded < 0.7 * floored


def test_error_is_measured_against_a_naive_clamp() -> None:
    model, x = exported(0.5), constant_input(7)
    weight = model.projections[0].chain[-1].weight
    current = np.einsum("hi,si->sh", weight, x[:, 0].numpy())
    raster = model.simulate(x.numpy(), record=["hidden"]).rasters["hidden"]
    rate = raster.mean(axis=1)
    wanted = np.abs(rate - np.clip(current, 0, 1)).mean()
    found = representation_errors(model, x)["hidden"][-1]
    np.testing.assert_allclose(found, wanted, rtol=1e-5)  # float32 against float64


def test_dsr_holds_less_than_bptt_and_saves_more_the_more_steps() -> None:
    ratios = []
    for n_steps in (5, 40):
        parts = toy_parts(encoding=Encoding(coder="direct", n_steps=n_steps))
        options = TrainOptions(method=Method.DSR, batch_size=50, threshold_percentile=99.0)
        costs = beside_bptt(toy_model(n_hidden=200), parts, options)
        assert list(costs) == ["dsr", "bptt"]
        assert {(c.batch_size, c.n_steps) for c in costs.values()} == {(50, n_steps)}
        ratios.append(costs["dsr"].saved_bytes / costs["bptt"].saved_bytes)
    assert ratios[1] < ratios[0] < 1


def test_what_bptt_holds_grows_with_the_steps_and_the_batch() -> None:
    options = TrainOptions(batch_size=50)

    def held(n_steps: int, batch_size: int) -> int:
        parts = toy_parts(encoding=Encoding(coder="direct", n_steps=n_steps))
        cost = beside_bptt(toy_model(), parts, replace(options, batch_size=batch_size))
        return cost["bptt"].saved_bytes

    assert 1.9 < held(40, 50) / held(20, 50) < 2.1
    assert 1.9 < held(20, 50) / held(20, 25) < 2.1
