"""The pytest plugin: profile a network in a test, and hold it against a budget or a baseline.

It comes with neurodeploy; pytest finds it by itself. Nothing but pytest is imported before a test
asks for one of its fixtures.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from neurodeploy.deployment.deployment import Deployment
    from neurodeploy.frontends.samples import Encoding
    from neurodeploy.model import Model
    from neurodeploy.regression import Budget, Verdict
    from neurodeploy.report.report import Report

FOLDER = "baselines"
"""Where the baselines of a test file lie, beside it."""

_UPDATE = "--neurodeploy-update-baseline"


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the option that rewrites baselines."""
    parser.getgroup("neurodeploy").addoption(
        _UPDATE,
        action="store_true",
        help="Rewrite the baselines of assert_no_regression; review the diff.",
    )


@pytest.fixture
def neurodeploy_profile(request: pytest.FixtureRequest) -> Callable[..., Report]:
    """Return ``profile(network, data, labels=None, chip=..., ...) -> Report``.

    `network` is a Model, a Deployment, or the path of a network's file or deployment folder;
    `data` an array or the path of an `.npz`. Relative paths start at the test's folder.
    """

    def profile(
        network: Model | Deployment | str | Path,
        data: NDArray[Any] | str | Path,
        labels: NDArray[Any] | None = None,
        *,
        target: str = "cpu-emu",
        chip: str | None = None,
        encoding: Encoding | None = None,
    ) -> Report:
        from neurodeploy import toolchain
        from neurodeploy.deployment.deployment import Deployment
        from neurodeploy.frontends.samples import samples_of
        from neurodeploy.model.nir_file import Conventions

        if isinstance(data, str | Path):
            samples = toolchain.read_samples(_beside(request, data))
        else:
            samples = samples_of(data, labels, "the test's array")
        options = toolchain.CompileOptions(chip=chip)
        if isinstance(network, str | Path):
            path = _beside(request, network)
            conventions = Conventions()
            deployment, _ = toolchain.deployment_at(
                path, target, options, conventions, samples, encoding
            )
        elif isinstance(network, Deployment):
            deployment = network
        else:
            deployment = toolchain.compile_network(network, target, options)
        stimulus = toolchain.stimulus_of(deployment, samples, encoding)
        return toolchain.profile(deployment, stimulus)

    return profile


@pytest.fixture
def assert_within_budget(request: pytest.FixtureRequest) -> Callable[..., None]:
    """Return ``assert_within_budget(report, budget)``; `budget` is one, or a ``budget.toml``."""

    def hold(report: Report, budget: Budget | str | Path) -> None:
        from neurodeploy import toolchain

        given = _beside(request, budget) if isinstance(budget, str | Path) else budget
        _fail_unless_passed(toolchain.check(report, given), "the budget")

    return hold


@pytest.fixture
def assert_no_regression(request: pytest.FixtureRequest) -> Callable[..., None]:
    """Return ``assert_no_regression(report, name, fail_on=())``.

    The baseline is ``baselines/NAME.json`` beside the test; `fail_on` has rules such as
    ``energy_total_j=+2%``, without any no figure may worsen.
    """

    def hold(report: Report, name: str, fail_on: tuple[str, ...] = ()) -> None:
        from neurodeploy import toolchain
        from neurodeploy.report.json_file import write_report

        path = _baseline(request, name)
        if request.config.getoption(_UPDATE):
            write_report(report, path)
        if not path.is_file():
            pytest.fail(f"{path}: no such baseline; pytest {_UPDATE} makes it", pytrace=False)
        verdict = toolchain.check(report, baseline=path, fail_on=fail_on)
        _fail_unless_passed(verdict, f"the baseline {path.name}; if it is meant, pytest {_UPDATE}")

    return hold


def _baseline(request: pytest.FixtureRequest, name: str) -> Path:
    if not re.fullmatch(r"[A-Za-z0-9._-]+", name):
        pytest.fail(f"{name!r} cannot name a file; use letters, digits, '.', '_', '-'")
    return request.path.parent / FOLDER / f"{name}.json"


def _beside(request: pytest.FixtureRequest, path: str | Path) -> Path:
    return request.path.parent / path


def _fail_unless_passed(verdict: Verdict, against: str) -> None:
    from neurodeploy.regression import words

    if not verdict.passed:
        lines = [*verdict.notes, *(words.line(verdict, finding) for finding in verdict.failures)]
        told = "\n".join(f"  {line}" for line in lines)
        pytest.fail(f"the network does not keep {against}:\n{told}", pytrace=False)
