"""The pytest plugin, tried out by pytest itself: growth fails a test and names the layer."""

import subprocess
import sys
import tomllib
from pathlib import Path

import numpy as np
import pytest
from support.gate import denser, lower_threshold, network, stimulus

from neurodeploy import toolchain

ROOT = Path(__file__).resolve().parents[1]
HEAVY = ("numpy", "pydantic", "h5py", "numba", "torch", "sklearn", "typer", "rich")
PLUGIN = ("-p", "neurodeploy.pytest_plugin", "-p", "no:cacheprovider")

TESTS = """\
import numpy as np
import neurodeploy


def test_budget(neurodeploy_profile, assert_within_budget):
    assert_within_budget(neurodeploy_profile("model.nir", "test.npz"), "budget.toml")


def test_baseline(neurodeploy_profile, assert_no_regression):
    report = neurodeploy_profile("model.nir", "test.npz", chip="loihi2")
    assert_no_regression(report, "small")
    assert_no_regression(report, "small", fail_on=("exact=0", "modelled=0"))


def test_nouns(neurodeploy_profile, assert_no_regression):
    with np.load("test.npz") as data:
        x, y = data["x"], data["y"]
    model = neurodeploy.load("model.nir")
    deployment = neurodeploy.compile(model)
    reports = [neurodeploy_profile(network, x, y) for network in (model, deployment)]
    for report in reports:
        assert_no_regression(report, "small")
"""


@pytest.fixture
def suite(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> pytest.Pytester:
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    path = [str(ROOT), str(ROOT / "targets")]
    monkeypatch.setenv("PYTHONPATH", ":".join(path))
    x, y = stimulus()
    np.savez(pytester.path / "test.npz", x=x, y=y)
    toolchain.write_nir(network(), pytester.path / "model.nir")
    (pytester.path / "budget.toml").write_text("[budget.layers.fc2]\nspikes = 50\n")
    (pytester.path / "test_network.py").write_text(TESTS)
    return pytester


def test_growth_fails_and_the_message_names_the_layer(suite: pytest.Pytester) -> None:
    first = suite.runpytest_subprocess(*PLUGIN)
    first.assert_outcomes(passed=1, failed=2)
    first.stdout.fnmatch_lines(
        ["*baselines/small.json: no such baseline; pytest --neurodeploy-update-baseline makes it"]
    )
    suite.runpytest_subprocess(*PLUGIN, "--neurodeploy-update-baseline").assert_outcomes(passed=3)
    baseline = suite.path / "baselines" / "small.json"
    before = baseline.read_bytes()
    suite.runpytest_subprocess(*PLUGIN).assert_outcomes(passed=3)

    toolchain.write_nir(lower_threshold(network(), "fc2"), suite.path / "model.nir")
    grown = suite.runpytest_subprocess(*PLUGIN)
    grown.assert_outcomes(failed=3)
    grown.stdout.fnmatch_lines(
        [
            "the network does not keep the budget:",
            "  layers.fc2.spikes is 63.75, allowed <= 50; binding: layer 'fc2'; counted, exact",
            "the network does not keep the baseline small.json; if it is meant, pytest "
            "--neurodeploy-update-baseline:",
            "*spikes went 131 -> 158.7 (+21.1 %), allowed 0; binding: layer 'fc1', 58 %; "
            "layer 'fc2': spikes 37.58 -> 63.75 (+69.6 %), 95 % of the change",
        ]
    )
    assert baseline.read_bytes() == before
    suite.runpytest_subprocess(
        *PLUGIN, "--neurodeploy-update-baseline", "-k", "baseline"
    ).assert_outcomes(passed=1, deselected=2)
    assert baseline.read_bytes() != before


def test_denser_layer_is_named(suite: pytest.Pytester) -> None:
    only = (*PLUGIN, "-k", "test_baseline")
    suite.runpytest_subprocess(*only, "--neurodeploy-update-baseline").assert_outcomes(
        passed=1, deselected=2
    )
    toolchain.write_nir(denser(network(), "w3"), suite.path / "model.nir")
    suite.runpytest_subprocess(*only).stdout.fnmatch_lines(
        ["*synops_effective went *; layer 'fc3': synops_effective *"]
    )


def test_plugin_imports_nothing_heavy(tmp_path: Path) -> None:
    """Pytest loads plugins by its own importer, so the modules are counted, not logged."""
    script = f"import sys, pytest; pytest.main([*{PLUGIN}, '--help']); print(*sorted(sys.modules))"
    shown = subprocess.run(
        [sys.executable, "-c", script],
        capture_output=True,
        text=True,
        check=True,
        cwd=tmp_path,
        env={"PYTHONPATH": f"{ROOT}:{ROOT / 'targets'}", "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},
    ).stdout
    modules = shown.splitlines()[-1].split()
    assert "neurodeploy.pytest_plugin" in modules
    assert not {name.partition(".")[0] for name in modules} & set(HEAVY)


def test_pytest_finds_the_plugin_by_its_entry_point() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert project["entry-points"]["pytest11"] == {"neurodeploy": "neurodeploy.pytest_plugin"}
