"""Tables in a terminal of any width: nothing is broken that is one thing, no name is read as markup."""

import re
import sys
from collections import Counter
from functools import cache

import pytest
from support import PROJECT

from vsumlab.report.contents import report_tables
from vsumlab.report.tables import Table
from vsumlab.report.terminal import as_text, show
from vsumlab.runs.reading import find_runs

TABLE = Table(
    "a [red]title",
    ["scorer", "F1 %", "τ"],
    [["a_scorer_with_a_long_name", "55.3 ± 2.0", "-0.123"], ["[b]other", "60.1 ± 10.0 ≈", ""]],
    "said [/b] of it",
)
LONG = "chunk_stride=True, target=[0.25, 0.75], uncommitted code=0123456 changed 89abcdef, variance_loss=none"
WIDE = Table(
    "tvsum · canonical",
    ["scorer", "run", "row in the paper", "seeds", "F1 %", "τ", "ρ", "F1 %: 95 % interval", "missing"],
    [
        ["csnet", LONG, "CSNet6", "0–2, 4", "55.3 ± 2.0 ≈", "-0.123 ± 0.018", "0.5", "-1.4 to 1.0", ""],
        ["csnet", "chunk_stride=False", "", "0", "55.4 ± 2.1", "0.124", "", "", "2 failed, 1 not run"],
        ["Online sparse coding", "", "", "", "", "", "", "", ""],
    ],
    "Means over videos, then folds. " * 5,
)
MADE = {
    "one column": Table("t", ["scorer"], [["a"], ["b c"]], ""),
    "long names": WIDE,
    "short names": WIDE._replace(rows=[["csnet", "k=1", *row[2:]] for row in WIDE.rows]),
    "a grid": Table(
        "g", ["", *(f"sparsity={i}" for i in range(12))], [["heads=1, layers=2", *["0.123 ± 0.045"] * 12]], ""
    ),
    "commands": Table(
        "made",
        ["command", "commit", "on"],
        [["`vsumlab run -m seed=0,1 'remark=in two words' data.file=a.h5`", "012345678", "1 CPU thread"]],
        "",
    ),
}
STUDIES = ("csnet_table2", "csnet_table3")
LARGE = ("consensus", "contrastive_hyperparameters")


@cache
def study(name: str) -> list[Table]:
    return report_tables(find_runs([PROJECT / "experiments" / name]), "random")


TABLES = [*MADE, *STUDIES, *(pytest.param(name, marks=pytest.mark.slow) for name in LARGE)]


def tables_of(name: str) -> list[Table]:
    return [MADE[name]] if name in MADE else study(name)


def unbroken(table: Table) -> list[str]:
    """What has to stand in one line: words, whole overrides, and numbers with spread and mark."""
    found = []
    for name, *cells in zip(table.header, *table.rows, strict=True):
        found += name.split()
        for cell in cells:
            if name == "run":
                found += re.sub(r", (?=[\w. ]+=)", "\n", cell).splitlines()
            elif re.match(r"[-+−<]?\s*[\d.]", cell):
                found.append(cell)
            else:
                found += re.findall(r"(?:'[^']*'|\S)+", cell)
    return [*found, *table.title.split(), *table.notes.split()]


@pytest.mark.parametrize("width", [40, 53, 80, 100, 120, 200])
@pytest.mark.parametrize("name", TABLES)
def test_what_is_one_thing_is_never_broken_and_lines_fit(name, width) -> None:
    for table in tables_of(name):
        text, parts = as_text([table], width), unbroken(table)
        for part in parts:
            assert part in text
        longest = max(map(len, parts)) + len("  ") + len(", ")
        assert max(map(len, text.splitlines())) <= max(width, longest)


def test_a_row_without_figures_in_a_block_is_its_name_alone() -> None:
    text = as_text([WIDE], 80)
    blocks = [block for block in text.split("\n\n") if "─" in block]
    assert len(blocks) > 1
    for block in blocks:
        assert all(line.strip() for line in block.strip("\n").splitlines())
        assert "Online sparse coding" in block


FIGURE = re.compile(r"[-+]?\d+\.\d+ (?:±|to) \S+(?: ≈)?")


@pytest.mark.parametrize("width", [40, 80, 120, None])
@pytest.mark.parametrize("name", TABLES)
def test_every_figure_is_there_as_often_as_the_table_has_it(name, width) -> None:
    for table in tables_of(name):
        shown = as_text([table._replace(title="", notes="")], width)
        cells = "\n".join(cell for row in table.rows for cell in row)
        assert Counter(FIGURE.findall(shown)) == Counter(FIGURE.findall(cells))


@pytest.mark.parametrize("name", TABLES)
def test_without_a_width_each_row_is_one_line(name) -> None:
    for table in tables_of(name):
        lines = as_text([table]).splitlines()
        assert lines[0] == table.title
        rows = lines[2 : 4 + len(table.rows)]
        del rows[1]  # the rule
        for row, cells in zip(rows, [table.header, *table.rows], strict=True):
            assert re.split(r" {2,}", row.strip()) == [cell for cell in cells if cell]
        assert lines[4 + len(table.rows) :] == (["", table.notes, ""] if table.notes else [""])


SMALL = Table(
    "t",
    ["scorer", "run", "F1 %", "τ"],
    [["csnet", "k=1", "55.3 ± 2.0 ≈", "0.124 ± 0.003"], ["random", "", "55.0 ± 1.0", "0.001"]],
    "",
)


def test_columns_that_do_not_fit_stand_beneath_with_short_names_left_of_them() -> None:
    assert (
        as_text([SMALL], 39)
        == """\
t

scorer  run  F1 %
─────────────────────────
csnet   k=1  55.3 ± 2.0 ≈
random       55.0 ± 1.0

scorer  run  τ
──────────────────────────
csnet   k=1  0.124 ± 0.003
random       0.001

"""
    )


def test_columns_that_do_not_fit_stand_beneath_with_long_names_above_them() -> None:
    long = [["csnet", "first=1, second=2, third=[1, 2]", *SMALL.rows[0][2:]], SMALL.rows[1]]
    assert (
        as_text([SMALL._replace(rows=long)], 28)
        == """\
t

scorer  run
  F1 %
─────────────────────────
csnet  first=1, second=2,
third=[1, 2]
  55.3 ± 2.0 ≈
random
  55.0 ± 1.0

scorer  run
  τ
─────────────────────────
csnet  first=1, second=2,
third=[1, 2]
  0.124 ± 0.003
random
  0.001

"""
    )


@pytest.mark.parametrize("width", [40, 80, 120])
def test_a_terminal_is_kept_to_and_anything_else_is_not(width, capsys, monkeypatch) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    show([WIDE])
    assert capsys.readouterr().out == as_text([WIDE])
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    show([WIDE])
    assert re.sub(r"\x1b\[[\d;]*m", "", capsys.readouterr().out) == as_text([WIDE], width)


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
