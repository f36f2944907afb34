"""Lava's environment: which Python is taken, what is refused, what stays when something fails."""

import json
import os
import sys
from pathlib import Path

import pytest
from support import lava
from support.cli import run_cli

from neurodeploy.errors import TargetUnavailable
from neurodeploy_loihi_sim import environment, install, interpreters
from neurodeploy_loihi_sim.environment import LavaEnvironment
from neurodeploy_loihi_sim.install import VAR_MODEL, Patch, apply
from neurodeploy_loihi_sim.interpreters import Interpreter, find_interpreter


def program(folder: Path, name: str, text: str) -> Path:
    """A program on disk: a shell script that prints or fails."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)
    return path


def python(folder: Path, version: str, name: str = "") -> Path:
    name = name or f"python{version.rpartition('.')[0]}"
    return program(folder, name, f"echo CPython {version.replace('.', ' ')}")


@pytest.fixture
def places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """No Python anywhere, but what a test puts into the folders `path` and `pyenv`."""
    (tmp_path / "path").mkdir()
    monkeypatch.setenv("PATH", f"{tmp_path / 'path'}:/nonexistent")
    monkeypatch.setattr(sys, "executable", "/nonexistent/python3")
    monkeypatch.setenv("NEURODEPLOY_CACHE", str(tmp_path / "cache"))
    return tmp_path


def with_pyenv(places: Path, version: str) -> Path:
    program(places / "path", "pyenv", f"echo {places / 'pyenv'}")
    return python(places / "pyenv" / "versions" / version / "bin", version)


def test_python_3_10_on_path_comes_first(places: Path) -> None:
    found = python(places / "path", "3.10.4")
    with_pyenv(places, "3.10.13")
    assert find_interpreter(None) == Interpreter(
        path=str(found), version=(3, 10, 4), found="on PATH"
    )


def test_plain_python3_will_do_if_it_is_3_10(places: Path) -> None:
    found = python(places / "path", "3.10.4", name="python3")
    assert find_interpreter(None).path == str(found)


def test_a_shim_that_fails_is_passed_over(places: Path) -> None:
    program(
        places / "path", "python3.10", "echo 'pyenv: python3.10: command not found' >&2; exit 127"
    )
    found = with_pyenv(places, "3.10.13")
    interpreter = find_interpreter(None)
    assert (interpreter.path, interpreter.found) == (str(found), "pyenv")
    assert str(interpreter) == f"Python 3.10.13 (pyenv: {found})"


def test_uv_is_asked_before_python_3_11_is_patched(places: Path) -> None:
    python(places / "path", "3.11.2")
    managed = python(places / "managed", "3.10.16")
    state = places / "installed"
    program(
        places / "path",
        "uv",
        f'if [ "$2" = install ]; then : > {state}; exit 0; fi\n'
        f"[ -f {state} ] || exit 2\necho {managed}",
    )
    interpreter = find_interpreter(None)
    assert (interpreter.path, interpreter.found) == (str(managed), "uv")
    assert not interpreter.needs_patch


def test_python_3_11_is_the_last_resort(places: Path) -> None:
    program(places / "path", "uv", "exit 1")
    found = python(places / "path", "3.11.2")
    interpreter = find_interpreter(None)
    assert interpreter.path == str(found)
    assert interpreter.needs_patch


def test_nothing_found_says_what_was_tried_and_what_to_install(places: Path) -> None:
    broken = program(
        places / "path", "python3.10", "echo no ensurepip: ModuleNotFoundError >&2; exit 1"
    )
    result = run_cli("env", "create", "loihi-sim")
    assert result.code == 4
    assert result.out == ""
    assert result.err.splitlines()[:-1] == [
        f"error[ND4102]: loihi-sim: {broken} (on PATH) cannot make environments: no ensurepip: "
        "ModuleNotFoundError",
        "error[ND4102]: loihi-sim: /nonexistent/python3 (runs neurodeploy) does not start: [Errno "
        "2] No such file or directory: '/nonexistent/python3'",
        "error[ND4102]: loihi-sim: no Python 3.10 or 3.11 that can make environments was found; "
        "install one, for instance with `pyenv install 3.10`, `uv python install 3.10` or "
        "`apt install python3.11-venv`, then: neurodeploy env create loihi-sim",
    ]


def test_a_given_python_of_another_version_is_refused(places: Path) -> None:
    given = python(places / "elsewhere", "3.12.1")
    with pytest.raises(TargetUnavailable) as caught:
        find_interpreter(str(given))
    assert caught.value.problems[0] == (
        f"loihi-sim: {given} (--python) is Python 3.12.1, Lava needs 3.10 or 3.11"
    )


def test_a_failed_installation_gives_its_last_words_and_keeps_what_was_there(places: Path) -> None:
    folder = places / "cache" / "loihi-sim"
    folder.mkdir(parents=True)
    (folder / environment.MARKER).write_text("{}")
    given = program(
        places / "elsewhere",
        "python3.10",
        'if [ "$1" = -c ]; then echo CPython 3 10 1; else echo no space left >&2; exit 1; fi',
    )
    result = run_cli("env", "create", "loihi-sim", "--python", given)
    assert result.code == 4
    assert result.err.splitlines()[:2] == [
        "error[ND4103]: loihi-sim: venv could not fill its environment; check network, proxy and "
        "disk, then: neurodeploy env create loihi-sim; its last words:",
        "  | no space left",
    ]
    assert [path.name for path in (places / "cache").iterdir()] == ["loihi-sim"]
    assert (folder / environment.MARKER).read_text() == "{}"


def test_status_and_removal_of_no_environment(places: Path) -> None:
    status = run_cli("env", "status", "loihi-sim")
    assert status.code == 4
    assert status.out.splitlines() == [
        "loihi-sim: Lava's environment is missing; make it: neurodeploy env create loihi-sim",
        f"  folder: {places / 'cache' / 'loihi-sim'}",
    ]
    removed = run_cli("env", "remove", "loihi-sim")
    assert (removed.code, removed.out.splitlines()[0]) == (0, "loihi-sim had no environment")


def ready(places: Path, requirements: str, interpreter: Path | None) -> None:
    """An environment that looks ready."""
    folder = places / "cache" / "loihi-sim"
    (folder / "bin").mkdir(parents=True)
    document = {
        "schema": environment.SCHEMA,
        "interpreter": "Python 3.10.1",
        "requirements": requirements,
        "facts": {"patch": "none"},
    }
    (folder / environment.MARKER).write_text(json.dumps(document))
    if interpreter is not None:
        (folder / "bin" / "python").symlink_to(interpreter)


def test_an_environment_of_another_version_is_stale(places: Path) -> None:
    ready(places, "sha256:other", Path(os.__file__))
    assert LavaEnvironment().complaint() == (
        "Lava's environment is that of another version; make it anew: "
        "neurodeploy env create loihi-sim"
    )
    with pytest.raises(TargetUnavailable) as caught:
        LavaEnvironment().python()
    assert caught.value.code == "ND4101"


def test_an_interpreter_that_was_uninstalled_is_named(places: Path) -> None:
    ready(places, install.requirements_digest(), None)
    assert LavaEnvironment().complaint() == (
        "Python 3.10.1 of Lava's environment is gone; make it anew: "
        "neurodeploy env create loihi-sim"
    )


def test_an_environment_that_lost_lava_is_broken_and_can_be_removed(places: Path) -> None:
    failing = program(
        places / "elsewhere", "python", "echo 'ModuleNotFoundError: lava' >&2; exit 1"
    )
    ready(places, install.requirements_digest(), failing)
    assert LavaEnvironment().complaint() is None
    assert LavaEnvironment().status().complaint == (
        "Lava's environment does not import Lava (ModuleNotFoundError: lava); make it anew: "
        "neurodeploy env create loihi-sim"
    )
    assert run_cli("env", "remove", "loihi-sim").code == 0
    assert not (places / "cache" / "loihi-sim").exists()


def test_the_patch_refuses_a_file_it_was_not_made_for(tmp_path: Path) -> None:
    path = tmp_path / VAR_MODEL.file
    path.parent.mkdir(parents=True)
    path.write_text("x: ByteEncoder = ByteEncoder()\n")
    with pytest.raises(TargetUnavailable) as caught:
        apply(VAR_MODEL, tmp_path)
    assert caught.value.code == "ND4103"
    assert "var_model.py has sha256 " in str(caught.value)
    assert path.read_text() == "x: ByteEncoder = ByteEncoder()\n"


def test_the_patch_turns_lavas_file_into_the_recorded_one(tmp_path: Path) -> None:
    version = LavaEnvironment().status().facts.get("interpreter", "")
    if "Python 3.10" not in version:
        pytest.skip("Lava's environment is patched already or missing")
    found = next(lava.lava_python().parents[1].glob(f"lib/*/site-packages/{VAR_MODEL.file}"))
    path = tmp_path / VAR_MODEL.file
    path.parent.mkdir(parents=True)
    path.write_bytes(found.read_bytes())
    apply(VAR_MODEL, tmp_path)
    assert path.read_text().count("field(default_factory=ByteEncoder)") == 8
    assert isinstance(VAR_MODEL, Patch)


def test_a_target_without_environment_says_so(places: Path) -> None:
    result = run_cli("env", "create", "cpu-emu")
    assert result.code == 2
    assert result.err.splitlines()[0] == (
        "error[ND2620]: target 'cpu-emu' needs no environment of its own: use it as it is"
    )
    assert run_cli("env", "create", "loihi9").code == 4


def test_status_of_the_real_environment_names_interpreter_and_packages() -> None:
    lava.lava_python()
    result = run_cli("env", "status", "loihi-sim", "--json")
    status = json.loads(result.out)
    assert (result.code, status["complaint"]) == (0, None)
    assert set(status["facts"]) == {"folder", "interpreter", "packages", "patch", "checked"}
    assert "lava-nc 0.10.0" in status["facts"]["packages"]


@pytest.mark.slow
@pytest.mark.parametrize("version", ["3.10", "3.11"])
def test_a_new_environment_computes_as_the_reference(
    version: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Needs the package index."""
    lava.lava_python()
    search = interpreters._on_path(version) + interpreters._under_pyenv(version)
    found = interpreters._first(search, (interpreters.NATIVE, interpreters.PATCHED), [])
    if found is None:
        pytest.skip(f"no Python {version}; install it with: pyenv install {version}")
    monkeypatch.setenv("NEURODEPLOY_CACHE", str(tmp_path))
    said: list[str] = []
    status = LavaEnvironment().create(found.path, said.append)
    assert status.complaint is None
    assert status.facts["checked"] == "2 networks, 2 samples of 20 steps, bit for bit"
    assert status.facts["patch"].startswith("none" if version == "3.10" else VAR_MODEL.file)
    assert [path.name for path in tmp_path.iterdir()] == ["loihi-sim"]
    assert said[-1] == "replaying small networks against the reference"
