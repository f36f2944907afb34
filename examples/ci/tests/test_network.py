"""The gate in pytest: neurodeploy's plugin brings these fixtures."""


def test_network_keeps_its_budget(neurodeploy_profile, assert_within_budget):
    report = neurodeploy_profile("../model.nir", "../test.npz")
    assert_within_budget(report, "../gate/budget.toml")


def test_network_is_no_worse_than_its_baseline(neurodeploy_profile, assert_no_regression):
    report = neurodeploy_profile("../model.nir", "../test.npz")
    assert_no_regression(report, "loudest")  # tests/baselines/loudest.json


def test_no_silent_layer(neurodeploy_profile):
    report = neurodeploy_profile("../model.nir", "../test.npz")
    assert report.metrics["dead_neurons"].value == 0
