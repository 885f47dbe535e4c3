"""Tables of a report in a terminal, whose width they keep to, and as text, where each row is one line."""

from __future__ import annotations

import re
import sys
import textwrap
from collections.abc import Iterable, Iterator, Sequence
from itertools import zip_longest
from typing import NamedTuple

from rich.cells import cell_len, set_cell_size
from rich.console import Console
from rich.text import Text

from vsumlab.errors import visible
from vsumlab.report.cells import is_number
from vsumlab.report.tables import Table

NAMING = ("scorer", "run", "command")
"""Columns that say what a row is of; where a table has none of them, its first one does."""
GAP = "  "
"""Between columns, and before numbers that stand under their row's name."""

Row = list[str]
"""A row of a table, or its header, as the lines that it takes."""


class Column(NamedTuple):
    """A column, its header first; each cell is the pieces between which a line may end."""

    cells: list[list[str]]

    @property
    def least(self) -> int:
        """How wide it is where every line ends as soon as it may, in characters."""
        return max((cell_len(piece.rstrip()) for cell in self.cells for piece in cell), default=0)

    @property
    def whole(self) -> int:
        """How wide it is with each cell in one line."""
        return max(cell_len("".join(cell)) for cell in self.cells)


def show(tables: Sequence[Table]) -> None:
    """Prints tables: within the width of a terminal, and elsewhere each row in one line."""
    console = Console()
    width = console.width if sys.stdout.isatty() else None
    for table in map(shown, tables):
        console.print(Text(as_prose(table.title, width), "bold"), soft_wrap=True)
        console.print(Text(as_body(table, width)), soft_wrap=True, end="")


def as_text(tables: Sequence[Table], width: int | None = None) -> str:
    """Tables as plain text, within a width or, without one, each row in one line."""
    return "".join(f"{as_prose(table.title, width)}\n{as_body(table, width)}" for table in map(shown, tables))


def shown(table: Table) -> Table:
    """A table in which no name, remark or override from a run folder does anything to the terminal."""
    rows = [[*map(visible, row)] for row in table.rows]
    return Table(visible(table.title), [*map(visible, table.header)], rows, visible(table.notes))


def as_body(table: Table, width: int | None) -> str:
    """A table's rows and notes; a line is longer than the width only where a single piece of a cell is."""
    columns = [
        Column([pieces(cell, name) for cell in (name, *cells)])
        for name, *cells in zip(table.header, *table.rows, strict=True)
    ]
    blocks = "".join("\n".join([*ruled(block), "", ""]) for block in as_blocks(table.header, columns, width))
    return f"\n{blocks}{as_prose(table.notes, width)}\n\n" if table.notes else f"\n{blocks}"


def as_blocks(header: Sequence[str], columns: Sequence[Column], width: int | None) -> Iterator[list[Row]]:
    """A table in one block, or as many as its columns need, each of which has the names of the rows.

    The names stand left of the numbers where they take no more than a third of the width, else above them.
    """
    if width is None or together(column.whole for column in columns) <= width:
        yield in_columns(columns, [column.whole for column in columns])
        return
    names = max((place + 1 for place, name in enumerate(header) if name in NAMING), default=1)
    naming, others = columns[:names], columns[names:]
    left = together(column.whole for column in naming) + len(GAP)
    if left <= width // 3 and all(left + column.least <= width for column in others):
        for block in groups(others, width - left):
            widths = [column.whole for column in naming] + widened(block, width - left)
            yield in_columns([*naming, *block], widths)
    else:
        named = [
            wrapped(joined(cells), width) for cells in zip(*(column.cells for column in naming), strict=True)
        ]
        for block in groups(others, width - len(GAP)):
            rows = in_columns(block, widened(block, width - len(GAP)))
            filled = [[GAP + line for line in row if line] for row in rows]  # a row may have nothing here
            yield [name + row for name, row in zip(named, filled, strict=True)]


def groups(columns: Sequence[Column], width: int) -> Iterator[list[Column]]:
    """Columns in order, as many at a time as fit, but at least one."""
    group: list[Column] = []
    for column in columns:
        if group and together(each.least for each in [*group, column]) > width:
            yield group
            group = []
        group.append(column)
    yield group


def widened(columns: Sequence[Column], width: int) -> list[int]:
    """The widths of columns that fit: what is left over goes to those that have cells of several lines."""
    spare = width - together(column.least for column in columns)
    widths = []
    for column in columns:
        more = max(0, min(spare, column.whole - column.least))
        widths.append(column.least + more)
        spare -= more
    return widths


def together(widths: Iterable[int]) -> int:
    """How wide columns are next to each other."""
    each = [*widths]
    return sum(each) + len(GAP) * (len(each) - 1)


def in_columns(columns: Sequence[Column], widths: Sequence[int]) -> list[Row]:
    """Columns next to each other: their headers, then row by row."""
    return [
        [
            GAP.join(set_cell_size(line, width) for line, width in zip(lines, widths, strict=True)).rstrip()
            for lines in zip_longest(*map(wrapped, row, widths), fillvalue="")
        ]
        for row in zip(*(column.cells for column in columns), strict=True)
    ]


def ruled(block: Sequence[Row]) -> Iterator[str]:
    """The lines of a block, with a rule under its header."""
    header, *rows = block
    yield from header
    yield "─" * max(cell_len(line) for row in block for line in row)
    for row in rows:
        yield from row


def pieces(cell: str, column: str) -> list[str]:
    """A cell's text in pieces that are never broken: words, numbers with what belongs to them, overrides.

    >>> pieces("heads=8, target=[0, 1]", "run")
    ['heads=8, ', 'target=[0, 1]']
    """
    if column == "run":
        return re.split(r"(?<=, )(?=[\w. ]+=)", cell)
    if is_number(cell):
        return [cell]
    return re.findall(r"(?:'[^']*'|\S)+\s*", cell)  # an override with spaces is quoted in a command


def joined(cells: Iterable[list[str]]) -> list[str]:
    """Cells as one, without those that are empty."""
    filled = [cell for cell in cells if any(cell)]
    return [piece for cell in filled for piece in [*cell[:-1], cell[-1] + GAP]]


def wrapped(cell: Sequence[str], width: int) -> list[str]:
    """A cell's lines: as many pieces in each as fit, but at least one."""
    lines = [""]
    for piece in cell:
        if lines[-1] and cell_len((lines[-1] + piece).rstrip()) > width:
            lines.append("")
        lines[-1] += piece
    return [line.rstrip() for line in lines]


def as_prose(text: str, width: int | None) -> str:
    """Sentences, wrapped between words."""
    if width is None:
        return text
    return textwrap.fill(text, width, break_long_words=False, break_on_hyphens=False)
