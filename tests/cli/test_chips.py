"""Pages of the user's own: every mistake named, the schema printed."""

import json
from pathlib import Path

import numpy as np
import pytest
from support.cli import run_cli

from neurodeploy.frontends.demo import DEMO_NETWORK
from neurodeploy.hardware.toml_file import CHIPS


def test_check_names_every_mistake_with_its_path_and_the_nearest_key(tmp_path: Path) -> None:
    page = (CHIPS / "speck2.toml").read_text()
    mine = tmp_path / "mine.toml"
    mine.write_text(
        page.replace("neurons_per_core = { value = 65536", "neuron_per_core = { value = 65536", 1)
        .replace("barrier = ", "barier = ")
        .replace('unit = "M/s"', 'unit = "MHz"', 1)
    )
    result = run_cli("chips", "check", mine)
    assert result.code == 2
    text = " ".join(result.err.replace(str(mine), "mine.toml").split())
    for line in (
        "error[ND2502]: mine.toml: limits.neuron_per_core: there is no such key; did you mean "
        "'neurons_per_core'?",
        "error[ND2502]: mine.toml: limits.synops_per_s_per_core: unit 'MHz' is none of 1/s, k/s, "
        "M/s, G/s",
        "error[ND2502]: mine.toml: energy.barrier: Field required",
        "error[ND2502]: mine.toml: energy.barier: there is no such key; did you mean 'barrier'?",
    ):
        assert line in text
    assert text.count("error[") == 4


@pytest.mark.parametrize("name", ["loihi1", "speck2", "ideal"])
def test_check_counts_every_figure_of_the_page_once(name: str) -> None:
    document = json.loads(run_cli("chips", "check", name, "--json").out)
    shown = json.loads(run_cli("chips", "show", name, "--json").out)
    by_table = {k["table"]: k["known"] + k["assumed"] + k["unknown"] for k in document["knowledge"]}
    assert by_table["energy"] == len(shown["energy_j"])
    assert by_table["latency"] == len(shown["latency_s"])
    assert by_table["sync"] == len(shown["sync_s"])
    assert by_table.get("limits", 0) == len(shown["limits"])
    own = sum(len(limits) for _, limits in shown["core_limits"])
    assert by_table.get("core_limits", 0) == own


@pytest.mark.parametrize("form", [(), ("--json",)], ids=["text", "json"])
def test_profile_that_a_chip_would_stall_on_writes_its_report_and_ends_with_1(
    tmp_path: Path, form: tuple[str, ...]
) -> None:
    np.savez(tmp_path / "x.npz", x=np.ones((1, 10, 64)))
    (tmp_path / "model.nir").write_bytes(DEMO_NETWORK.read_bytes())
    arguments = ("profile", tmp_path / "model.nir", "--data", tmp_path / "x.npz", "--chip")
    calm = run_cli(*arguments, "speck2", *form)
    assert calm.code == 0
    result = run_cli(*arguments, "speck2", "--dt", "1e-6", "-o", tmp_path / "report", *form)
    assert result.code == 1
    assert "error[ND1501]: speck2: core 0 with 'hidden':" in result.err
    report = json.loads((tmp_path / "report" / "report.json").read_text())
    assert report["metrics"]["synops_busiest_core_hz"]["value"] > 100e6
    (failure,) = report["failures"]
    assert failure.endswith("or the time step longer")


def test_schema_is_one_json_document() -> None:
    schema = json.loads(run_cli("chips", "schema").out)
    assert set(schema["required"]) >= {"name", "schema", "energy", "sources"}


def test_new_page_is_not_written_over_another(tmp_path: Path) -> None:
    page = tmp_path / "mine.toml"
    assert run_cli("chips", "new", "mine", "-o", page).code == 0
    result = run_cli("chips", "new", "mine", "-o", page)
    assert result.code == 2
    assert "ND2504" in result.err
