"""What `attack` prints while it runs and when it is done."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from neurodeploy.cli import output

if TYPE_CHECKING:
    from neurodeploy.audits.attacks.protocol import Protocol
    from neurodeploy.audits.attacks.report import AttackReport, DeployedReport

COSTS = ("per inference", "clean", "attacked")


@contextmanager
def progress(protocol: "Protocol", *, quiet: bool) -> Iterator[Callable[[str, int], None]]:
    """Yield what is told an attack's name and how many samples it has done.

    A new attack starts the bar again: how many samples are left for it is known only then.
    """
    with output.progress("samples of this attack", protocol.n_samples, quiet=quiet) as advance:

        def on_batch(name: str, n_done: int) -> None:
            del name
            advance(n_done)

        yield on_batch


def print_report(report: "AttackReport") -> None:
    """Print the headline, every attack, the integers, masking, activity, and the protocol."""
    from neurodeploy.audits.attacks import words
    from neurodeploy.audits.attacks.protocol_text import protocol_text

    output.say(words.headline(report))
    for line in words.subject_lines(report):
        output.say(line)
    output.heading("Attacks on the float network")
    output.table(words.ATTACK_COLUMNS, words.attack_rows(report.attacks))
    _say_all(words.single_lines(report), words.dead_lines(report.attacks))
    _say_all([f"left out: {line}" for line in report.left_out], report.notes)
    if report.spikes:
        output.heading("Attacks on spikes, of the float network")
        output.table(words.SPIKE_COLUMNS, words.spike_rows(report.spikes), left=2)
    if report.noise:
        output.heading("Noise that nobody means, on the float network")
        output.table(words.NOISE_COLUMNS, words.noise_rows(report.noise))
    if report.deployed is not None:
        _print_deployed(report, report.deployed)
    if report.masking is not None:
        output.heading("Masked gradients")
        _say_all(words.masking_lines(report.masking))
    output.heading("Activity of the float network")
    rows = words.activity_rows(report.clean_activity, report.under_attack)
    output.table(("figure", "clean", "attacked"), rows)
    output.heading("Protocol")
    output.say(protocol_text(report.protocol).rstrip())


def _print_deployed(report: "AttackReport", found: "DeployedReport") -> None:
    from neurodeploy.audits.attacks import words

    output.heading("The deployed integers")
    _say_all(words.deployed_lines(report))
    output.table(words.ATTACK_COLUMNS, words.attack_rows(found.attacks))
    _say_all(words.dead_lines(found.attacks))
    output.say()
    output.table(COSTS, words.cost_rows(found.costs))
    if found.exits:
        output.heading("Stopping early, on the same samples")
        output.table(words.EXIT_COLUMNS, words.exit_rows(found.exits))
    for row in found.battery:
        output.heading(words.battery_title(row))
        output.table(COSTS, words.battery_rows(row))


def _say_all(*groups: "list[str] | tuple[str, ...]") -> None:
    for group in groups:
        for line in group:
            output.say(line)
