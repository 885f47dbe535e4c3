"""A study: runs that are kept with the project, and pages whose tables are made from them."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

import pandas as pd

from vsumlab.errors import UserError
from vsumlab.evaluation.baselines import BASELINES
from vsumlab.methods.registry import methods, published_tables
from vsumlab.report.board import Board, boards
from vsumlab.report.compare import Comparison, compare
from vsumlab.report.contents import difference_tables, fold_tables, result_tables
from vsumlab.report.curves import curves_by_name
from vsumlab.report.leaderboard import leaderboard_tables, leaders_tables
from vsumlab.report.markdown import escaped, markdown
from vsumlab.report.paper_rows import claimed_rows, paper_rows, published
from vsumlab.report.provenance import runs_table
from vsumlab.report.seen_again import seen_again_tables
from vsumlab.report.tables import Table, variance_table
from vsumlab.runs.folder import write_whole
from vsumlab.runs.reading import Run
from vsumlab.runs.study_files import read_study, write_study

if TYPE_CHECKING:
    from vsumlab.report.pictures import Picture

MARKED = re.compile(
    r"(?P<begin><!-- (?P<studies>[^\s<>]+) (?P<table>\w+) -->).*?(?P<end><!-- end -->)", re.DOTALL
)
"""Where a page has a table: `<!-- STUDY TABLE -->`, or of several studies `<!-- STUDY+STUDY TABLE -->`."""


def keep_study(folder: Path, runs: list[Run]) -> list[Path]:
    """Writes runs to a study's folder and makes the tables of its pages anew.

    Returns:
        The pages that have tables of this study, and their pictures.
    """
    write_study(folder, runs)
    made = pages(folder)
    for file, content in made.items():
        write_whole(file, content)
    return list(made)


def pages(folder: Path) -> dict[Path, str]:
    """The pages of a study as they should be: of its own, of other studies and the project's, which name it.

    Pictures stand next to their pages.

    Raises:
        UserError: If a page names a table or a study that there is not, or has two pictures of one name.
    """
    found: dict[Path, str] = {}
    for page in (*sorted(folder.parent.glob("*/README.md")), folder.parent.parent / "README.md"):
        if page.is_file():
            text = page.read_text(encoding="utf-8")
            if any(folder.name in named(match, folder) for match in MARKED.finditer(text)):
                found[page], pictures = made_anew(text, folder)
                for picture in pictures:
                    file = page.parent / picture.file
                    if found.setdefault(file, picture.svg) != picture.svg:
                        raise UserError(f"{page}: two of its marks make {picture.file}: leave one of them")
    return found


def made_anew(page: str, folder: Path) -> tuple[str, list[Picture]]:
    """A page with the tables that a study has a part in made anew, and its pictures.

    Raises:
        UserError: If the page names a table or a study that there is not.
    """
    kept: dict[str, Kept] = {}
    pictures: list[Picture] = []

    def anew(match: re.Match[str]) -> str:
        studies = named(match, folder)
        if folder.name not in studies:
            return match[0]
        if match["table"] not in (*TABLES, PICTURES):
            there = ", ".join((*TABLES, PICTURES))
            raise UserError(f"{match['begin']}: no such table: write one of {there}")
        if match["studies"] not in kept:
            runs = [run for study in studies for run in read_study(folder.parent / study)]
            kept[match["studies"]] = Kept(runs)
        own = kept[match["studies"]]
        if match["table"] == PICTURES:
            pictures.extend(own.pictures)
            content = "\n\n".join(f"![{escaped(each.caption)}]({quote(each.file)})" for each in own.pictures)
        else:
            content = markdown(TABLES[match["table"]](own))
        return f"{match['begin']}\n{content}\n{match['end']}"

    return MARKED.sub(anew, page), pictures


def named(match: re.Match[str], folder: Path) -> list[str]:
    """The studies that a table of a page is of; one may have a plus in its own name."""
    return [folder.name] if match["studies"] == folder.name else match["studies"].split("+")


class Kept:
    """The runs of some studies, compared once however many tables show them."""

    def __init__(self, runs: Sequence[Run]) -> None:
        self.runs = runs

    @cached_property
    def comparisons(self) -> list[Comparison]:
        """The runs next to each other."""
        return compare(self.runs)

    @cached_property
    def boards(self) -> list[Board]:
        """The methods, for each dataset and setting."""
        return boards(self.runs)

    @cached_property
    def pictures(self) -> list[Picture]:
        """The leaderboard to look at."""
        from vsumlab.report.pictures import leaderboard_pictures  # Matplotlib: tables can do without

        return leaderboard_pictures(self.boards)


def of_the_paper(kept: Kept) -> list[Table]:
    """What papers report of their own rows, measured: by the methods as their authors' code has them."""
    own = {
        id(run)
        for run in kept.runs
        if run.config["method_name"] in methods()
        and any(published(run, row) for row in paper_rows(run).values())
    }
    comparisons = []
    shown = [with_baselines(without_table(run), kept.runs) for run in kept.runs if id(run) in own]
    for comparison in compare(shown):
        figures = comparison.lines.filter(like="paper_").select_dtypes("number")
        keep = (comparison.lines["kind"] == "baseline") | figures.notna().any(axis=1)
        comparisons.append(replace(comparison, lines=comparison.lines[keep]))
    return result_tables(comparisons)


def quoted(kept: Kept) -> list[Table]:
    """The first run's published table, with runs for rows that its paper quotes, each on all its folds."""
    table = kept.runs[0].record.get("published")
    listed = {row.row for row in published_tables() if row.table == table and row.kind == "previous"}
    shown = [
        run if run.record.get("published") == table else without_table(run)
        for run in kept.runs
        if run.record.get("published") == table or listed & {*quoting_names(run)}
    ]
    comparisons = []
    for comparison in compare([with_baselines(run, kept.runs) if run.done else run for run in shown], "any"):
        lines = comparison.lines
        ours = lines["kind"] == "method"
        of_table = lines.filter(like="paper_").select_dtypes("number").notna().any(axis=1)
        if (ours & of_table).any() or not comparison.measured:
            comparisons.append(replace(comparison, lines=lines[~ours | of_table]))
    return result_tables(comparisons)


def quoting_names(run: Run) -> list[str]:
    """What papers that quote a run's rows call them."""
    return [name for row in claimed_rows(run).values() for name in row.quoted]


def with_baselines(run: Run, runs: Sequence[Run]) -> Run:
    """A run with its rows of random scores and people, which a study may keep with another run."""
    theirs = [
        each.rows[each.rows["scorer"].isin(BASELINES)]
        for each in runs
        if (each.name, each.record.get("setting")) == (run.name, run.record.get("setting"))
    ]
    place = ["dataset", "fold", "video"]
    of_its_videos = pd.concat(theirs).merge(run.rows[place].drop_duplicates()).assign(seed=run.record["seed"])
    rows = pd.concat([run.rows, of_its_videos]).drop_duplicates([*place, "scorer"], ignore_index=True)
    return run._replace(rows=rows)


def without_table(run: Run) -> Run:
    """A run that names no published table."""
    return run._replace(record=run.record | {"published": None})


def measured(kept: Kept) -> list[Table]:
    """The metrics on datasets that were run, without tables of published figures alone."""
    return result_tables([comparison for comparison in kept.comparisons if comparison.measured])


def variance(kept: Kept) -> list[Table]:
    """How the variance of scores went in training, by dataset."""
    found = []
    for comparison in kept.comparisons:
        own = [run for run in kept.runs if run.config["data.name"] == comparison.dataset]
        if comparison.measured:
            found.append(variance_table(comparison, curves_by_name(own)))
    return found


TABLES: dict[str, Callable[[Kept], list[Table]]] = {
    "results": lambda kept: result_tables(kept.comparisons),
    "measured": measured,
    "paper": of_the_paper,
    "differences": lambda kept: difference_tables(kept.comparisons),
    "folds": lambda kept: fold_tables(kept.comparisons),
    "variance": variance,
    "runs": lambda kept: [runs_table(kept.runs)],
    "leaderboard": lambda kept: leaderboard_tables(kept.boards),
    "leaders": lambda kept: leaders_tables(kept.boards),
    "seen_again": lambda kept: seen_again_tables(kept.boards),
    "quoted": quoted,
}
"""What can stand on a page, by name."""

PICTURES = "pictures"
"""What stands there, too: pictures of the methods that `leaderboard` has in tables."""
