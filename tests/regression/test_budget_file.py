"""A budget that is wrong is refused at once, each mistake by its path."""

from pathlib import Path

import pytest

from neurodeploy.errors import InputError
from neurodeploy.placement.limits import PER_CORE
from neurodeploy.regression import Estimate, Limit, Share, read_budget
from neurodeploy.regression.budget_schema import json_schema
from neurodeploy.regression.other_names import OTHER_NAMES, as_registered
from neurodeploy.regression.section import section_of


def refused(path: Path, text: str) -> list[str]:
    path.write_text(text)
    with pytest.raises(InputError) as found:
        read_budget(path)
    return [line.replace(str(path), "b.toml") for line in str(found.value).splitlines()]


def test_units_sections_and_layers_are_read(tmp_path: Path) -> None:
    (tmp_path / "b.toml").write_text(
        """
        schema = 1
        [budget]
        chip = "loihi2"
        estimate = "nominal"
        strict = true
        [budget.resources]
        cores = 64
        neurons_per_core = "95 %"
        synapse_bytes_per_core = 100_000
        [budget.energy]
        energy_total_j = "40 uJ"
        energy_static_j = 4e-5
        [budget.accuracy]
        accuracy = 0.95
        [budget.layers."fc.1"]
        synops_hw = 1000
        """
    )
    budget = read_budget(tmp_path / "b.toml")
    assert (budget.chip, budget.estimate, budget.strict) == ("loihi2", Estimate.NOMINAL, True)
    assert budget.limits == (
        Limit(name="cores", value=64.0),
        Limit(name="neurons_per_core", value=0.95, per_core=True, share=True),
        Limit(name="synapse_bytes_per_core", value=100000.0, per_core=True),
        Limit(name="energy_total_j", value=40e-6),
        Limit(name="energy_static_j", value=40e-6),
        Limit(name="accuracy", value=0.95),
        Limit(name="synops_hw", value=1000.0, layer="fc.1"),
    )


def test_unsaid_is_cautious_and_lenient(tmp_path: Path) -> None:
    (tmp_path / "b.toml").write_text("[budget]")
    budget = read_budget(tmp_path / "b.toml")
    assert (budget.limits, budget.estimate, budget.strict) == ((), Estimate.HIGH, False)


def test_every_mistake_is_named_by_its_path(tmp_path: Path) -> None:
    assert refused(
        tmp_path / "b.toml",
        """
        budgets = 3
        [budget]
        estimate = "max"
        strict = 1
        [budget.energy]
        energy_totl_j = "40 uJ"
        latency_s = 3
        energy_total_j = "40 ms"
        [budget.activity]
        input_events = 3
        [budget.resources]
        neurons_per_core = "x %"
        [budget.layers.fc1]
        synops_h = 3
        [budget.enrgy]
        """,
    ) == [
        "ND2702: b.toml: budget.estimate: 'max': expected 'low', 'nominal' or 'high'",
        "ND2702: b.toml: budget.strict: 1: expected a valid boolean",
        "ND2702: b.toml: budget.resources.neurons_per_core: 'x %': expected a number of pieces, "
        'or a share such as "90 %"',
        "ND2702: b.toml: budget.energy.energy_total_j: '40 ms': has the unit 'ms'; expected a "
        'finite number of J, or a text such as "40 uJ"',
        "ND2702: b.toml: budget.energy.energy_totl_j: no such name; did you mean energy_total_j?",
        "ND2702: b.toml: budget.energy.latency_s: no such name here; it stands in [budget.latency]",
        "ND2702: b.toml: budget.activity.input_events: 3: is a property of the input, neither "
        "high nor low is better: no limit",
        "ND2702: b.toml: budget.layers.fc1.synops_h: no such name; did you mean synops_hw?",
        "ND2702: b.toml: budget.enrgy: no such name; did you mean energy?",
        "ND2702: b.toml: budgets: no such name; did you mean budget?",
    ]


def test_names_with_units_are_answered_by_the_entry_to_write(tmp_path: Path) -> None:
    assert refused(
        tmp_path / "b.toml",
        """
        [budget.resources]
        core_neurons_util = 0.95
        [budget.latency]
        p99_us = 900
        neurons_per_core = 3
        [budget.energy]
        edp_nj_s = "60"
        [budget.activity]
        synops_per_inference = 1.0e6
        synops_busiest_core_hz = "10 MHz"
        """,
    ) == [
        "ND2702: b.toml: budget.resources.core_neurons_util: no such name; write neurons_per_core "
        '= "95 %" in [budget.resources]',
        'ND2702: b.toml: budget.latency.p99_us: no such name; write latency_p99_s = "900 us" in '
        "[budget.latency]",
        "ND2702: b.toml: budget.latency.neurons_per_core: no such name here; it stands in "
        "[budget.resources]",
        "ND2702: b.toml: budget.energy.edp_nj_s: no such name; write edp_j_s in [budget.energy]",
        "ND2702: b.toml: budget.activity.synops_per_inference: no such name; write synops_hw = "
        "1000000 in [budget.activity]",
        "ND2702: b.toml: budget.activity.synops_busiest_core_hz: no such name here; it stands in "
        "[budget.resources]",
    ]


def test_every_other_name_leads_to_one_that_is_read(tmp_path: Path) -> None:
    path = tmp_path / "b.toml"
    for name in OTHER_NAMES:
        found = as_registered(name, 0.5)
        assert found is not None
        registered, entry = found
        section = "resources" if registered in PER_CORE else section_of(registered).value
        path.write_text(f"[budget.{section}]\n{entry}\n")
        assert [limit.name for limit in read_budget(path).limits] == [registered]


def test_what_is_no_toml_is_refused(tmp_path: Path) -> None:
    assert refused(tmp_path / "b.toml", "[budget\n") == [
        "ND2701: b.toml: not TOML (Expected ']' at the end of a table declaration "
        "(at line 1, column 8)); mend that line"
    ]


def test_absent_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError) as found:
        read_budget(tmp_path / "absent.toml")
    where = tmp_path / "absent.toml"
    assert str(found.value) == f"ND2701: {where}: cannot be read (No such file or directory)"


def test_schema_states_units_and_directions() -> None:
    energy = json_schema()["$defs"]["Energy"]
    assert energy["additionalProperties"] is False
    total = energy["properties"]["energy_total_j"]
    assert total["description"] == "energy of one inference, all known components; at most, in J"
    accuracy = json_schema()["$defs"]["Accuracy"]["properties"]["accuracy"]
    assert "at least" in accuracy["description"]


def test_shares_of_the_network_before_are_read_as_parts_or_per_cent(tmp_path: Path) -> None:
    (tmp_path / "b.toml").write_text(
        '[budget.compression]\nconnectivity = "2.5 %"\nsynops_hw = 0.4\n'
    )
    budget = read_budget(tmp_path / "b.toml")
    assert budget.limits == ()
    assert budget.shares == (
        Share(name="connectivity", value=0.025),
        Share(name="synops_hw", value=0.4),
    )
    assert budget.shares[0].path == "compression.connectivity"


def test_a_share_is_a_part_and_of_what_should_be_small(tmp_path: Path) -> None:
    text = '[budget.compression]\nconnectivity = 10\nsynops_hw = "no"\naccuracy = 0.9\n'
    assert refused(tmp_path / "b.toml", text) == [
        "ND2702: b.toml: budget.compression.connectivity: 10: expected a share above 0 and at most "
        '1, such as 0.1 or "10 %"',
        "ND2702: b.toml: budget.compression.synops_hw: 'no': expected a share above 0 and at most "
        '1, such as 0.1 or "10 %"',
        "ND2702: b.toml: budget.compression.accuracy: no such name here; it stands in "
        "[budget.accuracy]",
    ]
