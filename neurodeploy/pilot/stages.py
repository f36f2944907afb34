"""The stages of a pilot, in order; each is planned from what was given and what came before."""

from collections.abc import Callable

from neurodeploy.pilot import arguments
from neurodeploy.pilot.arguments import option
from neurodeploy.pilot.given import CONVERTED_STEPS, Given, Introduction
from neurodeploy.pilot.manifest import Manifest, Status
from neurodeploy.pilot.stage import Planned, Skipped, Stage

Plan = Callable[[Given, Manifest], Planned]


def convert(given: Given, _before: Manifest) -> Planned:
    """Convert an artificial network; validation data choose its thresholds."""
    if not given.artificial:
        reason = "the network is a spiking one already"
        return Skipped(name="convert", status=Status.NOT_APPLICABLE, reason=reason)
    options = given.options
    return Stage(
        name="convert",
        arguments=(
            *("convert", _input(given, "network"), "--data", _input(given, "validation")),
            *("--choose", "--limit", str(_least(options.n_calibration, options.limit))),
            *option("steps", options.n_steps or CONVERTED_STEPS),
            *option("reset", options.reset),
            *option("maxpool", options.maxpool),
            *option("dt", options.dt_s),
            *option("seed", options.seed),
            *("--test", _input(given, "test"), "-o", "convert/network.nir", "--json"),
        ),
        main="convert/report.json",
        reads=("network", "validation", "test"),
    )


def train(given: Given, before: Manifest) -> Planned:
    """Train the spiking network on data of its own, the second step of an introduction."""
    if given.options.introduction is not Introduction.TRAINED:
        reason = "--stage converted; --stage trained --train FILE is the second step"
        return Skipped(name="train", status=Status.NOT_APPLICABLE, reason=reason)
    options = given.options
    return Stage(
        name="train",
        arguments=(
            *("train", *_network(given, before), "--data", _input(given, "train")),
            *("--validation-data", _input(given, "validation"), *arguments.coding(given)),
            *option("epochs", options.epochs),
            *option("learning-rate", options.learning_rate),
            *option("seed", options.seed),
            *("-o", "train/network.nir", "--resume", "--json"),
        ),
        main="train/report.json",
        reads=("network", "train", "validation", "convert"),
        checkpoint="network.checkpoint",
    )


def compile_(given: Given, before: Manifest) -> Planned:
    """Compile the network to a chip's integers; validation data set their scale."""
    options = given.options
    return Stage(
        name="compile",
        arguments=(
            *("compile", *_network(given, before), "--target", options.target),
            *arguments.chip(given),
            *("--data", _input(given, "validation"), *arguments.coding(given)),
            *arguments.coding_seed(given),
            *("--limit", str(_least(options.n_scaled, options.limit))),
            *option("input-coding", options.input_coding),
            *option("input-range", given.input_range),
            *("-o", "compile/build", "--json"),
        ),
        main="compile/report.json",
        reads=("network", "validation", "chip", "convert", "train"),
    )


def exit_(given: Given, _before: Manifest) -> Planned:
    """Choose when a sample may stop, on validation data."""
    options = given.options
    return Stage(
        name="exit",
        arguments=(
            *("exit", "compile/build", "--data", _input(given, "validation")),
            *arguments.coding(given),
            *option("limit", options.limit),
            *option("target-accuracy-drop", options.accuracy_drop),
            *option("seed", options.seed),
            *("-o", "exit/build", "--json"),
        ),
        main="exit/report.json",
        reads=("validation", "compile"),
        refusal=Status.NOT_APPLICABLE,
        refused_by=("ND1801", "ND2881"),
    )


def verify(given: Given, before: Manifest) -> Planned:
    """Hold the integers against the reference and the float network, step by step."""
    return Stage(
        name="verify",
        arguments=(
            *("verify", _build(before), "--data", _input(given, "test")),
            *arguments.coding(given),
            *arguments.coding_seed(given),
            *arguments.targets(given.options),
            *option("samples", given.options.n_verified),
            "--json",
        ),
        main="verify/report.json",
        reads=("test", "compile", "exit"),
        gate=True,
    )


def profile(given: Given, before: Manifest) -> Planned:
    """Run all test samples, and count and model what that costs."""
    return Stage(
        name="profile",
        arguments=(
            *("profile", _build(before), "--data", _input(given, "test")),
            *arguments.coding(given),
            *arguments.coding_seed(given),
            *option("limit", given.options.limit),
            *("--html", "profile/report.html", "--json"),
        ),
        main="profile/report.json",
        reads=("test", "compile", "exit"),
        gate=True,
    )


def check(given: Given, _before: Manifest) -> Planned:
    """Hold the report against the budget."""
    budget = given.path("budget")
    if budget is None:
        reason = "no --budget was given to hold the report against"
        return Skipped(name="check", status=Status.NOT_TESTED, reason=reason)
    return Stage(
        name="check",
        arguments=("check", "profile/report.json", "--budget", budget, "--json"),
        main="check/report.json",
        reads=("budget", "profile"),
        gate=True,
    )


def attack(given: Given, before: Manifest) -> Planned:
    """Attack the integers, and see what is left of their accuracy."""
    options = given.options
    return Stage(
        name="attack",
        arguments=(
            *("attack", _build(before), "--data", _input(given, "test")),
            *arguments.coding(given),
            *arguments.protocol(given),
            *option("samples", options.n_attacked),
            *option("seed", options.seed),
            *("-o", "attack"),
        ),
        main="attack/attack.json",
        printed=False,
        reads=("test", "protocol", "compile", "exit"),
        refusal=Status.NOT_TESTED,
    )


def leak(given: Given, before: Manifest) -> Planned:
    """Audit what the network gives away, in the opinion of an independent judge."""
    judge, public = given.path("judge"), given.path("public")
    if judge is None:
        reason = "no --judge was given: an independent artificial network of the same classes"
        return Skipped(name="leak", status=Status.NOT_TESTED, reason=reason)
    return Stage(
        name="leak",
        arguments=(
            *("leak", *_network(given, before), "--judge", judge),
            *("--data", _input(given, "test"), *option("public", public)),
            *option("limit", given.options.limit),
            *option("seed", given.options.seed),
            *("-o", "leak/images.html", "--json"),
        ),
        main="leak/report.json",
        reads=("network", "judge", "test", "public", "convert", "train"),
        refusal=Status.NOT_TESTED,
    )


def report(given: Given, _before: Manifest) -> Planned:
    """Put it all together, first for who decides, then for who builds."""
    files = (f"report/decision.{form}" for form in ("html", "md", "json"))
    return Stage(
        name="report",
        arguments=(
            *("report", ".", *arguments.use(given.options)),
            *(part for file in files for part in ("-o", file)),
        ),
        main="report/decision.html",
        printed=False,
        reads=("convert", "exit", "verify", "profile", "check", "attack", "leak"),
    )


STAGES: dict[str, Plan] = {
    "convert": convert,
    "train": train,
    "compile": compile_,
    "exit": exit_,
    "verify": verify,
    "profile": profile,
    "check": check,
    "attack": attack,
    "leak": leak,
    "report": report,
}


def _input(given: Given, role: str) -> str:
    path = given.path(role)
    assert path is not None  # preflight asks for it
    return path


def _network(given: Given, before: Manifest) -> tuple[str, ...]:
    """Return the spiking network as the last stage left it, and what its file leaves open."""
    for name in ("train", "convert"):
        record = before.stage(name)
        if record is not None and record.status is Status.DONE:
            file = f"{name}/network.nir"
            return (file if file in record.files else f"{name}/network",)
    return _input(given, "network"), *arguments.conventions(given)


def _build(before: Manifest) -> str:
    record = before.stage("exit")
    return "exit/build" if record and record.status is Status.DONE else "compile/build"


def _least(number: int, limit: int | None) -> int:
    return number if limit is None else min(number, limit)
