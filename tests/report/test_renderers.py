"""No renderer prints a modelled figure without its low and high end and its source.

Every modelled figure of a report is replaced by one whose three numbers and whose source occur
nowhere else; what a renderer prints of it then shows.
"""

import dataclasses
import importlib.util
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from support.deploy import deployed, stimulus_of
from support.models import dense_if_model, input_spikes
from support.renderers import RENDERERS

from neurodeploy import toolchain
from neurodeploy.hardware.toml_file import chip_names, load_chip
from neurodeploy.report.metric import Basis, Metric
from neurodeploy.report.report import Report

MANTISSAS = [f"{k / 100:.2f}" for k in range(101, 1000) if k % 10]


def report_on(chip: str) -> Report:
    rng = np.random.default_rng(3)
    deployment = deployed(dense_if_model(rng, sizes=(20, 30, 10)), chip=chip)
    stimulus = stimulus_of(deployment, input_spikes(rng, 5, 12, (20,)))
    labelled = dataclasses.replace(stimulus, labels=np.zeros(5, np.int64))
    return toolchain.profile(deployment, labelled)


def marked(value: Any, numbers: Iterator[list[str]], found: list[Metric]) -> Any:
    """Return `value` with every modelled Metric in it replaced by one that is known anywhere."""
    if isinstance(value, Metric):
        return value if value.basis is not Basis.MODELLED else _marked(value, numbers, found)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        fields = {f.name: getattr(value, f.name) for f in dataclasses.fields(value)}
        new = {name: marked(part, numbers, found) for name, part in fields.items()}
        return dataclasses.replace(value, **new)
    if isinstance(value, Mapping):
        return {name: marked(part, numbers, found) for name, part in value.items()}
    if isinstance(value, tuple):
        return tuple(marked(part, numbers, found) for part in value)
    return value


def _marked(metric: Metric, numbers: Iterator[list[str]], found: list[Metric]) -> Metric:
    power = "" if metric.unit == "1" else "e-06"
    low, value, high = (float(number + power) for number in next(numbers))
    name = f"origin-{len(found)}-end"
    note = f"evidence: assumed; lower bound, missing: term-{len(found)}-end"
    new = dataclasses.replace(metric, low=low, value=value, high=high, source=name, note=note)
    found.append(new)
    return new


def shown(number: float, text: str) -> bool:
    digits = re.escape(f"{number if number >= 1 else number * 1e6:.2f}")
    return re.search(rf"(?<![\d.]){digits}(?!\d)", text) is not None


@pytest.mark.parametrize("renderer", RENDERERS)
def test_no_modelled_figure_without_interval_and_source(renderer: str, tmp_path: Path) -> None:
    found: list[Metric] = []
    numbers = (MANTISSAS[k : k + 3] for k in range(0, len(MANTISSAS), 3))
    report = marked(report_on("loihi2"), numbers, found)
    text = RENDERERS[renderer](report, tmp_path)
    printed = [m for m in found if any(shown(end, text) for end in (m.low, m.value, m.high))]
    assert printed
    for metric in printed:
        whole = [shown(end, text) for end in (metric.low, metric.value, metric.high)]
        assert whole == [True, True, True], metric
        assert metric.source in text, metric


@pytest.mark.parametrize("renderer", RENDERERS)
def test_a_total_says_its_grade_and_what_it_lacks(renderer: str, tmp_path: Path) -> None:
    report = report_on("loihi2")
    text = RENDERERS[renderer](report, tmp_path)
    note = report.metrics["energy_total_j"].note
    assert note.startswith("evidence: assumed; lower bound, missing: spike_out, axon_in, ")
    assert note in text
    assert report.missing
    for term in report.missing:
        assert term in text


@pytest.mark.parametrize("renderer", RENDERERS)
def test_an_unknown_figure_is_no_zero(renderer: str, tmp_path: Path) -> None:
    text = RENDERERS[renderer](report_on("ideal"), tmp_path)
    assert re.search(r"(?<![\d.])0 [pnum]?[JW]\b", text) is None


def test_the_readme_names_the_source_of_a_chip_s_energy() -> None:
    path = Path(__file__).resolve().parents[2] / "tools" / "readme.py"
    spec = importlib.util.spec_from_file_location("readme", path)
    assert spec is not None
    assert spec.loader is not None
    readme = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(readme)
    rows = {row.split("`")[1]: row for row in readme.chips().splitlines() if "`" in row}
    for name in chip_names():
        quantity = load_chip(name).energy_j["synapse_dense"]
        if quantity.known:
            assert quantity.source in rows[name]
            assert " to " in rows[name]
        else:
            assert "unknown" in rows[name]
