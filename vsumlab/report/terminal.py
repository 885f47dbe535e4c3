"""Tables of a report in a terminal."""

from __future__ import annotations

import io
import re
import sys
from collections.abc import Sequence

from rich import box
from rich.console import Console
from rich.markup import escape
from rich.table import Table as RichTable

from vsumlab.report.tables import Table

WIDTH = 120
"""Of text that no terminal shows, in characters."""


def show(tables: Sequence[Table], console: Console | None = None) -> None:
    """Prints tables: to the screen, unless a console is given."""
    console = console or Console(width=None if sys.stdout.isatty() else WIDTH)
    for table in tables:
        shown = RichTable(
            title=escape(table.title),
            caption=escape(table.notes),
            box=box.SIMPLE_HEAD,
            pad_edge=False,
            title_style="bold",
            title_justify="left",
            caption_justify="left",
        )
        for name, *cells in zip(table.header, *table.rows, strict=True):
            # where it is narrow, names may go on in the next line, but never a number
            numbers = [word for cell in cells for word in cell.split() if re.match(r"[-+]?\d", word)]
            shown.add_column(escape(name), overflow="fold", min_width=max(map(len, numbers), default=0))
        for row in table.rows:
            shown.add_row(*map(escape, row))
        console.print(shown, crop=False)


def as_text(tables: Sequence[Table], width: int = WIDTH) -> str:
    """Tables as plain text."""
    text = io.StringIO()
    show(tables, Console(file=text, width=width))
    return "\n".join(line.rstrip() for line in text.getvalue().splitlines()) + "\n"
