"""A study: runs that are kept with the project, and pages whose tables are made from them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from vsumlab.results.comparison import Comparison, compare
from vsumlab.results.pages import markdown, with_tables
from vsumlab.results.run_folder import write_whole
from vsumlab.results.runs import Run, read_study, write_study
from vsumlab.results.sheets import difference_sheets, fold_sheets, result_sheets, runs_sheet


def keep_study(folder: Path, runs: list[Run]) -> list[Path]:
    """Writes runs to a study's folder and makes the tables of its pages anew.

    Returns:
        The pages that have tables of this study.
    """
    write_study(folder, runs)
    made = pages(folder)
    for page, text in made.items():
        write_whole(page, text)
    return list(made)


def pages(folder: Path) -> dict[Path, str]:
    """A study's pages as they should be: its own README.md and that of the project, where they name it."""
    runs = read_study(folder)
    named = tables(runs, compare(runs))
    found = {}
    for page in (folder / "README.md", folder.parent.parent / "README.md"):
        if page.is_file() and f"<!-- {folder.name} " in (text := page.read_text(encoding="utf-8")):
            found[page] = with_tables(text, folder.name, named)
    return found


def tables(runs: list[Run], comparisons: list[Comparison]) -> dict[str, Callable[[], str]]:
    """What can stand on a page, by name: `measured` has the datasets with runs, `results` all."""
    shown: dict[str, Callable[[], str]] = {
        "results": lambda: markdown(result_sheets(comparisons)),
        "measured": lambda: markdown(result_sheets([c for c in comparisons if c.measured])),
        "differences": lambda: markdown(difference_sheets(comparisons)),
        "folds": lambda: markdown(fold_sheets(comparisons)),
        "runs": lambda: markdown([runs_sheet(runs)]),
    }
    return shown
