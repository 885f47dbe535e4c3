"""Tables in Markdown: read back by a plain reader, whatever is in their cells."""

import re

from hypothesis import given
from hypothesis import strategies as st

from vsumlab.report.markdown import escaped, markdown, markdown_table
from vsumlab.report.tables import Table

TEXT = st.text(
    st.characters(blacklist_categories=("Cs", "Cc", "Cf"), blacklist_characters="\\\u2028\u2029"), max_size=8
)


def read(text: str) -> list[list[str]]:
    """The cells of a table in Markdown: what stands between bars that no backslash precedes."""
    lines = [re.split(r"(?<!\\)\|", line)[1:-1] for line in text.split("\n")]
    return [
        [cell[1:-1].replace("\\|", "|").replace("\\<", "<").replace("]\\(", "](") for cell in line]
        for line in lines
    ]


@given(st.lists(st.tuples(TEXT, TEXT), min_size=1, max_size=4))
def test_every_cell_stands_alone(rows) -> None:
    lines = read(markdown_table(["a", "b|c"], [list(row) for row in rows]))
    assert lines == [["a", "b|c"], ["---", "---"], *(list(row) for row in rows)]


def test_names_in_brackets_are_no_tags_but_code_stays_code() -> None:
    assert escaped("<b>c") == r"\<b>c"
    assert escaped("p < 0.001") == "p < 0.001"
    assert escaped("<!-- end -->") == r"\<!-- end -->", "which would end a table of a page"
    assert escaped("`a<b|c`") == r"`a<b\|c`"
    assert escaped("`a` <b> `c`") == r"`a` \<b> `c`", "is not code from end to end"
    assert escaped(r"\<b>") == r"\&lt;b>", "where a backslash would escape the other one"
    assert escaped("![x](http://y)") == r"![x]\(http://y)", "which would load it"
    assert escaped("\x1b[2J") == r"\x1b[2J"


def test_a_table_has_title_and_notes_and_what_is_empty_is_left_out() -> None:
    full = Table("one|two", ["a"], [["1"]], "said <i>")
    bare = Table("three", ["a"], [], "")
    assert markdown([full, bare]) == (
        "**one\\|two**\n\n| a |\n| --- |\n| 1 |\n\nsaid \\<i>\n\n**three**\n\n| a |\n| --- |"
    )
