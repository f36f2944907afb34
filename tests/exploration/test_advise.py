"""Advice is what applying it gives: recompiled from the changed file, every count is the same."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from support.gate import N_STEPS, network, stimulus

from neurodeploy import toolchain
from neurodeploy.exploration.advice import Advice, Limits, Proposal, Subject, advise
from neurodeploy.exploration.advice.change import DropSilent, FewerSteps, PlaceOtherwise
from neurodeploy.exploration.advice.smaller import can_shrink, without_neurons
from neurodeploy.frontends.samples import samples_of
from neurodeploy.model.nir_file import Conventions, write_nir
from neurodeploy.toolchain import CompileOptions

COUNTS = ("synops_hw", "synops_effective", "spikes", "neuron_updates", "messages")


def subject(labels: bool = True) -> Subject:
    x, y = stimulus()
    samples = samples_of(x, y if labels else None, "the test's array")
    options = CompileOptions(chip="loihi1-fitted", input_range=(0.0, 1.0))
    return Subject(model=network(), samples=samples, encoding=None, options=options)


@pytest.fixture(scope="module")
def advice() -> Advice:
    return advise(subject(), limits=Limits(goal="synops_hw", max_harm=1.0, n_proposals=20))


def recompiled(proposal: Proposal, folder: Path) -> dict[str, float | None]:
    """Write the changed network, read it again, compile and profile it."""
    changed = proposal.change.applied(subject())
    write_nir(changed.model, folder / "changed.nir")
    model, _ = toolchain.load(folder / "changed.nir", Conventions())
    deployment = toolchain.compile_network(model, "cpu-emu", changed.options)
    given = toolchain.stimulus_of(deployment, changed.samples, changed.encoding)
    metrics = toolchain.profile(deployment, given).metrics
    return {name: metrics[name].value for name in COUNTS}


def test_counts_of_every_proposal_are_those_of_the_recompiled_file(
    advice: Advice, tmp_path: Path
) -> None:
    kinds = {type(proposal.change) for proposal in advice.proposals}
    assert len(kinds) >= 3
    for proposal in advice.proposals:
        promised = {name: proposal.report.metrics[name].value for name in COUNTS}
        assert recompiled(proposal, tmp_path) == promised, str(proposal.change)


def test_largest_saving_comes_first_and_each_place_once(advice: Advice) -> None:
    savings = [proposal.saving for proposal in advice.proposals]
    assert savings == sorted(savings, reverse=True)
    assert all(saving > 0 for saving in savings)
    places = [(type(p.change), p.change.where) for p in advice.proposals]
    assert len(places) == len(set(places))
    assert advice.n_tried > len(places)


def test_nothing_harmful_is_proposed() -> None:
    strict = advise(subject(), limits=Limits(goal="synops_hw", max_harm=0.0))
    assert all(proposal.harm <= 0 for proposal in strict.proposals)
    assert len(strict.proposals) <= 3


def test_without_labels_changed_answers_are_the_harm() -> None:
    found = advise(subject(labels=False), limits=Limits(goal="synops_hw", max_harm=0.25))
    assert found.judged_by == "answers"
    assert all(0 <= proposal.harm <= 0.25 for proposal in found.proposals)


def test_operations_are_the_goal_where_the_page_knows_no_costs() -> None:
    ideal = replace(subject(), options=CompileOptions(chip="ideal"))
    assert advise(ideal).goal == "synops_hw"


def test_steps_and_placement_leave_the_network_alone() -> None:
    for change in (FewerSteps(n_steps=5, of=N_STEPS), PlaceOtherwise(strategy="balanced")):
        assert change.applied(subject()).model.digest == network().digest


def test_neurons_left_out_change_nothing_else() -> None:
    """Neurons without weights out of them are not missed."""
    model = network()
    assert can_shrink(model, "fc1")
    assert not can_shrink(model, "fc3")
    first = model.projection("w2")
    (affine,) = first.chain
    weight = affine.weight.copy()
    weight[:, [3, 7]] = 0.0
    unheard = replace(first, chain=(replace(affine, weight=weight),))
    model = replace(
        model, projections=tuple(unheard if p is first else p for p in model.projections)
    )
    x = stimulus()[0]
    before = model.simulate(x, record=["fc3"])
    smaller = without_neurons(model, "fc1", (3, 7))
    assert smaller.population("fc1").size == model.population("fc1").size - 2
    after = smaller.simulate(x, record=["fc3"])
    np.testing.assert_array_equal(before.rasters["fc3"], after.rasters["fc3"])


def test_silent_neurons_are_named_by_their_number() -> None:
    assert str(DropSilent(population="fc1", neurons=(1, 2))) == (
        "remove 2 neurons of 'fc1' that never spiked on these samples"
    )
