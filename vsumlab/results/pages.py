"""Pages whose tables are made from recorded results, never typed."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence

from vsumlab.errors import UserError
from vsumlab.results.sheets import Sheet


def markdown_table(header: list[str], rows: list[list[str]]) -> str:
    """A table in Markdown."""
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join("| " + " | ".join(map(escaped, cells)) + " |" for cells in lines)


def escaped(text: str) -> str:
    """Text or code, so that Markdown shows it as it is: a bar ends no cell, a name in brackets is no tag."""
    text = text.replace("|", "\\|")
    return text if text.startswith("`") else re.sub(r"<(?=[A-Za-z/!?])", r"\<", text)


def markdown(sheets: Sequence[Sheet]) -> str:
    """Tables in Markdown, each with its title and notes."""
    parts = []
    for sheet in sheets:
        parts += [
            f"**{escaped(sheet.title)}**",
            markdown_table(sheet.header, sheet.rows),
            escaped(sheet.notes),
        ]
    return "\n\n".join(filter(None, parts))


def with_tables(page: str, study: str, tables: Mapping[str, Callable[[], str]]) -> str:
    """A page with what stands between `<!-- STUDY NAME -->` and `<!-- end -->` made anew.

    Raises:
        UserError: If the page names a table that there is not.
    """

    def anew(match: re.Match[str]) -> str:
        if match[2] not in tables:
            raise UserError(f"{match[1]}: no such table: write one of {', '.join(tables)}")
        return f"{match[1]}\n{tables[match[2]]()}\n{match[3]}"

    return re.sub(rf"(<!-- {re.escape(study)} (\w+) -->).*?(<!-- end -->)", anew, page, flags=re.DOTALL)
