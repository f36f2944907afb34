"""What `report` prints of a decision: page one."""

from typing import TYPE_CHECKING

from neurodeploy.cli import output

if TYPE_CHECKING:
    from neurodeploy.decision.page_one import PageOne


def print_page_one(page: "PageOne") -> None:
    """Print the answer, the figures, the costs, the ANN, what was tested and what was not."""
    from neurodeploy.decision.render import cost_words, words

    subject = page.subject
    output.heading(words.headline(page.judged))
    for reason in page.judged.reasons:
        output.say(f"- {reason}")
    for caution in page.judged.cautions:
        output.say(f"note: {caution}")
    output.say(f"{words.name(subject)}; {subject.n_samples:,} samples of {subject.n_steps} steps")
    output.heading("One inference")
    output.table(("", "", "range", "basis"), list(words.figures(page)))
    output.say(words.in_energy(page))
    if page.use is not None and page.cost is not None:
        output.heading("In use")
        for line in cost_words.cost_lines(page.use, page.cost):
            output.say(line)
    if page.ann is not None:
        output.heading("Against the same network as an ANN")
        for line in words.ann_lines(page.ann):
            output.say(line)
    _print_tests(page)


def _print_tests(page: "PageOne") -> None:
    output.heading("Tested")
    for one in page.tested:
        mark = {None: "  ", True: "ok", False: "NO"}[one.holds]
        output.say(f"{mark} {one.what}: {one.finding}")
    output.heading("Not tested")
    for missing in page.untested:
        output.say(f"-- {missing.what}: {missing.reason}")
