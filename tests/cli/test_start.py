"""The command line starts quickly: help needs none of the heavy packages, and no command torch."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from support.cli import run_cli
from support.models import dense_if_model, input_spikes

from neurodeploy import toolchain
from neurodeploy.cli.commands import COMMANDS, load

HEAVY = ("numpy", "pydantic", "h5py", "pyfive", "numba", "torch", "sklearn")


def test_help_imports_nothing_heavy() -> None:
    log = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "neurodeploy", "--help"],
        capture_output=True,
        text=True,
        check=True,
    ).stderr
    modules = {line.rpartition("|")[2].strip() for line in log.splitlines()}
    imported = {module.partition(".")[0] for module in modules}
    assert "typer" in imported
    assert not imported & set(HEAVY)
    assert "neurodeploy.cli.commands" in modules
    assert not [module for module in modules if module.endswith("_command")]


@pytest.mark.parametrize("name", COMMANDS)
def test_line_in_the_list_is_the_first_of_the_commands_own_help(name: str) -> None:
    command = load(name)
    assert command.name == name
    assert command.help is not None
    first, _, _ = command.help.partition("\n\n")
    assert COMMANDS[name][1] == first


@pytest.mark.parametrize("verb", ["compile", "profile", "run", "inspect", "demo", "check"])
def test_every_command_has_help_that_fits_80_columns(verb: str) -> None:
    result = run_cli(verb, "--help")
    assert result.code == 0
    assert max(map(len, result.out.splitlines())) <= 80


def test_compile_run_and_profile_work_without_torch(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    toolchain.write_nir(dense_if_model(rng, sizes=(6, 5, 4)), tmp_path / "m.nir")
    x = input_spikes(rng, 2, 10, (6,)).astype(np.uint8)
    np.savez(tmp_path / "x.npz", x=x, y=np.zeros(2, np.int64))
    script = (
        "import sys; sys.modules['torch'] = sys.modules['snntorch'] = None\n"
        "from neurodeploy.cli.app import app\n"
        "app(sys.argv[1:], standalone_mode=False)"
    )
    for command in (
        ["compile", "m.nir", "-o", "build"],
        ["run", "build", "--data", "x.npz"],
        ["profile", "build", "--data", "x.npz", "-o", "report"],
        ["profile", "m.nir", "--data", "x.npz"],
    ):
        ended = subprocess.run(
            [sys.executable, "-c", script, *command],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
        )
        assert ended.returncode == 0, ended.stderr
    assert (tmp_path / "report" / "report.json").is_file()


def test_profile_of_a_deployment_imports_no_writer_trainer_or_plotter(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    toolchain.write_nir(dense_if_model(rng, sizes=(6, 5, 4)), tmp_path / "m.nir")
    np.savez(tmp_path / "x.npz", x=input_spikes(rng, 2, 10, (6,)).astype(np.uint8))
    assert run_cli("compile", tmp_path / "m.nir", "-o", tmp_path / "build").code == 0
    script = (
        "import sys\n"
        "from neurodeploy.cli.app import app\n"
        "app(sys.argv[1:], standalone_mode=False)\n"
        "print('imported:', *sys.modules)"
    )
    shown = subprocess.run(
        [sys.executable, "-c", script, "profile", "build", "--data", "x.npz"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    imported = set(shown.splitlines()[-1].split())
    assert "numba" in imported
    assert not imported & {"h5py", "sklearn", "plotly", "torch"}
    assert "neurodeploy.regression.budget_schema" not in imported


def test_version_is_printed() -> None:
    assert run_cli("--version").out == "neurodeploy 0.1.0\n"
