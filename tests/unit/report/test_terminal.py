"""Tables in a terminal of any width: no number is broken, no name is read as markup."""

import re

import pytest

from vsumlab.report.tables import Table
from vsumlab.report.terminal import WIDTH, as_text, show

TABLE = Table(
    "a [red]title",
    ["scorer", "F1 %", "τ"],
    [["a_scorer_with_a_long_name", "55.3 ± 2.0", "-0.123"], ["[b]other", "60.1 ± 10.0 ≈", ""]],
    "said [/b] of it",
)


@pytest.mark.parametrize("width", [20, 30, 80, 200])
def test_numbers_are_whole_however_narrow_it_is(width) -> None:
    words = as_text([TABLE], width).split()
    for number in ("55.3", "2.0", "-0.123", "60.1", "10.0"):
        assert number in words


def test_names_are_shown_as_they_are() -> None:
    text = as_text([TABLE])
    for shown in ("a [red]title", "a_scorer_with_a_long_name", "[b]other", "said [/b] of it"):
        assert shown in text


def test_text_is_plain_and_as_wide_as_one_asks() -> None:
    text = as_text([TABLE, TABLE], 60)
    assert not re.search(r"\x1b|[ \t]\n", text)
    assert max(map(len, text.splitlines())) <= 60
    assert text.count("a [red]title") == 2
    assert text.endswith("\n")


def test_a_table_without_rows_is_its_header() -> None:
    assert "scorer" in as_text([Table("t", ["scorer"], [], "nothing")])


def test_without_a_terminal_tables_are_as_wide_as_in_a_file(capsys) -> None:
    long = TABLE._replace(rows=[["a name " * 12, "55.3 ± 2.0", "-0.123"]])
    show([long])
    shown = capsys.readouterr().out.splitlines()
    assert "\n".join(line.rstrip() for line in shown) + "\n" == as_text([long], WIDTH)
