"""Pages whose tables are made from recorded results, never typed."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping


def markdown_table(header: list[str], rows: list[list[str]]) -> str:
    """A table in Markdown."""
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def with_tables(page: str, study: str, tables: Mapping[str, Callable[[], str]]) -> str:
    """A page with what stands between `<!-- STUDY NAME -->` and `<!-- end -->` made anew."""

    def anew(match: re.Match[str]) -> str:
        return f"{match[1]}\n{tables[match[2]]()}\n{match[3]}"

    return re.sub(rf"(<!-- {study} (\w+) -->).*?(<!-- end -->)", anew, page, flags=re.DOTALL)
