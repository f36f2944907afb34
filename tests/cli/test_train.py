"""`train`: what it prints and writes, how it goes on after Ctrl-C, and what it refuses."""

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from support.cli import Result, run_cli
from support.golden_text import assert_golden
from support.toy_task import toy_model, toy_samples

import neurodeploy
from neurodeploy import toolchain
from neurodeploy.learning import train as train_module
from neurodeploy.learning.evaluate import Score, evaluate
from neurodeploy.model import Linear, Model, Relu
from neurodeploy.model.model_file import read_model, write_model

TRAIN = (
    *("train", "model.nir", "--data", "train.npz", "--encode", "direct", "--steps", "5"),
    *("--epochs", "3", "--batch-size", "30", "--validation", "0.25", "--threads", "1"),
)


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    toolchain.write_nir(toy_model(), Path("model.nir"))
    samples = toy_samples()
    assert samples.y is not None
    np.savez("train.npz", x=samples.x, y=samples.y)
    return tmp_path


def trained(*arguments: str) -> Result:
    return run_cli(*TRAIN, *arguments)


def refused(*arguments: str) -> tuple[int, list[str]]:
    result = trained(*arguments)
    assert result.out == ""
    return result.code, result.err.splitlines()[:-1]


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("train", ()),
        (
            "train_dsr",
            ("--method", "dsr", "--train-thresholds", "--threshold-percentile", "99"),
        ),
        (
            "train_quantised",
            ("--quantised", "--chip", "loihi2", "--weight-bits", "4", "--input-coding", "injected"),
        ),
    ],
)
def test_text_of(
    request: pytest.FixtureRequest, here: Path, name: str, arguments: tuple[str, ...]
) -> None:
    result = trained("-o", "trained.nir", *arguments)
    assert (result.code, result.err) == (0, "")
    text = "\n".join(line.rstrip() for line in result.out.splitlines()) + "\n"
    assert_golden(request, f"{name}.txt", text)
    tables = [line for line in text.splitlines() if line.startswith("layer")]
    assert max(map(len, tables), default=0) <= 80


def test_what_is_written_can_be_deployed_and_read(here: Path) -> None:
    result = trained("-o", "trained.nir", "--batchnorm")
    assert result.code == 0
    assert {p.name for p in here.iterdir()} == {
        "model.nir",
        "train.npz",
        "trained.nir",
        "trained.log.json",
        "trained.log.html",
    }
    log = json.loads(Path("trained.log.json").read_text())
    assert [epoch["number"] for epoch in log["epochs"]] == [1, 2, 3]
    page = Path("trained.log.html").read_text()
    assert "Plotly.newPlot" in page
    assert 'src="http' not in page
    model = neurodeploy.load("trained.nir")
    assert any(line.startswith("trained: bptt, 3 epochs, sgd") for line in model.history)
    run = run_cli(
        *("run", "trained.nir", "--data", "train.npz", "--encode", "direct", "--steps", "5"),
        *("--input-coding", "injected", "--json"),
    )
    assert run.code == 0
    assert json.loads(run.out)["right"] > 200


def test_a_folder_is_written_where_one_is_asked_for(here: Path) -> None:
    assert trained("-o", "net").code == 0
    assert read_model(Path("net")).history[-1].startswith("trained: bptt")
    assert Path("net.log.json").is_file()


def rectified() -> Model:
    """The artificial network of the same shape, which NIR has no form for."""
    model = toy_model()
    populations = (
        replace(model.populations[0], neuron=Relu()),
        replace(model.populations[1], neuron=Linear()),
    )
    return replace(model, populations=populations)


def test_what_nir_has_no_form_for_becomes_a_folder_and_says_so(here: Path) -> None:
    write_model(rectified(), Path("ann"))
    arguments = ["ann" if a == "model.nir" else a for a in TRAIN]
    result = run_cli(*arguments, "-o", "trained.nir")
    assert result.code == 0
    lines = result.out.splitlines()
    assert "Wrote trained: the network, which NIR has no form for" in lines
    assert lines[-1] == "Next: neurodeploy inspect trained"
    assert run_cli("inspect", "trained").code == 0
    assert read_model(Path("trained")).history[-1].startswith("trained: bptt")
    Path("mine").mkdir()
    Path("mine/notes.txt").write_text("not yours")
    refusal = run_cli(*arguments, "-o", "mine.nir")
    assert (refusal.code, refusal.out) == (2, "")
    assert refusal.err.splitlines()[0] == (
        "error[ND2401]: mine: exists and holds no model.json, so it is not ours to replace; "
        "choose another folder with -o"
    )


def test_an_output_that_cannot_be_written_is_refused_before_training(here: Path) -> None:
    assert refused("-o", "trained.txt") == (
        2,
        ["error[ND2601]: -o is 'trained.txt', expected a .nir file or a folder"],
    )


def test_json_is_one_document(here: Path) -> None:
    result = trained("-o", "trained.nir", "--method", "dsr", "--report-memory", "--json")
    assert (result.code, result.err) == (0, "")
    document = json.loads(result.out)
    assert document["files"] == ["trained.nir", "trained.log.json", "trained.log.html"]
    assert len(document["epochs"]) == 3
    assert len(document["representation_errors"]["hidden"]) == 5
    costs = document["step_costs"]
    assert 0 < costs["dsr"]["saved_bytes"] < costs["bptt"]["saved_bytes"]


def test_equal_commands_write_equal_bytes(here: Path) -> None:
    for name in ("a", "b"):
        assert trained("-o", f"{name}.nir", "--seed", "5").code == 0
    first, second = (neurodeploy.load(f"{name}.nir") for name in ("a", "b"))
    assert first.digest == second.digest
    assert Path("a.log.json").read_bytes() == Path("b.log.json").read_bytes()


def test_ctrl_c_keeps_a_checkpoint_and_says_how_to_go_on(
    here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert trained("-o", "whole.nir").code == 0
    scores: list[Score] = []

    def interrupted(*arguments: object) -> Score:
        if len(scores) == 2:
            raise KeyboardInterrupt
        scores.append(evaluate(*arguments))  # type: ignore[arg-type]
        return scores[-1]

    with monkeypatch.context() as patch:
        patch.setattr(train_module, "evaluate", interrupted)
        result = trained("-o", "parted.nir")
    assert result.code == 130
    again = f"neurodeploy {' '.join(TRAIN)} -o parted.nir --resume"
    assert result.out.splitlines()[-3:] == [
        "Interrupted; parted.checkpoint holds what was learned.",
        "",
        f"Next: {again}",
    ]
    assert not Path("parted.nir").exists()
    assert refused("-o", "parted.nir") == (
        2,
        [
            "error[ND2807]: parted.checkpoint: holds an interrupted training; go on with --resume, "
            "or delete it to start anew"
        ],
    )
    assert refused("-o", "parted.nir", "--resume", "--learning-rate", "0.2") == (
        2,
        [
            "error[ND2805]: parted.checkpoint: belongs to another training (other network, data or "
            "options); start anew with another --output, or give the same command"
        ],
    )
    assert run_cli(*again.split()[1:]).code == 0
    assert not Path("parted.checkpoint").exists()
    whole, parted = (neurodeploy.load(name) for name in ("whole.nir", "parted.nir"))
    assert whole.digest == parted.digest


def test_resume_without_a_checkpoint_says_that_it_starts_anew(here: Path) -> None:
    result = trained("-o", "trained.nir", "--resume")
    assert result.code == 0
    assert (
        "assumed: trained.checkpoint is not there, so the training starts anew"
        in result.out.splitlines()
    )


def test_data_can_come_from_python(here: Path) -> None:
    Path("my_cli_data.py").write_text(
        "import numpy as np\n\n\ndef train():\n    d = np.load('train.npz')\n"
        "    return d['x'], d['y']\n"
    )
    named = [a if a != "train.npz" else "my_cli_data:train" for a in TRAIN]
    assert run_cli(*named, "-o", "b.nir").code == 0
    assert trained("-o", "a.nir").code == 0
    assert Path("a.log.json").read_bytes() == Path("b.log.json").read_bytes()


def test_validation_data_of_its_own_is_used(here: Path) -> None:
    arguments = [a for a in TRAIN if a not in ("--validation", "0.25")]
    result = run_cli(*arguments, "--validation-data", "train.npz", "-o", "t.nir")
    assert result.code == 0
    assert refused("--validation-data", "train.npz", "-o", "t.nir") == (
        2,
        ["error[ND2601]: --validation and --validation-data exclude each other"],
    )


def test_a_teacher_is_read_from_a_file(here: Path) -> None:
    assert trained("-o", "teacher.nir").code == 0
    result = trained("-o", "t.nir", "--teacher", "teacher.nir", "--distill-weight", "0.9")
    assert result.code == 0


def test_options_that_do_not_fit_are_told_at_once(here: Path) -> None:
    assert refused(
        *("-o", "t.nir", "--method", "bttp", "--optimiser", "adam", "--surrogate", "flat"),
        *("--device", "tpu", "--chip", "loihi2", "--weight-bits", "3", "--distill-weight", "0.5"),
    ) == (
        2,
        [
            "error[ND2601]: --method is 'bttp', allowed are bptt, tet, dsr",
            "error[ND2601]: --optimiser is 'adam', allowed are sgd, adamw",
            "error[ND2601]: --surrogate is 'flat', allowed are triangular, exponential, "
            "rectangular, straight-through, arctan, fast-sigmoid",
            "error[ND2601]: --device is 'tpu', allowed are auto, cpu, cuda",
            "error[ND2601]: --chip is for --quantised; `compile --chip` comes later",
            "error[ND2601]: --weight-bits is for --quantised",
            "error[ND2601]: --distill-weight needs --teacher",
        ],
    )


def test_weights_wider_than_the_chips_are_refused(here: Path) -> None:
    for command in (
        ("-o", "t.nir", "--quantised", "--weight-bits", "9"),
        ("-o", "t.nir", "--quantised", "--weight-bits", "1"),
    ):
        assert refused(*command) == (
            2,
            [
                f"error[ND2601]: weights of {command[-1]} bits; this chip's have 8, allowed are 2 "
                "to 8"
            ],
        )


def test_bad_data_leaves_nothing_behind(here: Path) -> None:
    with np.load("train.npz") as data:
        x, y = data["x"], data["y"]
    before = {p.name for p in here.iterdir()}
    np.savez("train.npz", x=x, y=y + 1)
    assert refused("-o", "t.nir") == (
        2,
        [
            "error[ND2803]: train.npz: labels y lie in 1..3, the network's output has 3 neurons: "
            "expected 0..2"
        ],
    )
    np.savez("train.npz", x=x[:, :5], y=y)
    assert refused("-o", "t.nir") == (
        2,
        [
            "error[ND2306]: train.npz: x has shape (1, 5); the network takes samples of shape "
            "(6,): give (sample, step, 6), or (sample, 6) with --encode"
        ],
    )
    np.savez("train.npz", x=np.where(x > 0.99, np.nan, x), y=y)
    code, lines = refused("-o", "t.nir")
    assert code == 2
    assert lines == [
        f"error[ND2303]: train.npz: x holds {(x > 0.99).sum()} values that are NaN or infinite"
    ]
    assert {p.name for p in here.iterdir()} == before


def test_without_torch_the_extra_is_named(here: Path) -> None:
    blocked = (
        "import sys; sys.modules['torch'] = None\n"
        "from neurodeploy.cli.app import main\n"
        f"sys.argv = ['neurodeploy', *{TRAIN!r}, '-o', 't.nir']\n"
        "main()"
    )
    result = subprocess.run(
        [sys.executable, "-c", blocked], capture_output=True, text=True, check=False
    )
    assert (result.returncode, result.stdout) == (4, "")
    assert result.stderr.splitlines()[0] == (
        "error[ND4003]: torch is not installed: pip install 'neurodeploy[train]'"
    )


def test_compile_says_what_narrow_weights_cost(here: Path) -> None:
    assert trained("-o", "trained.nir", "--batchnorm").code == 0
    compiled = (
        *("compile", "trained.nir", "--data", "train.npz", "--encode", "direct", "--steps", "5"),
        *("--input-coding", "injected"),
    )
    narrow = run_cli(*compiled, "--weight-bits", "2", "-o", "narrow", "--json")
    assert narrow.code == 0
    document = json.loads(narrow.out)
    assert "weights: 2 bits, as asked" in document["history"]
    drop = document["accuracy"]["float"] - document["accuracy"]["integers"]
    assert drop > 0.01
    text = run_cli(*compiled, "--weight-bits", "2", "-o", "narrow").out.splitlines()
    assert (
        "Training in these integers may bring it back: neurodeploy train trained.nir --quantised "
        "--chip loihi2 --input-coding injected --weight-bits 2 --data train.npz -o finetuned.nir"
    ) in text
    wide = run_cli(*compiled, "-o", "wide")
    assert wide.code == 0
    assert "Training in these integers" not in wide.out
