"""What `--fail-on` says, and what it cannot say."""

import pytest

from neurodeploy.errors import InputError
from neurodeploy.regression import Rule, parse_rules
from neurodeploy.regression.rule import default_rule
from neurodeploy.report.metric import Basis


def rule(text: str) -> Rule:
    return parse_rules((text,))[0]


@pytest.mark.parametrize(
    ("text", "before", "allowed", "refused"),
    [
        ("energy_total_j=+2%", 100.0, [0.0, 102.0], [102.1]),
        ("accuracy=-1%", 0.9, [0.891, 1.0], [0.89]),
        ("synops_hw=+0", 100.0, [0.0, 100.0], [100.25]),
        ("synops_hw=0", 100.0, [100.0], [99.75, 100.25]),
        ("synops_hw=5%", 100.0, [95.0, 105.0], [94.0, 106.0]),
        ("spikes=+3", 10.0, [0.0, 13.0], [13.5]),
        ("latency_s=+1us", 1e-5, [0.0, 1.1e-5], [1.11e-5]),
        ("latency_s=+1e-6", 1e-5, [1.1e-5], [1.11e-5]),
        ("throughput_hz=-1 kHz", 5e3, [4e3, 9e3], [3.9e3]),
    ],
)
def test_tolerance(text: str, before: float, allowed: list[float], refused: list[float]) -> None:
    found = rule(text)
    assert [found.allows(before, now) for now in allowed] == [True] * len(allowed)
    assert [found.allows(before, now) for now in refused] == [False] * len(refused)


def test_layer_may_have_dots_in_its_name() -> None:
    found = rule("layers.block.1.fc.synops_hw=+0")
    assert (found.layer, found.name) == ("block.1.fc", "synops_hw")


def test_all_that_cannot_be_understood_is_said_at_once() -> None:
    with pytest.raises(InputError) as found:
        parse_rules(
            (
                "synops_hw",
                "synops=+0",
                "accuracy=+0",
                "energy_total_j=-1%",
                "energy_total_j=+1 ms",
                "spikes=+-3",
                "layers..spikes=+0",
                "modelled=+1",
                "exact=-0",
            )
        )
    assert str(found.value).splitlines() == [
        "ND2704: --fail-on synops_hw: expected NAME=TOLERANCE, e.g. energy_total_j=+2%",
        "ND2704: --fail-on synops=+0: no metric is called 'synops'; did you mean synops_hw?",
        "ND2704: --fail-on accuracy=+0: +0 would fail when it improves; write -0 for the other "
        "direction, or 0 for any change",
        "ND2704: --fail-on energy_total_j=-1%: -1% would fail when it improves; write +1% for the "
        "other direction, or 1% for any change",
        "ND2704: --fail-on energy_total_j=+1 ms: the tolerance has the unit 'ms'; expected a "
        'finite number of J, or a text such as "40 uJ"',
        "ND2704: --fail-on spikes=+-3: the tolerance has two signs; give one",
        "ND2704: --fail-on layers..spikes=+0: names no layer; expected layers.LAYER.METRIC",
        "ND2704: --fail-on modelled=+1: modelled metrics have many units; give a share such as "
        "+2%, or 0",
        "ND2704: --fail-on exact=-0: -0 would fail when it improves; write +0 for the other "
        "direction, or 0 for any change",
    ]


def test_defaults_hold_counts_exactly_and_models_to_one_percent() -> None:
    assert default_rule("synops_hw", Basis.EXACT).text == "0"
    assert default_rule("accuracy", Basis.EXACT).text == "-0"
    assert default_rule("energy_total_j", Basis.MODELLED).text == "+1%"
    assert default_rule("throughput_hz", Basis.MODELLED).text == "-1%"
    assert not default_rule("input_events", Basis.EXACT).allows(1.0, 2.0)
    assert not default_rule("synops_hw", Basis.EXACT).allows(2.0, 1.0)
