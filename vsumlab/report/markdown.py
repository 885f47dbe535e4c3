"""Tables in Markdown."""

from __future__ import annotations

import re
from collections.abc import Sequence

from vsumlab.errors import visible
from vsumlab.report.tables import Table


def markdown_table(header: list[str], rows: list[list[str]]) -> str:
    """A table in Markdown."""
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join("| " + " | ".join(map(escaped, cells)) + " |" for cells in lines)


def escaped(text: str) -> str:
    r"""Text or code, so that Markdown shows it as it is.

    A bar ends no cell, a name in brackets is no tag, what follows a name in square ones is no address.

    >>> print(escaped("`a | b`"), escaped("`a` <b>"), escaped("![x](http://y)"))
    `a \| b` `a` \<b> ![x]\(http://y)
    """
    text = visible(text).replace("|", "\\|")
    if re.fullmatch("`[^`]+`", text):
        return text
    text = re.sub(r"(?<=\\)<", "&lt;", text)  # after a backslash of its own another one would not do
    return re.sub(r"<(?=[A-Za-z/!?])|(?<=\])\(", r"\\\g<0>", text)


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
