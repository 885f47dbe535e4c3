"""Pages whose tables are made from recorded results, never typed."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence

from vsumlab.results.sheets import Sheet


def markdown_table(header: list[str], rows: list[list[str]]) -> str:
    """A table in Markdown; a bar in a cell is written so that it does not end the cell."""
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |" for cells in lines)


def markdown(sheets: Sequence[Sheet]) -> str:
    """Tables in Markdown, each with its title and notes."""
    parts = []
    for sheet in sheets:
        parts += [f"**{sheet.title}**", markdown_table(sheet.header, sheet.rows), sheet.notes]
    return "\n\n".join(filter(None, parts))


def with_tables(page: str, study: str, tables: Mapping[str, Callable[[], str]]) -> str:
    """A page with what stands between `<!-- STUDY NAME -->` and `<!-- end -->` made anew."""

    def anew(match: re.Match[str]) -> str:
        return f"{match[1]}\n{tables[match[2]]()}\n{match[3]}"

    return re.sub(rf"(<!-- {study} (\w+) -->).*?(<!-- end -->)", anew, page, flags=re.DOTALL)
