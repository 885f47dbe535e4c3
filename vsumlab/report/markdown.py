"""Tables in Markdown."""

from __future__ import annotations

import re
from collections.abc import Sequence

from vsumlab.report.tables import Table


def markdown_table(header: list[str], rows: list[list[str]]) -> str:
    """A table in Markdown."""
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join("| " + " | ".join(map(escaped, cells)) + " |" for cells in lines)


def escaped(text: str) -> str:
    """Text or code, so that Markdown shows it as it is: a bar ends no cell, a name in brackets is no tag."""
    text = text.replace("|", "\\|")
    return text if text.startswith("`") else re.sub(r"<(?=[A-Za-z/!?])", r"\<", text)


def markdown(tables: Sequence[Table]) -> str:
    """Tables in Markdown, each with its title and notes."""
    parts = []
    for table in tables:
        parts += [
            f"**{escaped(table.title)}**",
            markdown_table(table.header, table.rows),
            escaped(table.notes),
        ]
    return "\n\n".join(filter(None, parts))


def between(page: str, begin: str, end: str, tables: Sequence[Table]) -> str:
    """A page with tables in place of what stands between two marks.

    Raises:
        ValueError: If it does not have both.

    >>> made = between("a <!-- b --> old <!-- c --> d", "<!-- b -->", "<!-- c -->", [])
    >>> made.split()
    ['a', '<!--', 'b', '-->', '<!--', 'c', '-->', 'd']
    """
    first, last = page.index(begin) + len(begin), page.index(end)
    return f"{page[:first]}\n{markdown(tables)}\n{page[last:]}"
