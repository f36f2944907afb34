"""`attack`: what it prints and writes, on networks and on deployments, and what it refuses."""

import json
from pathlib import Path

import numpy as np
import pytest
from support.attacked import spiking_model
from support.cli import Result, run_cli
from support.golden_text import assert_golden

import neurodeploy
from neurodeploy import toolchain
from neurodeploy.audits.attacks.protocol_file import read_protocol
from neurodeploy.deployment.host import InputCoding
from neurodeploy.frontends.samples import Encoding

PROTOCOL = """
schema = 1
name = "tiny"
eps = 0.05
n_samples = 40

[[attack]]
method = "pgd"
steps = 3
members = ["triangular-1", "straight-through", "rate-path"]

[[attack]]
method = "square"
queries = 10

[[integers]]
method = "pgd"
steps = 2
members = ["triangular-1"]

[[battery]]
aim = "synops"
steps = 5

[[battery]]
aim = "steps"
steps = 5

[exits]
thresholds = [0.5, 0.9]

[masking]
n_samples = 20
few_steps = 2
many_steps = 6
queries = 20
members = ["triangular-1"]
"""
ATTACK = ("--data", "test.npz", "--encode", "direct", "--steps", "4", "--protocol", "p.toml")


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    Path("p.toml").write_text(PROTOCOL)
    model = spiking_model(1)
    toolchain.write_nir(model, Path("model.nir"))
    options = toolchain.CompileOptions(coding=InputCoding.INJECTED)
    toolchain.save(toolchain.compile_network(model, "cpu-emu", options), Path("build"))
    x = np.random.default_rng(0).random((60, 12))
    y = model.simulate(np.repeat(x[:, None], 4, axis=1)).predictions()
    np.savez("test.npz", x=x, y=y)
    return tmp_path


def attacked(path: str, *arguments: str) -> Result:
    return run_cli("attack", path, *ATTACK, *arguments)


@pytest.mark.parametrize(("name", "path"), [("attack", "model.nir"), ("attack_integers", "build")])
def test_text_of(request: pytest.FixtureRequest, here: Path, name: str, path: str) -> None:
    del here
    arguments = ("--alone",) if path == "model.nir" else ()
    result = attacked(path, *arguments)
    assert (result.code, result.err) == (0, "")
    text = "\n".join(line.rstrip() for line in result.out.splitlines()) + "\n"
    assert_golden(request, f"{name}.txt", text)


def test_what_is_written_is_what_is_printed(here: Path) -> None:
    result = attacked("model.nir", "--json", "-o", "out", "--html", "page.html")
    assert result.code == 0
    report = json.loads(result.out)
    assert report == json.loads((here / "out" / "attack.json").read_text())
    page = (here / "page.html").read_text()
    assert f"{100 * report['robust']['k'] / 40:.1f} %" in page
    assert "queries = 10" in page
    with np.load(here / "out" / "adversarial.npz") as arrays:
        x, y = arrays["x"], arrays["y"]
    assert x.shape == (40, 12)
    predicted = spiking_model(1).simulate(np.repeat(x[:, None], 4, axis=1)).predictions()
    assert int((predicted == y).sum()) == report["robust"]["k"]


def test_python_gives_what_the_command_line_prints(here: Path) -> None:
    printed = json.loads(attacked("build", "--json").out)
    deployment = neurodeploy.load_deployment(here / "build")
    with np.load(here / "test.npz") as arrays:
        x, y = arrays["x"], arrays["y"]
    direct = Encoding(coder="direct", n_steps=4)
    found = neurodeploy.attack(deployment, x, y, encoding=direct, protocol=here / "p.toml")
    assert found.report.deployed is not None
    assert found.report.deployed.robust.k == printed["deployed"]["robust"]["k"]
    network = neurodeploy.attack(
        spiking_model(1), x, y, encoding=direct, protocol=read_protocol(here / "p.toml")
    )
    assert network.report.deployed is None
    assert network.report.robust.k == printed["robust"]["k"]


def test_the_command_line_goes_over_the_protocol(here: Path) -> None:
    del here
    result = attacked("model.nir", "--json", "--eps", "0.1", "--samples", "10", "--seed", "3")
    protocol = json.loads(result.out)["protocol"]
    assert (protocol["eps"], protocol["n_samples"], protocol["seed"]) == (0.1, 10, 3)
    result = attacked("model.nir", "--eps", "7")
    assert result.code == 2
    assert result.err.splitlines()[0] == (
        "error[ND2854]: --protocol p.toml: eps: expected less than or equal to 1, found 7.0"
    )


def test_a_gate_fails_with_1(here: Path) -> None:
    del here
    passed, failed = (attacked("model.nir", "--fail-under", limit) for limit in ("0.01", "0.99"))
    assert passed.code == 0
    assert failed.code == 1
    assert failed.err.splitlines()[0].startswith("error[ND1851]: accuracy under attack is 0.")
    assert failed.err.splitlines()[0].endswith(", --fail-under 0.99")


def test_values_beyond_the_declared_range_widen_it_and_that_is_said(here: Path) -> None:
    with np.load(here / "test.npz") as arrays:
        np.savez("wide.npz", x=255 * arrays["x"].round(1), y=arrays["y"])
    result = run_cli("attack", "model.nir", "--data", "wide.npz", *ATTACK[2:])
    assert "assumed: input range 0..255, that of wide.npz" in result.out.splitlines()
    assert "eps 0.05 of the range 0 to 255" in result.out


def test_black_box_attacks_come_from_the_network_named(here: Path) -> None:
    toolchain.write_nir(spiking_model(7), here / "other.nir")
    text = 'schema = 1\nname = "b"\neps = 0.1\nn_samples = 20\n[[attack]]\nmethod = "transfer"\n'
    Path("p.toml").write_text(text + "steps = 3\n")
    result = attacked("model.nir", "--json", "--transfer-from", "other.nir")
    assert [row["name"] for row in json.loads(result.out)["attacks"]] == [
        "transfer from other.nir: pgd-3 ce triangular-1"
    ]
    alone = attacked("model.nir")
    assert (alone.code, alone.err.splitlines()[0]) == (
        2,
        "error[ND2855]: transfer: no other network was given; name one with --transfer-from",
    )


def test_a_deployment_has_a_range_of_its_own(here: Path) -> None:
    del here
    result = attacked("build", "--input-range", "0:2")
    assert (result.code, result.err.splitlines()[0]) == (
        2,
        "error[ND2601]: --input-range is for a network; the deployment has its own",
    )
