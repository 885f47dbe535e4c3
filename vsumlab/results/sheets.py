"""What a report shows, as tables of text, whatever they are then shown on."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from vsumlab.errors import UserError
from vsumlab.results.cells import figure, label, like_random, number, spans, spelt, unambiguous
from vsumlab.results.comparison import Comparison, Line, differences_of
from vsumlab.results.runs import Run

SHOWN = {"τ": ("kendall_tau", 1.0, 3), "ρ": ("spearman_rho", 1.0, 3), "variance": ("score_variance", 1.0, 4)}
"""The columns beside F1: metric, scale, digits."""
PUBLISHED = (("f1", 1), ("kendall_tau", 4), ("spearman_rho", 4))


class Sheet(NamedTuple):
    """A table of text.

    Attributes:
        title: What it is of.
        header: The columns' names.
        rows: As many cells each.
        notes: What a reader has to know.
    """

    title: str
    header: list[str]
    rows: list[list[str]]
    notes: str


def result_sheets(comparisons: Sequence[Comparison]) -> list[Sheet]:
    """A table of figures for each dataset, beside published, random and human ones."""
    return [results_sheet(comparison) for comparison in comparisons]


def results_sheet(comparison: Comparison) -> Sheet:
    """The figures on a dataset."""
    columns = {"F1 %": (comparison.headline, 100.0, 1), **SHOWN}

    def cells(line: Line) -> list[str]:
        return [
            line.scorer,
            label(line.told),
            line.paper_row if line.paper_row != line.scorer else "",
            line.setting,
            spans(line.seeds),
            spans(line.folds),
            *(figure(line, *column) for column in columns.values()),
            *(number(line.published.get(name, math.nan), digits) for name, digits in PUBLISHED),
            line.state,
        ]

    header = ["scorer", "run", "row in the paper", "setting", "seeds", "folds", *columns]
    header += ["paper: F1 %", "paper: τ", "paper: ρ", "missing"]
    settings = {line.setting for line in comparison.lines}
    hidden = {"setting"} if len(settings) == 1 else set()
    title = " · ".join([comparison.dataset, *(settings if len(settings) == 1 else ()), comparison.remark])
    sheet = Sheet(title.rstrip(" ·"), header, [cells(line) for line in comparison.lines], notes(comparison))
    return without_empty(sheet, hidden)


def notes(comparison: Comparison) -> str:
    """What a reader of the figures has to know."""
    measured = [line for line in comparison.lines if line.mean]
    if not measured:
        return " ".join(left_out(comparison)) or "Nothing was run on this dataset."
    seeds = any(len(line.seeds) > 1 for line in measured)
    spread = "over seeds, of a single seed over folds" if seeds else "over folds"
    said = [
        f"F1: {comparison.headline.removeprefix('f1_')} over annotators; τ: Kendall's tau-b, ρ: Spearman's "
        "rho, means over annotators; variance: of scores. Means over videos, then folds"
        f"{', then seeds' if seeds else ''}; ±: standard deviation {spread}.",
        "random: the mean of many random scorers; human: each person judged by the others; gtscore: the "
        "people's mean, an oracle.",
    ]
    shown = [comparison.headline, "kendall_tau", "spearman_rho"]
    if any(like_random(line, metric) for line in measured for metric in shown):
        said.append("≈: not distinguishable from random (paired permutation test over videos, p ≥ 0.05).")
    found = [line.differences[metric] for line in measured if line.differences for metric in shown]
    if any(difference.n_videos and not difference.decidable for difference in found):
        said.append("Fewer than 6 videos are too few to tell anything from random.")
    return " ".join([*said, *left_out(comparison)])


def left_out(comparison: Comparison) -> list[str]:
    """Sentences on the folds that no figure is of, setting by setting."""
    return [
        f"Of {setting}, {'fold' if len(folds) == 1 else 'folds'} {spans(folds)} left out: not in every row "
        "or not of every seed."
        for setting, folds in comparison.left_out.items()
        if folds
    ]


def difference_sheets(comparisons: Sequence[Comparison], against: str = "random") -> list[Sheet]:
    """For each dataset with runs, how much each line differs from another on the same videos.

    Args:
        comparisons: What is compared.
        against: The other line: its scorer and what tells its run from others, or a part of that.

    Raises:
        UserError: If that is no line, or several.
    """
    return [differences_sheet(comparison, against) for comparison in comparisons if comparison.measured]


def differences_sheet(comparison: Comparison, against: str) -> Sheet:
    """The differences from a line on a dataset, setting by setting."""
    rows = []
    for setting in dict.fromkeys(line.setting for line in comparison.lines):
        lines = [line for line in comparison.lines if line.setting == setting and line.mean]
        if not lines:
            continue
        other = the_line(lines, against)
        for line in lines:
            if line is not other:
                differences = line.differences
                if other.scorer != "random":
                    differences = differences_of(line.by_video, other.by_video)
                if not differences:  # no video of both
                    continue
                f1, tau = differences[comparison.headline], differences["kendall_tau"]
                videos = str(f1.n_videos) + (f", τ {tau.n_videos}" if tau.n_videos != f1.n_videos else "")
                told = [line.scorer, label(line.told), line.setting, videos]
                rows.append([*told, *spelt(f1, 100, 1), *spelt(tau, 1, 3)])
    header = ["scorer", "run", "setting", "videos"]
    for name in ("F1 %", "τ"):
        header += [f"{name}: difference", f"{name}: 95 % interval", f"{name}: p"]
    hidden = {"setting"} if len({row[2] for row in rows}) == 1 else set()
    said = (
        f"Means over videos of the difference from {against}. Intervals: percentile bootstrap over videos. "
        "p: paired permutation test, two-sided, not corrected for the number of rows."
    )
    title = f"{comparison.dataset}: differences from {against}"
    return without_empty(
        Sheet(" · ".join(filter(None, [title, comparison.remark])), header, rows, said), hidden
    )


def the_line(lines: Sequence[Line], name: str) -> Line:
    """The one line with a name, or with a name that it is a part of.

    Raises:
        UserError: If there is none, or several.
    """
    short = [f"{line.scorer} {label(line.told)}".strip() for line in lines]
    whole = [f"{line.scorer} {' '.join(line.told)}".strip() for line in lines]
    names = unambiguous(short, whole)
    found = [known for known in names if known == name] or [known for known in names if name in known]
    if len(found) != 1:
        raise UserError(f"against={name}: names {len(found)} rows: write one of {'; '.join(found or names)}")
    return lines[names.index(found[0])]


def fold_sheets(comparisons: Sequence[Comparison]) -> list[Sheet]:
    """For each dataset with runs of several folds, Kendall's tau of each line, fold by fold."""
    sheets = []
    for comparison in comparisons:
        measured = [line for line in comparison.lines if len(line.folds) > 1]
        folds = sorted({fold for line in measured for fold in line.folds})
        rows = [
            [line.scorer, label(line.told), line.setting]
            + [number(line.by_fold.get(fold, {}).get("kendall_tau", math.nan), 3) for fold in folds]
            for line in measured
        ]
        hidden = {"setting"} if len({row[2] for row in rows}) == 1 else set()
        header = ["scorer", "run", "setting", *(f"fold {fold}" for fold in folds)]
        title = " · ".join(filter(None, [f"{comparison.dataset}: τ fold by fold", comparison.remark]))
        if rows:
            sheets.append(without_empty(Sheet(title, header, rows, "Means over videos, then seeds."), hidden))
    return sheets


def runs_sheet(runs: Sequence[Run]) -> Sheet:
    """How the runs were made: a line a command and commit."""
    done = [run for run in runs if run.done]
    rows = []
    for command, commit in dict.fromkeys((r.record["command"], commit_of(r)) for r in done):
        own = [r.record for r in done if (r.record["command"], commit_of(r)) == (command, commit)]
        minutes = sum(record["wall_time_s"] for record in own) / 60
        machines = dict.fromkeys(map(machine, own))
        seeds = spans(sorted({record["seed"] for record in own}))
        names = ", ".join(dict.fromkeys(str(record["name"]) for record in own))
        rows.append(
            [names, f"`{command}`", commit, str(len(own)), seeds, f"{minutes:.1f} min", ", ".join(machines)]
        )
    failed = Counter(run.record["status"] for run in runs if not run.done)
    said = (
        f"Not done: {', '.join(f'{count} {status}' for status, count in failed.items())}." if failed else ""
    )
    errors = "; ".join(dict.fromkeys(run.record["error"] for run in runs if "error" in run.record))
    header = ["experiment", "command", "commit", "runs", "seeds", "took together", "on"]
    hidden = {"experiment"} if len({row[0] for row in rows}) == 1 else set()
    said += f" What went wrong: {errors}" if errors else ""
    return without_empty(Sheet("How the runs were made", header, rows, said), hidden)


def commit_of(run: Run) -> str:
    """The commit of a run's code, in short."""
    git: Mapping[str, Any] = run.record["git"]
    return (git["commit"] or "")[:9] + (", changed" if git["dirty"] else "")


def machine(record: Mapping[str, Any]) -> str:
    """What a run was made on."""
    where = record["machine"]
    threads = where["torch_threads"]
    return where["gpu"] or f"{threads} CPU thread{'s' if threads > 1 else ''}"


def without_empty(sheet: Sheet, hidden: set[str]) -> Sheet:
    """A table without the columns that are empty in all its rows, nor some others."""
    keep = [
        i
        for i, name in enumerate(sheet.header)
        if name not in hidden and (not sheet.rows or any(row[i] for row in sheet.rows))
    ]
    return sheet._replace(
        header=[sheet.header[i] for i in keep], rows=[[row[i] for i in keep] for row in sheet.rows]
    )
