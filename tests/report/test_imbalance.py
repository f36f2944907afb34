"""The busiest core's operations, and how far they are from an even share."""

from support.gate import network, stimulus

from neurodeploy import toolchain
from neurodeploy.frontends.samples import samples_of
from neurodeploy.placement import Strategy
from neurodeploy.report.report import Report


def report(strategy: Strategy) -> Report:
    options = toolchain.CompileOptions(chip="loihi1-fitted", placement=strategy)
    deployment = toolchain.compile_network(network(), "cpu-emu", options)
    samples = samples_of(*stimulus(), "the test's array")
    return toolchain.profile(deployment, toolchain.stimulus_of(deployment, samples))


def test_one_core_is_even() -> None:
    found = report(Strategy.LAYER_ORDER).metrics
    assert found["cores"].value == found["imbalance"].value == 1
    assert found["synops_hw_busiest_core"].value == found["synops_hw"].value


def test_imbalance_is_the_largest_over_the_mean() -> None:
    found = report(Strategy.BALANCED)
    synops = [core.metrics["synops_hw"].value or 0.0 for core in found.cores]
    assert len(synops) > 1
    assert found.metrics["synops_hw_busiest_core"].value == max(synops)
    assert found.metrics["imbalance"].value == max(synops) / (sum(synops) / len(synops))
