"""`tune` on digits: what it prints, opens, writes and refuses."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from support.cli import run_cli
from support.golden_text import assert_golden

pytest.importorskip("optuna", reason="optuna is absent; pip install 'neurodeploy[tune]'")

from support.tuning import spoiled_network, write_digits

from neurodeploy import toolchain
from neurodeploy.learning.tuning.bench import Bench, Measured

TUNE = [
    *("tune", "spoiled.nir", "--data", "train.npz", "--encode", "rate", "--steps", "25"),
    *("--trials", "8", "-o", "tuned"),
]


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    toolchain.write_nir(spoiled_network(), Path("spoiled.nir"))
    write_digits(Path("train.npz"), 300)


def test_text_of_tune(request: pytest.FixtureRequest) -> None:
    result = run_cli(*TUNE)
    assert (result.code, result.err) == (0, "")
    text = "\n".join(line.rstrip() for line in result.out.splitlines()) + "\n"
    assert_golden(request, "tune.txt", text)


def test_the_command_of_a_point_makes_its_network() -> None:
    assert run_cli(*TUNE).code == 0
    found = json.loads(Path("tuned/tune.json").read_text())
    for entry in found["front"]:
        _, *arguments = entry["command"].split()
        result = run_cli(*arguments)
        assert (result.code, result.err) == (0, "")
        written = Path(arguments[-1])
        assert written.read_bytes() == Path("tuned", entry["network"]).read_bytes()
        assert found["points"][entry["point"]]["digest"] in result.out
    best = Path("tuned/networks", f"{found['best']:03d}.nir")
    assert Path("tuned/best.nir").read_bytes() == best.read_bytes()


def test_text_of_one_point(request: pytest.FixtureRequest) -> None:
    result = run_cli(*TUNE, "--set", "threshold=0.125", "--set", "leak=0.2", "-o", "one.nir")
    assert (result.code, result.err) == (0, "")
    text = "\n".join(line.rstrip() for line in result.out.splitlines()) + "\n"
    assert_golden(request, "tune_point.txt", text)


def test_json_is_the_file_and_equal_runs_are_equal() -> None:
    one = run_cli(*TUNE, "--json")
    two = run_cli(*TUNE, "--json", "-o", "again")
    assert one.out == Path("tuned/tune.json").read_text()
    first, second = (json.loads(result.out) for result in (one, two))
    assert first["points"] == second["points"]
    assert [f["point"] for f in first["front"]] == [f["point"] for f in second["front"]]


def test_the_plot_needs_no_network() -> None:
    assert run_cli(*TUNE).code == 0
    page = Path("tuned/tune.html").read_text()
    assert "accuracy over synops_hw" in page
    assert 'src="http' not in page


def test_ctrl_c_keeps_the_trials_and_the_same_command_goes_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    calls = []

    def third_time_interrupted(self: Bench, settings: dict[str, float]) -> Measured:
        calls.append(settings)
        if len(calls) == 3:
            raise KeyboardInterrupt
        return measure(self, settings)

    measure = Bench.measure
    monkeypatch.setattr(Bench, "measure", third_time_interrupted)
    stopped = run_cli(*TUNE)
    assert (stopped.code, stopped.out) == (130, "")
    assert stopped.err == (
        "interrupted; the trials that ended are kept in tuned: the same command goes on\n"
    )
    parts = json.loads(run_cli(*TUNE, "--json").out)
    assert len(calls) == 3 + 6
    assert parts["points"] == json.loads(run_cli(*TUNE, "--json", "-o", "whole").out)["points"]


AUDIT = """
import sys
opened = set()
sys.addaudithook(lambda event, args: opened.add(str(args[0])) if event == "open" else None)
from neurodeploy.cli.app import main
sys.argv = ["neurodeploy", *sys.argv[1:]]
try:
    main()
except SystemExit as end:
    assert not end.code, end.code
print("opened:", *sorted(p for p in opened if p.endswith(".npz")))
"""


def test_test_data_is_never_opened() -> None:
    """Beside the training data lies a test set; every file that is opened is written down."""
    write_digits(Path("test.npz"), 50)
    ran = subprocess.run(
        [sys.executable, "-c", AUDIT, *TUNE], capture_output=True, text=True, check=True
    )
    assert ran.stdout.splitlines()[-1] == "opened: train.npz"


def test_there_is_no_option_for_test_data() -> None:
    assert run_cli(*TUNE, "--test", "test.npz").code == 2


@pytest.mark.parametrize(
    ("change", "code", "message"),
    [
        (
            ("--tune", "speed"),
            "ND2821",
            "--tune speed: expected NAME, NAME:LAYER or NAME=LOW:HIGH of threshold, leak, "
            "input_gain, percentile, steps, learning_rate, weight_decay",
        ),
        (("--method", "stdp"), "ND2601", "--method is 'stdp', allowed are bptt, tet, dsr"),
        (
            ("--validation", "0"),
            "ND2803",
            "train.npz: 300 samples, of which a share of 0 leaves 0 for validation; both parts "
            "need at least one",
        ),
        (
            ("--max", "synops_hw=few"),
            "ND2821",
            "--max synops_hw=few: expected a finite number without a unit",
        ),
    ],
)
def test_mistakes_are_named(change: tuple[str, ...], code: str, message: str) -> None:
    result = run_cli(*TUNE, *change)
    assert result.code == 2
    assert result.err.splitlines()[0] == f"error[{code}]: {message}"
    assert not Path("tuned").exists()


def test_modelled_objectives_have_their_interval_and_source() -> None:
    wanted = ("--objective", "energy_total_j", "--objective", "latency_s", "--trials", "2")
    result = run_cli(*TUNE, *wanted)
    assert result.code == 0
    assert "modelled, not measured" in result.out
    assert "sources: " in result.out


def test_a_budget_file_limits_the_front() -> None:
    Path("budget.toml").write_text('[budget]\nchip = "loihi2"\n[budget.activity]\nsynops_hw = 1\n')
    result = run_cli(*TUNE, "--trials", "2", "--budget", "budget.toml")
    assert result.code == 0
    assert "2 are outside the budget\nno trial keeps the budget: loosen it" in result.out
    assert not Path("tuned/best.nir").exists()


def test_training_trials_print_their_command() -> None:
    result = run_cli(*TUNE, "--trials", "2", "--train-epochs", "1", "--tune", "learning_rate")
    assert (result.code, result.err) == (0, "")
    assert "--train-epochs 1 --set learning_rate=" in result.out
