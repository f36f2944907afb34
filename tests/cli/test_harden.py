"""`train --adversarial`, `convert --robust` and `harden`, as a user types them."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from support.cli import Result, run_cli
from support.golden_text import assert_golden
from support.toy_task import toy_model, toy_samples

import neurodeploy
from neurodeploy import toolchain
from neurodeploy.frontends.samples import Encoding
from neurodeploy.methods.robust.adversarial import Adversarial
from neurodeploy.methods.robust.adversary import Adversary
from neurodeploy.methods.robust.harden import HardenOptions
from neurodeploy.model import Linear, Relu
from neurodeploy.model.model_file import read_model, write_model
from neurodeploy.terms import Reset

DATA = ("--data", "train.npz")
HARDEN = (
    *("harden", "model.nir", *DATA, "--steps", "5", "--epochs", "2", "--batch-size", "30"),
    *("--validation", "0.25", "--threads", "1"),
)
ATTACKED = (*HARDEN, "--eps", "0.1")


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    model, samples = toy_model(), toy_samples()
    toolchain.write_nir(model, Path("model.nir"))
    np.savez("train.npz", x=samples.x, y=samples.y)
    populations = (
        replace(model.populations[0], neuron=Relu(), reset=Reset.NONE),
        replace(model.populations[1], neuron=Linear()),
    )
    write_model(replace(model, populations=populations), Path("ann"))
    return tmp_path


def refused(*arguments: str) -> list[str]:
    result = run_cli(*arguments)
    assert (result.code, result.out) == (2, "")
    return result.err.splitlines()[:-1]


def text_of(result: Result) -> str:
    assert (result.code, result.err) == (0, "")
    return "\n".join(line.rstrip() for line in result.out.splitlines()) + "\n"


def test_text_of_hardening(request: pytest.FixtureRequest, here: Path) -> None:
    text = text_of(run_cli(*ATTACKED, "-o", "robust.nir"))
    assert_golden(request, "harden.txt", text)
    written = {"robust.nir", "robust.log.json", "robust.log.html"}
    assert {p.name for p in here.iterdir()} == written | {"model.nir", "train.npz", "ann"}


def test_the_three_commands_follow_each_other(here: Path) -> None:
    first = run_cli(
        *("train", "ann", *DATA, "--encode", "direct", "--steps", "1", "-o", "robust_ann"),
        *("--adversarial", "pgd", "--eps", "0.1", "--attack-steps", "3", "--epochs", "4"),
        *("--batch-size", "30", "--batchnorm", "--threads", "1"),
    )
    assert first.code == 0, first.err
    assert "Values of 0..1 are moved by up to 0.1 (eps 0.1); validation is under this attack: " in (
        first.out
    )
    second = run_cli("convert", "robust_ann", *DATA, "--robust", "--steps", "5", "-o", "snn.nir")
    assert second.code == 0, second.err
    assert second.out.splitlines()[-1] == (
        "Next: neurodeploy harden snn.nir --data train.npz --eps 0.04 --steps 5 -o robust.nir"
    )
    assert neurodeploy.load("snn.nir").population("hidden").reset is Reset.ZERO
    third = run_cli(*(a.replace("model.nir", "snn.nir") for a in ATTACKED), "-o", "robust.nir")
    assert third.code == 0, third.err
    run = run_cli(
        *("run", "robust.nir", *DATA, "--encode", "direct", "--steps", "5", "--json"),
        *("--input-coding", "injected"),
    )
    assert json.loads(run.out)["right"] > 200
    history = neurodeploy.load("robust.nir").history
    for part in ("PGD-3 on the labels", "times 0.3; reset zero", "RFGSM on the answer, eps 0.1"):
        assert any(part in line for line in history), part


def test_json_is_one_document(here: Path) -> None:
    run = run_cli(*ATTACKED, "-o", "robust", "--json")
    assert (run.code, run.err) == (0, "")
    document = json.loads(run.out)
    assert document["files"] == ["robust", "robust.log.json", "robust.log.html"]
    assert {"clean", "moved"} <= set(document["before"]) == set(document["now"])
    assert document["now"]["clean"]["rates"].keys() == {"hidden"}
    assert read_model(Path("robust")).digest == document["digest"]


@pytest.mark.parametrize("loss", ["ce", "ce+kl", "mart"])
@pytest.mark.parametrize("attack", ["rfgsm", "pgd"])
def test_every_loss_and_attack_is_taken(here: Path, loss: str, attack: str) -> None:
    run = run_cli(*ATTACKED, "-o", "r.nir", "--loss", loss, "--attack", attack, "--aim", "labels")
    assert run.code == 0, run.err


def test_without_an_attack_the_same_is_finetuned(here: Path) -> None:
    run = run_cli(*HARDEN, "-o", "r.nir", "--loss", "clean")
    assert run.code == 0, run.err
    assert "Samples are not moved." in run.out
    assert "moved as in training" not in run.out


def test_options_that_do_not_fit_are_told_at_once(here: Path) -> None:
    assert refused(
        *(*HARDEN, "-o", "r.nir", "--loss", "trades", "--attack", "fgsm", "--aim", "logits"),
        *("--device", "tpu", "--beta", "1"),
    ) == [
        "error[ND2601]: --loss is 'trades', allowed are ce, ce+kl, mart, clean",
        "error[ND2601]: --attack is 'fgsm', allowed are rfgsm, pgd",
        "error[ND2601]: --aim is 'logits', allowed are labels, answer",
        "error[ND2601]: --device is 'tpu', allowed are auto, cpu, cuda",
        "error[ND2601]: --eps is missing: how far a value may be moved, for example --eps 0.04",
        "error[ND2601]: --beta is for --loss ce+kl and mart",
    ]
    assert refused(*ATTACKED, "-o", "r.nir", "--loss", "clean", "--attack-steps", "3") == [
        "error[ND2601]: --eps is for a loss under attack; leave it out with --loss clean",
        "error[ND2601]: --attack-steps is for --attack pgd",
    ]
    assert refused(*HARDEN, "--eps", "2", "-o", "r.nir") == [
        "error[ND2801]: eps is 2, expected above 0 and at most 1"
    ]


def test_adversarial_options_need_each_other(here: Path) -> None:
    train = ("train", "model.nir", *DATA, "--encode", "direct", "--steps", "5", "-o", "t.nir")
    assert refused(*train, "--eps", "0.1", "--attack-steps", "3", "--beta", "1") == [
        "error[ND2601]: --eps is for --adversarial",
        "error[ND2601]: --attack-steps is for --adversarial",
        "error[ND2601]: --beta is for --adversarial",
    ]
    assert refused(*train, "--adversarial", "fgsm") == [
        "error[ND2601]: --adversarial is 'fgsm', allowed are pgd, trades, mart",
        "error[ND2601]: --adversarial needs --eps, for example --eps 0.04",
    ]
    assert refused(*train, "--adversarial", "pgd", "--eps", "0.1", "--beta", "1") == [
        "error[ND2601]: --beta is for trades and mart"
    ]


def test_samples_that_become_spikes_cannot_be_moved(here: Path) -> None:
    refusal = (
        "error[ND2890]: train.npz: the network is shown spikes by rate; training moves values: "
        "take --encode direct, or give series of values"
    )
    assert refused(*ATTACKED, "--encode", "rate", "-o", "r.nir") == [refusal]
    train = ("train", "model.nir", *DATA, "--encode", "rate", "--steps", "5", "-o", "t.nir")
    assert refused(*train, "--adversarial", "pgd", "--eps", "0.1") == [refusal]


def test_robust_conversion_takes_no_other_rule(here: Path) -> None:
    refusal = "error[ND2601]: --robust is --rule robust --reset zero; leave --rule and --reset out"
    for option in (("--rule", "max"), ("--reset", "subtract")):
        command = ("convert", "ann", *DATA, "--robust", *option, "-o", "s.nir")
        assert refused(*command) == [refusal]


def test_the_public_verb_hardens() -> None:
    samples = toy_samples()
    assert samples.y is not None
    options = HardenOptions(
        objective=Adversarial(adversary=Adversary(eps=0.1)), epochs=1, batch_size=30
    )
    encoding = Encoding(coder="direct", n_steps=5)
    hardened = neurodeploy.harden(toy_model(), samples.x, samples.y, options, encoding=encoding)
    assert hardened.after.moved is not None
    assert hardened.after.moved.accuracy >= hardened.before.moved.accuracy  # type: ignore[union-attr]  # as above
