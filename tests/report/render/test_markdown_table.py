"""Names from the user's files stay what they are in Markdown."""

import pytest

from neurodeploy.report.render.markdown_table import plain, table


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("conv_1", "conv_1"),
        ("_hidden_", r"\_hidden\_"),
        ("a\\*b", r"a\\\*b"),
        ("a|b", r"a\|b"),
        ("*w* `x` [y]", r"\*w\* \`x\` \[y\]"),
        ("<b> & c\nd", "&lt;b&gt; &amp; c d"),
    ],
)
def test_marks_in_names_are_escaped(name: str, written: str) -> None:
    assert plain(name) == written


def test_first_columns_stand_to_the_left() -> None:
    lines = list(table(("a", "b", "c"), [("1", "2", "3")], left=2))
    assert lines == ["| a | b | c |", "|---|---|---:|", "| 1 | 2 | 3 |"]
