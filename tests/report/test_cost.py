"""Costs are interval sums; what is unknown is named and never counted as 0."""

import numpy as np

from neurodeploy.hardware import Evidence, Quantity
from neurodeploy.hardware.toml_file import load_chip
from neurodeploy.machine.counts import Count
from neurodeploy.report.cost import Cost, dynamic_energy, term, total
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


def test_loihi1_charges_idle_neurons_their_own_figure() -> None:
    """Davies 2018: 81 pJ an active and 52 pJ an inactive update, 23.6 pJ a synaptic operation."""
    counts = np.zeros(len(Count))
    counts[Count.NEURON_UPDATES_ACTIVE], counts[Count.SYNOPS_DENSE] = 10, 100
    energy = dynamic_energy(load_chip("loihi1"), counts, neuron_updates=30)
    assert np.isclose(energy["neuron"].value or 0, 10 * 81e-12 + 20 * 52e-12, rtol=1e-12)
    assert np.isclose(energy["synapse"].value or 0, 100 * 23.6e-12, rtol=1e-12)
