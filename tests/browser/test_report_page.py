"""The HTML report in a real browser: true figures, no network, no error, readable by everyone."""

import dataclasses
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page
from support.page_figures import agrees, at, unit_at
from support.reports import SIZES, report_of

from neurodeploy.regression import Budget, Limit
from neurodeploy.report.metric import Basis
from neurodeploy.report.neurobench import NeuroBench
from neurodeploy.report.render.words import si
from neurodeploy.toolchain import write_page

Open = Callable[..., Page]

FIGURES = """() => [...document.querySelectorAll("[data-metric]")].map(
    e => [e.dataset.metric, e.textContent, e.dataset.as ?? ""])"""
UNFOLD = """() => document.querySelectorAll("details").forEach(e => e.open = true)"""


def busy(core: dict[str, Any]) -> float:
    """Return the longer of two working times, or the operations where there are no times."""
    times = core["time"]
    return float(max(times.values()) if times else core["synops_hw"]["value"])


@pytest.fixture(scope="module", params=SIZES)
def written(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp(request.param)
    report = report_of(request.param)
    report.to_json(folder / "report.json")
    report.to_html(folder / "report.html")
    return folder


@pytest.fixture
def open_page(browser: Browser, written: Path) -> Iterator[Open]:
    contexts = []

    def open_(width: int = 1200, scheme: Any = "light") -> Page:
        context = browser.new_context(
            viewport={"width": width, "height": 900}, color_scheme=scheme, offline=True
        )
        contexts.append(context)
        page = context.new_page()
        seen: list[str] = []
        page.on("request", lambda request: seen.append(request.url))
        page.on("console", lambda message: seen.append(message.text))
        page.on("pageerror", lambda error: seen.append(str(error)))
        address = (written / "report.html").as_uri()
        page.goto(address, wait_until="load")
        assert seen == [address]
        return page

    yield open_
    for context in contexts:
        context.close()


def test_every_figure_is_the_one_in_the_json(open_page: Open, written: Path) -> None:
    document = json.loads((written / "report.json").read_text())
    figures = open_page().evaluate(FIGURES)
    wrong = [
        (path, text, at(document, path))
        for path, text, kind in figures
        if not agrees(text, at(document, path), unit_at(document, path), percent=kind == "percent")
    ]
    assert not wrong


def test_no_figure_of_network_layers_and_samples_is_left_out(
    open_page: Open, written: Path
) -> None:
    document = json.loads((written / "report.json").read_text())
    shown = {path for path, _, _ in open_page().evaluate(FIGURES)}
    wanted = {f"metrics.{name}.{end}" for name in document["metrics"] for end in ("value", "low")}
    for k, _ in enumerate(document["layers"]):
        names = ("synops_hw", "synops_effective", "spikes", "energy_dynamic_j", "dead_neurons")
        wanted |= {f"layers.{k}.{name}.value" for name in names}
        wanted |= {f"layers.{k}.quantisation.weight_error"}
    for k, _ in enumerate(document["distributions"]):
        wanted |= {f"distributions.{k}.{name}" for name in ("least", "mean")}
    for k, _ in enumerate(document["bottlenecks"][:8]):
        wanted |= {f"bottlenecks.{k}.share"}
    for k, core in enumerate(document["cores"]):
        wanted |= {f"cores.{k}.usage.{name}.used" for name in core["usage"]}
    assert wanted <= shown


def test_map_shows_the_load_of_every_core(open_page: Open, written: Path) -> None:
    document = json.loads((written / "report.json").read_text())
    labels = open_page().evaluate(
        """() => [...document.querySelectorAll(".map .core")].map(
            e => [...e.querySelectorAll("text")].map(t => Number(t.textContent)))"""
    )
    work = {core["core"]: busy(core) for core in document["cores"]}
    assert len(labels) == len(work)
    assert dict(labels) == {
        core: pytest.approx(100 * value / max(work.values()), abs=0.5001)
        for core, value in work.items()
    }


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_page_is_accessible(open_page: Open, scheme: str) -> None:
    page = open_page(scheme=scheme)
    page.evaluate(UNFOLD)
    violations = Axe().run(page).response["violations"]
    assert not [(v["id"], v["help"], [n["html"] for n in v["nodes"]][:3]) for v in violations]


@pytest.mark.parametrize("width", [320, 768, 1600])
def test_page_never_scrolls_sideways(open_page: Open, width: int) -> None:
    page = open_page(width=width)
    page.evaluate(UNFOLD)
    assert page.evaluate("document.documentElement.scrollWidth") == width


def test_failures_and_measured_figures_stand_on_the_page(browser: Browser, tmp_path: Path) -> None:
    report = report_of("one_core")
    modelled = report.metrics["power_w"]
    measured = dataclasses.replace(modelled, value=0.11, basis=Basis.MEASURED, source="rig.txt")
    failing = dataclasses.replace(
        report, failures=("core 0 would stall",), measured={"power_w": measured}
    )
    failing.to_html(tmp_path / "report.html")
    page = browser.new_page()
    page.goto((tmp_path / "report.html").as_uri())
    assert page.inner_text("#verdict-title") == "✗ Placed on loihi2, and fails there"
    assert "Fails: core 0 would stall" in page.inner_text("#verdict")
    row = page.inner_text("#measured tbody tr")
    assert row.split("\t") == [
        "power",
        *(si(value, "W") for value in (0.11, modelled.value, modelled.low, modelled.high)),
        "rig.txt",
    ]
    page.close()


def test_verdict_and_neurobench_stand_on_the_page(browser: Browser, tmp_path: Path) -> None:
    block = {
        "Footprint": 96,
        "ConnectionSparsity": 0.0168,
        "ActivationSparsity": 0.9,
        "SynapticOperations": {"Effective_MACs": 0.0, "Effective_ACs": 12.5, "Dense": 40.0},
        "MembraneUpdates": 7.0,
    }
    counts = NeuroBench(n_samples=2, as_trained=None, as_deployed=block, notes=("by its rules",))
    report = dataclasses.replace(report_of("one_core"), neurobench=counts)
    report.to_json(tmp_path / "report.json")
    limits = (Limit(name="spikes", value=1.0), Limit(name="synops_hw", value=1e9))
    write_page(report, tmp_path / "report.html", Budget(limits=limits))
    page = browser.new_page()
    page.goto((tmp_path / "report.html").as_uri())
    assert page.inner_text("main h2 >> nth=0") == "✗ FAILED: 1 of 2 lines"
    assert page.inner_text("#gate .fail").startswith("spikes is ")
    page.evaluate(UNFOLD)
    rows = [row.split("\t")[:2] for row in page.locator("#gate tbody tr").all_inner_texts()]
    assert rows == [["spikes", "FAIL"], ["synops_hw", "ok"]]
    found = [row.split("\t") for row in page.locator("#neurobench tbody tr").all_inner_texts()]
    assert found[1] == ["ConnectionSparsity", "", "0.0168"]
    assert found[4] == ["Effective ACs", "", "12.5"]
    assert "by its rules" in page.inner_text("#neurobench")
    document = json.loads((tmp_path / "report.json").read_text())
    for path, text, _ in page.evaluate(FIGURES):
        if path.startswith("neurobench"):
            assert agrees(text, at(document, path), "1", percent=False)
    assert not Axe().run(page).response["violations"]
    page.close()


def test_provenance_shows_on_keyboard_focus(open_page: Open) -> None:
    page = open_page()
    after = """() => {
        const e = document.activeElement;
        return [e.dataset.metric, getComputedStyle(e, "::after").content]}"""
    for _ in range(40):
        page.keyboard.press("Tab")
        path, content = page.evaluate(after)
        if path == "metrics.energy_total_j.value":
            break
    assert path == "metrics.energy_total_j.value"
    for word in ("modelled", " to ", "evidence: ", "source: "):
        assert word in content


def test_print_shows_what_is_folded(open_page: Open) -> None:
    page = open_page()
    visible = """() => [...document.querySelectorAll("details > :not(summary)")].map(
        e => e.checkVisibility())"""
    assert not any(page.evaluate(visible))
    page.emulate_media(media="print")
    assert all(page.evaluate(visible))
