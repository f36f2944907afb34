"""Costs are interval sums; what is unknown is named and never counted as 0."""

from dataclasses import replace

import numpy as np

from neurodeploy.hardware import Evidence, Quantity, Scope
from neurodeploy.hardware.toml_file import load_chip
from neurodeploy.machine.counts import Count
from neurodeploy.report.cost import (
    INCLUDED,
    Cost,
    Work,
    dynamic_energy,
    product,
    quotient,
    term,
    total,
)
from neurodeploy.report.metric import Basis
from neurodeploy.report.modelled import modelled


def joules(value: float | None, low: float | None = None, high: float | None = None) -> Quantity:
    return Quantity(
        value=value, low=low, high=high, unit="J", evidence=Evidence.SIMULATED, source="somebody"
    )


def test_term_scales_the_whole_interval() -> None:
    cost = term("synapse_dense", joules(2.0, 1.0, 4.0), 10)
    assert (cost.low, cost.value, cost.high) == (10.0, 20.0, 40.0)
    assert cost.sources == ("somebody",)


def test_nothing_costs_nothing_even_where_the_figure_is_unknown() -> None:
    assert term("axon_out", joules(None), 0).value == 0.0


def test_unknown_figure_is_named_and_makes_the_sum_a_lower_bound() -> None:
    cost = total([term("a", joules(2.0, 1.0, 3.0), 1), term("b", joules(None), 5)])
    assert (cost.low, cost.value, cost.high, cost.missing) == (1.0, 2.0, 3.0, ("b",))
    metric = modelled("energy_total_j", cost)
    assert metric.basis is Basis.MODELLED
    assert metric.note == "evidence: simulated; lower bound, missing: b"


def test_sum_of_unknowns_is_unknown() -> None:
    cost = total([term("a", joules(None), 1), term("b", None, 1)])
    assert cost == Cost(value=None, low=None, high=None, missing=("a", "b"))
    assert modelled("energy_total_j", cost).value is None


def test_loihi1_charges_a_visit_and_on_top_an_update() -> None:
    """Davies 2018: 81 pJ an active and 52 pJ an inactive update, 23.6 pJ a synaptic operation."""
    counts = np.zeros(len(Count))
    counts[Count.NEURON_UPDATES_ACTIVE], counts[Count.SYNOPS_DENSE] = 10, 100
    energy = dynamic_energy(load_chip("loihi1"), Work(counts=counts, neuron_updates=30))
    neurons = (energy["access"].value or 0) + (energy["update"].value or 0)
    assert np.isclose(neurons, 10 * 81e-12 + 20 * 52e-12, rtol=1e-12)
    assert np.isclose(energy["synapse"].value or 0, 100 * 23.6e-12, rtol=1e-12)
    assert energy["dendrite"].value == 0


def test_host_and_barriers_are_unknown_where_the_page_does_not_know_them() -> None:
    work = Work(counts=np.zeros(len(Count)), neuron_updates=0, host_in=3, host_out=2, n_steps=5)
    energy = dynamic_energy(load_chip("loihi1"), work)
    assert energy["host"].missing == ("host_in", "host_out")
    assert energy["barrier"].missing == ("barrier",)


def test_nothing_is_added_to_an_all_in_figure() -> None:
    counts = np.zeros(len(Count))
    counts[Count.SYNOPS_DENSE] = counts[Count.SPIKES] = 100
    figure = replace(joules(26e-12), scope=Scope.ALL_IN)
    chip = replace(load_chip("ideal"), energy_j={"synapse_dense": figure})
    energy = dynamic_energy(chip, Work(counts=counts, neuron_updates=30, host_in=1, n_steps=2))
    assert [name for name, cost in energy.items() if cost != INCLUDED] == ["synapse"]
    whole = total(energy.values())
    assert (whole.value, whole.missing) == (100 * 26e-12, ())
    assert modelled("energy_access_j", energy["access"]).note == (
        "included in the all-in energy of a synaptic operation"
    )


def test_product_and_quotient_hold_both_intervals() -> None:
    first = Cost(value=6.0, low=4.0, high=8.0, sources=("a",), missing=("x",))
    second = Cost(value=2.0, low=1.0, high=4.0, sources=("a", "b"))
    both = product(first, second)
    assert (both.low, both.value, both.high) == (4.0, 12.0, 32.0)
    over = quotient(first, second, "second")
    assert (over.low, over.value, over.high) == (1.0, 3.0, 8.0)
    assert both.sources == over.sources == ("a", "b")
    assert both.missing == over.missing == ("x",)


def test_nothing_is_divided_by_what_lacks_a_term_or_can_be_0() -> None:
    one = Cost(value=1.0, low=1.0, high=1.0)
    assert quotient(one, Cost(value=2.0, low=0.0, high=4.0), "time") == unknown_cost("time")
    lacking = Cost(value=2.0, low=1.0, high=4.0, missing=("spike_out",))
    assert quotient(one, lacking, "time") == unknown_cost("spike_out")
    assert product(unknown_cost("a"), one) == product(one, unknown_cost("a")) == unknown_cost("a")


def unknown_cost(name: str) -> Cost:
    return Cost(value=None, low=None, high=None, missing=(name,))
