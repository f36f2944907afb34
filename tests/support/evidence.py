"""Folders of evidence, written by the commands themselves."""

from pathlib import Path

import numpy as np

from neurodeploy import toolchain
from neurodeploy.model.model_file import write_model
from support.cli import run_cli
from support.matched import matched_deployment, noisy_patterns

BUDGET = """\
[budget.energy]
energy_total_j = "250 uJ"
[budget.latency]
latency_p99_s = "5 us"
[budget.accuracy]
accuracy = 0.8
"""
SAMPLES = ("--encode", "rate", "--steps", "12")


def write_patterns(folder: Path) -> None:
    """Write the evidence of a network of patterns with an early exit; needs no torch."""
    samples = noisy_patterns(80)
    np.savez("patterns.npz", x=samples.x, y=samples.y)
    data = ("--data", "patterns.npz", *SAMPLES)
    Path("b.toml").write_text(BUDGET)
    toolchain.save(matched_deployment(), Path("build"))
    drop = ("--target-accuracy-drop", "2", "--confidence", "0", "--noise", "0.2")
    _json(folder / "exit" / "policy.json", "exit", "build", *data, *drop)
    _json(folder / "verify" / "cpu-emu.json", "verify", "build", *data, "--against", "cpu-emu")
    profiled = run_cli("profile", "build", *data, "--neurobench", "0", "-o", folder / "profile")
    assert profiled.code == 0, profiled.err
    budget = ("--budget", "b.toml")
    _json(folder / "check" / "budget.json", "check", folder / "profile", *budget, codes=(0, 1))


def write_bars(folder: Path) -> None:
    """Write the evidence of a converted network with both audits; needs torch."""
    from support.leaky import bars, trained_ann

    write_model(trained_ann(0), Path("ann"))
    write_model(trained_ann(1), Path("judge"))
    for name, seed in (("val", 4), ("test", 5)):
        samples = bars(60, seed)
        np.savez(f"{name}.npz", x=samples.x, y=samples.y)
    steps = ("-T", "8", "--json")
    _json(folder / "convert" / "report.json", "convert", "ann", "--data", "val.npz", "-o", "snn",
          *steps)  # fmt: skip
    data = ("--data", "test.npz", "--encode", "direct", "--steps", "8")
    compiled = run_cli("compile", "snn", "-o", "build", "--chip", "loihi2", *data[:2], *data[2:])
    assert compiled.code == 0, compiled.err
    profiled = run_cli("profile", "build", *data, "--neurobench", "0", "-o", folder / "profile")
    assert profiled.code == 0, profiled.err
    attack = ("--protocol", "quick", "--samples", "8", "-o", folder / "attack")
    attacked = run_cli("attack", "build", *data, *attack)
    assert attacked.code == 0, attacked.err
    _json(folder / "leak" / "audit.json", "leak", "snn", "--judge", "judge", "--data", "test.npz",
          "-T", "6", "--attack", "rebuilt", "--json")  # fmt: skip


def _json(file: Path, *command: object, codes: tuple[int, ...] = (0,)) -> None:
    result = run_cli(*command, *(() if "--json" in command else ("--json",)))
    assert result.code in codes, result.err
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(result.out)
