"""The report as one HTML page that needs no other file and no network."""

from collections.abc import Sequence

from neurodeploy.audits.attacks import words
from neurodeploy.audits.attacks.protocol_text import protocol_text
from neurodeploy.audits.attacks.report import AttackReport, DeployedReport
from neurodeploy.report.render.html.element import Html, joined, tag
from neurodeploy.report.render.html.page import head
from neurodeploy.report.render.html.section import section
from neurodeploy.report.render.html.table import Column, folded, table

COSTS = ("per inference", "clean", "attacked")


def page(report: AttackReport) -> str:
    """Return the page."""
    title = f"{report.protocol.name} on {report.data}: neurodeploy attack"
    return f"<!doctype html>\n{tag('html', {'lang': 'en'}, head(title), _body(report))}\n"


def _body(report: AttackReport) -> Html:
    sections = joined(
        section("verdict", words.headline(report), "", *map(_line, words.subject_lines(report))),
        *_deployed(report),
        _attacks(report),
        *_rows("spikes", "Attacks on spikes", words.SPIKE_COLUMNS, words.spike_rows(report.spikes)),
        *_rows("noise", "Noise", words.NOISE_COLUMNS, words.noise_rows(report.noise)),
        *_masking(report),
        _activity(report),
        section("protocol", "Protocol", "", tag("pre", {}, protocol_text(report.protocol))),
    )
    return tag(
        "body",
        {},
        tag("a", {"class": "skip", "href": "#verdict"}, "Skip to the verdict"),
        tag("header", {}, tag("h1", {}, f"Under attack: {report.data}")),
        tag("main", {}, sections),
    )


def _attacks(report: AttackReport) -> Html:
    return section(
        "attacks",
        "Attacks on the float network",
        "Left is what no attack so far has turned; alone is the accuracy under one attack.",
        _table("Attacks", words.ATTACK_COLUMNS, words.attack_rows(report.attacks)),
        *map(_line, words.single_lines(report)),
        *map(_note, words.dead_lines(report.attacks)),
        *map(_note, (*report.left_out, *report.notes)),
    )


def _deployed(report: AttackReport) -> tuple[Html, ...]:
    found = report.deployed
    if found is None:
        return ()
    content = section(
        "deployed",
        "The deployed integers",
        "",
        *map(_line, words.deployed_lines(report)),
        _table("Attacks on the integers", words.ATTACK_COLUMNS, words.attack_rows(found.attacks)),
        _table("Costs", COSTS, words.cost_rows(found.costs)),
    )
    return (content, *_exits(found), *_battery(found))


def _rows(
    anchor: str, title: str, titles: Sequence[str], rows: Sequence[Sequence[str]]
) -> tuple[Html, ...]:
    if not rows:
        return ()
    return (section(anchor, title, "Of the float network.", _table(title, titles, rows)),)


def _exits(found: DeployedReport) -> tuple[Html, ...]:
    if not found.exits:
        return ()
    rows = words.exit_rows(found.exits)
    content = _table("Stopping early", words.EXIT_COLUMNS, rows)
    return (section("exits", "Stopping early, on the same samples", "", content),)


def _battery(found: DeployedReport) -> tuple[Html, ...]:
    return tuple(
        section(
            f"battery-{row.aim}",
            words.battery_title(row),
            "",
            _table(words.battery_title(row), COSTS, words.battery_rows(row)),
        )
        for row in found.battery
    )


def _masking(report: AttackReport) -> tuple[Html, ...]:
    if report.masking is None:
        return ()
    first, *rest = words.masking_lines(report.masking)
    shown = _note if report.masking.findings else _line
    return (section("masking", "Masked gradients", "", shown(first), *map(_line, rest)),)


def _activity(report: AttackReport) -> Html:
    rows = words.activity_rows(report.clean_activity, report.under_attack)
    return section(
        "activity",
        "Activity",
        "Of the float network, mean over samples.",
        folded("Rates", _table("Activity", ("figure", "clean", "attacked"), rows)),
    )


def _table(label: str, titles: Sequence[str], rows: Sequence[Sequence[str]]) -> Html:
    first, *rest = titles
    columns = [Column(title=first, kind="text"), *(Column(title=title) for title in rest)]
    return table(label, columns, rows)


def _line(text: str) -> Html:
    return tag("p", {}, text)


def _note(text: str) -> Html:
    return tag("p", {"class": "note", "role": "note"}, text)
