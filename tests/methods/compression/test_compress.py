"""Budgets are met by what is measured, in files without masked weights; or it is said why not."""

from dataclasses import replace

import numpy as np
import pytest
from support.toy_task import toy_model, toy_parts

import neurodeploy
from neurodeploy import toolchain
from neurodeploy.errors import InputError
from neurodeploy.frontends.samples import Encoding
from neurodeploy.learning.data import Parts
from neurodeploy.learning.options import TrainOptions
from neurodeploy.learning.train import train
from neurodeploy.methods.compression import (
    Compressed,
    CompressOptions,
    Drive,
    Method,
    Structure,
    Work,
    bench_for,
    compress,
)
from neurodeploy.methods.compression.places import prunable, weights_at
from neurodeploy.methods.robust.adversarial import trades_training
from neurodeploy.model import Model
from neurodeploy.regression import Budget, Estimate, Limit, Share, Status
from neurodeploy.toolchain import CompileOptions

TRAINING = TrainOptions(epochs=4, batch_size=30, learning_rate=0.05)
OPTIONS = CompressOptions(train=TRAINING, first_layer=True)


def parts_of() -> Parts:
    return toy_parts(encoding=Encoding(coder="rate", n_steps=6))


@pytest.fixture(scope="module")
def dense() -> Model:
    return train(toy_model(n_hidden=40), parts_of(), replace(TRAINING, epochs=6)).model


def share(name: str, value: float) -> Budget:
    return Budget(limits=(), shares=(Share(name=name, value=value),))


def run(
    dense: Model, budget: Budget, options: CompressOptions = OPTIONS, chip: str = "loihi2"
) -> Compressed:
    parts = parts_of()
    bench = bench_for(parts, budget, "cpu-emu", CompileOptions(chip=chip), 60)
    return compress(dense, Work(parts=parts, options=options), budget, bench)


def n_left(found: Compressed) -> int:
    model = found.model
    places = prunable(model, first_layer=True)
    return sum(int(np.count_nonzero(weights_at(model, place))) for place in places)


@pytest.mark.parametrize("method", list(Method))
def test_every_method_meets_a_share_of_the_weights_to_the_weight(
    dense: Model, method: Method
) -> None:
    found = run(dense, share("connectivity", 0.3), replace(OPTIONS, method=method))
    assert found.is_met
    assert found.n_epochs == 4
    assert n_left(found) == found.n_in_use <= found.prunable.n_left <= int(0.3 * 360)
    assert found.prunable.n_left >= int(0.3 * 360) - (2 if method is Method.UNIFORM else 0)
    assert found.prunable.n_before == found.all_weights.n_before == 360
    assert found.after.accuracy > 0.6
    (finding,) = found.findings
    assert (finding.path, finding.status) == ("compression.connectivity", Status.PASSED)


def test_both_denominators_are_told(dense: Model) -> None:
    found = run(dense, share("connectivity", 0.5), replace(OPTIONS, first_layer=False))
    assert (found.prunable.n_before, found.all_weights.n_before) == (120, 360)
    assert found.prunable.n_left == 60
    assert found.all_weights.n_left == 60 + 240


def test_operations_are_met_on_the_deployment(dense: Model) -> None:
    found = run(dense, share("synops_effective", 0.4))
    before, after = (m.value("synops_effective") for m in (found.before, found.after))
    assert before is not None
    assert after is not None
    assert 0 < after <= 0.4 * before
    assert found.is_met
    by_weights = run(dense, share("synops_effective", 0.4), replace(OPTIONS, drive=Drive.WEIGHTS))
    assert by_weights.is_met


def test_channels_that_go_are_gone_from_the_network(dense: Model) -> None:
    options = replace(OPTIONS, structure=Structure.CHANNELS, first_layer=False)
    found = run(dense, share("connectivity", 0.5), options)
    assert found.is_met
    assert found.unused.removed == {"hidden": 20}
    assert found.model.population("hidden").shape == (20,)
    assert found.model.history[-1].startswith("compressed: minimax, 60 of 120 removable weights")


def test_a_limit_per_core_is_met_by_trial(dense: Model) -> None:
    limit = Limit(name="synapse_bytes_per_core", value=400.0, per_core=True)
    found = run(dense, Budget(limits=(limit,)))
    assert found.before.synapse_bytes > 400
    assert found.after.synapse_bytes <= 400
    assert found.is_met


def test_neurons_of_a_core_take_channels_away(dense: Model) -> None:
    limit = Limit(name="neurons_per_core", value=25.0, per_core=True)
    found = run(dense, Budget(limits=(limit,)), replace(OPTIONS, first_layer=False))
    assert found.is_met
    assert found.model.population("hidden").size <= 22


def test_energy_is_met_at_the_estimate_asked_for(dense: Model) -> None:
    budget = replace(share("energy_dynamic_j", 0.7), estimate=Estimate.LOW)
    found = run(dense, budget)
    metrics = [m.figures.metrics["energy_dynamic_j"].low for m in (found.before, found.after)]
    assert metrics[1] <= 0.7 * metrics[0]  # type: ignore[operator]  # Loihi 2's page knows both
    assert found.is_met


def test_an_impossible_budget_ends_with_the_closest_before_any_training(dense: Model) -> None:
    found = run(dense, Budget(limits=(Limit(name="cores", value=0.5),)))
    assert not found.is_met
    assert found.nodes == ()
    assert found.reason == (
        "removing weights: with 0.1% of the weights left, cores is 1, allowed <= 0.5; "
        "removing channels: with 0.1% of the weights left, cores is 1, allowed <= 0.5"
    )


def test_a_network_that_answers_the_same_for_all_meets_no_budget(dense: Model) -> None:
    found = run(dense, Budget(limits=(Limit(name="synops_hw", value=1.0),)))
    assert all(f.status is Status.PASSED for f in found.findings)
    assert not found.answers
    assert not found.is_met


def test_accuracy_is_a_limit_too(dense: Model) -> None:
    limits = (Limit(name="accuracy", value=0.999),)
    found = run(dense, Budget(limits=limits, shares=(Share(name="connectivity", value=0.02),)))
    assert not found.is_met
    assert [f.path for f in found.findings if f.status is Status.FAILED] == ["accuracy"]


def test_flips_and_the_worst_class_are_counted(dense: Model) -> None:
    found = run(dense, share("connectivity", 0.1))
    changed = found.before.predictions != found.after.predictions
    assert found.flips == changed.mean()
    label, change = found.worst_class
    own = found.before.labels == label
    rates = [(m.predictions[own] == label).mean() for m in (found.before, found.after)]
    assert change == pytest.approx(rates[1] - rates[0])
    assert change == min(found.class_changes.values())


def test_equal_seeds_give_equal_networks(dense: Model) -> None:
    first, again = (run(dense, share("connectivity", 0.2)) for _ in range(2))
    assert first.model.digest == again.model.digest


def test_a_robust_network_is_compressed_with_its_own_loss(dense: Model) -> None:
    robust = replace(TRAINING, objective=trades_training(0.05, 2, 6.0), epochs=2)
    parts = replace(parts_of(), encoding=Encoding(coder="direct", n_steps=5))
    options = replace(OPTIONS, train=robust)
    budget = share("connectivity", 0.4)
    bench = bench_for(parts, budget, "cpu-emu", CompileOptions(chip="loihi2"), 30)
    found = compress(dense, Work(parts=parts, options=options), budget, bench)
    plain = compress(
        dense,
        Work(parts=parts, options=replace(options, train=replace(robust, objective=None))),
        budget,
        bench,
    )
    assert found.is_met
    assert found.model.digest != plain.model.digest


def test_the_file_holds_no_masked_weight(dense: Model, tmp_path) -> None:  # type: ignore[no-untyped-def]
    found = run(dense, share("connectivity", 0.25))
    toolchain.write_network(found.model, tmp_path / "small.nir")
    read = neurodeploy.load(tmp_path / "small.nir")
    places = prunable(read, first_layer=True)
    assert found.prunable.n_left == 90
    assert sum(int(np.count_nonzero(weights_at(read, p))) for p in places) == found.n_in_use


def test_options_out_of_range_are_refused_together() -> None:
    with pytest.raises(InputError) as caught:
        CompressOptions(nodes=(0.1, 0.3), joint=0.0, margin=1.0, train=replace(TRAINING, epochs=1))
    assert str(caught.value) == (
        "ND2863: nodes are (0.1, 0.3), expected falling shares between 0 and 1\n"
        "ND2863: 2 nodes need 2 epochs at least, not 1\n"
        "ND2863: joint is 0, expected above 0 and at most 1\n"
        "ND2863: margin is 1, expected 0 to below 1"
    )


def test_a_budget_that_asks_nothing_is_refused(dense: Model) -> None:
    with pytest.raises(InputError) as caught:
        run(dense, Budget(limits=()))
    assert str(caught.value) == (
        "ND2864: the budget has no limit: write, for instance, [budget.compression] connectivity "
        '= "10 %", or cores = 1 in [budget.resources]'
    )
