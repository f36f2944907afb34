"""`convert --data-free`, `protect` and `leak`, as a user types them."""

import json
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import pytest
from support.cli import run_cli
from support.leaky import bars, spiking_twin, trained_ann

import neurodeploy
from neurodeploy import api
from neurodeploy.audits.leak import Attack, LeakOptions
from neurodeploy.methods.private import ProtectOptions, SynthesisOptions
from neurodeploy.model.model_file import write_model

SHORT = ("--per-class", 8, "--iterations", 20)


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    write_model(trained_ann(0), Path("ann"))
    write_model(trained_ann(1), Path("judge"))
    for name, seed in (("real", 5), ("public", 6)):
        samples = bars(120, seed)
        np.savez(f"{name}.npz", x=samples.x, y=samples.y)
    return tmp_path


def test_no_data_is_needed_to_convert(files: Path) -> None:
    run = run_cli("convert", "ann", "--data-free", "-o", "snn", *SHORT, "--json")
    assert run.code == 0, run.err
    said = json.loads(run.out)
    assert said["calibration"]["n_samples"] == 24
    assert list(said["beside"]) == ["noise"]
    again = run_cli("convert", "ann", "--data-free", "-o", "snn", *SHORT, "--data", "real.npz")
    assert again.code == 0, again.err
    assert "on noise" in again.out
    assert "on data" in again.out


def test_a_conversion_needs_data_or_none(files: Path) -> None:
    run = run_cli("convert", "ann", "-o", "snn")
    assert run.code == 2
    assert run.err.splitlines()[0] == (
        "error[ND2601]: give --data to calibrate on, or --data-free to make samples from the "
        "network"
    )


def test_a_protected_network_is_audited(files: Path) -> None:
    write_model(spiking_twin(0), Path("snn"))
    run = run_cli(
        "protect", "snn", "--teacher", "ann", "-o", "safe.nir", "--epochs", 1, "-T", 6, *SHORT,
        "--disguise",
    )  # fmt: skip
    assert run.code == 0, run.err
    assert "This is obfuscation, not cryptography" in run.out
    audit = run_cli(
        "leak", "safe.nir", "--judge", "judge", "--data", "real.npz", "-T", 6, "--attack",
        "rebuilt", "-o", "leak.html", "--json",
    )  # fmt: skip
    assert audit.code == 0, audit.err
    said = json.loads(audit.out)
    assert list(said["attacks"]) == ["rebuilt"]
    assert said["sentence"].startswith("This is obfuscation measured against these attacks")
    assert "data:image/png" in Path("leak.html").read_text()


def test_a_withheld_readout_is_a_file_of_its_own(files: Path) -> None:
    write_model(spiking_twin(0), Path("snn"))
    run = run_cli(
        "protect", "snn", "--teacher", "ann", "-o", "safe.nir", "--epochs", 0,
        "--withhold-readout", "key.npz",
    )  # fmt: skip
    assert run.code == 0, run.err
    with np.load("key.npz") as held:
        assert held["key"].shape == (3, 12)
    assert [p.name for p in api.load("safe.nir").populations] == ["conv", "fc"]
    audit = run_cli(
        "leak", "safe.nir", "--judge", "judge", "--data", "real.npz", "--public", "public.npz",
        "-T", 6,
    )  # fmt: skip
    assert audit.code == 2
    assert audit.err.splitlines()[0] == (
        "error[ND2874]: the network gives 12 values, the judge knows 3 classes: a readout is "
        "withheld, so rebuilt, spikes, inverter have no score to follow; name the attacks adaptive "
        "and labelling"
    )


def test_the_same_from_python() -> None:
    options = ProtectOptions(
        synthesis=SynthesisOptions(n_per_class=8, iterations=20), epochs=1, n_steps=4
    )
    safe = neurodeploy.protect(spiking_twin(0), trained_ann(0), options).model
    real, public = bars(80, 5), bars(80, 6)
    found = neurodeploy.leak(
        safe,
        trained_ann(1),
        real.x,
        real.y,
        public=(public.x, public.y),
        options=LeakOptions(attacks=(Attack.LABELLING,), n_steps=4),
    )
    assert [entry.attack for entry in found.recoveries] == [Attack.LABELLING]


def test_an_unknown_attack_is_refused(files: Path) -> None:
    write_model(spiking_twin(0), Path("snn"))
    run = run_cli("leak", "snn", "--judge", "judge", "--data", "real.npz", "--attack", "guess")
    assert run.code == 2
    assert run.err.splitlines()[0] == (
        "error[ND2601]: --attack is 'guess', allowed are rebuilt, spikes, inverter, adaptive, "
        "labelling"
    )


WATCHED = """
import sys
opened = []
sys.addaudithook(lambda event, a: opened.append(str(a[0])) if event == "open" else None)
from neurodeploy.cli.app import app
try:
    app(sys.argv[2:])
except SystemExit as end:
    code = end.code
with open(sys.argv[1], "w") as file:
    file.write("\\n".join(opened))
sys.exit(code)
"""


def test_neither_conversion_nor_protection_opens_training_data(files: Path) -> None:
    """The data are gone, and every file that the two commands open is recorded."""
    data = files / "training-data"
    data.mkdir()
    np.savez(data / "train.npz", x=bars(20).x, y=bars(20).y)
    (data / "train.npz").unlink()
    data.rmdir()
    for path in ("real.npz", "public.npz"):
        (files / path).unlink()
    commands = (
        ("convert", "ann", "--data-free", "-o", "snn"),
        ("protect", "snn", "--teacher", "ann", "-o", "safe", "--epochs", "1", "-T", "4"),
    )
    for command in commands:
        run = subprocess.run(
            [sys.executable, "-c", WATCHED, "opened.txt", *command, *map(str, SHORT)],
            capture_output=True,
            text=True,
            check=False,
        )
        assert run.returncode == 0, run.stderr
        opened = (files / "opened.txt").read_text().splitlines()
        ours = {Path(path).resolve() for path in opened if not path.isdigit()}
        inside = {path.relative_to(files) for path in ours if path.is_relative_to(files)}
        read = {path.parts[0] for path in inside} - {".", "opened.txt"}
        # "network" lies in the temporary folder in which a form is tried; its removal names it so.
        allowed = {"ann", "snn", "safe", "network"}
        assert {"ann"} <= read
        assert all(name in allowed or name.startswith((".snn", ".safe")) for name in read), read
        temporary = Path(tempfile.gettempdir()).resolve()
        elsewhere = {
            path
            for path in ours
            if not path.is_relative_to(files)
            and not (path.is_relative_to(temporary) and ".network." in str(path))
        }
        assert not [path for path in elsewhere if "fashion" in str(path).lower()]
        assert not [p for p in elsewhere if p.suffix in (".npz", ".npy", ".gz", ".csv")]
