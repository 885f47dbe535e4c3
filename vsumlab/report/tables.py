"""What a report shows, as tables of text, whatever they are then shown on."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import pandas as pd

from vsumlab.errors import UserError
from vsumlab.evaluation.rows import DISTINCT
from vsumlab.report.cells import in_words, number, spans
from vsumlab.report.compare import Comparison, row_name
from vsumlab.report.lines import OVER_FOLDS, OVER_SEEDS

Column = tuple[str, str, float, int]
"""Title, metric, scale, digits."""

TAU: Column = ("τ", "kendall_tau", 1.0, 3)
RHO: Column = ("ρ", "spearman_rho", 1.0, 3)
VARIANCE: Column = ("variance", "score_variance", 1.0, 4)
PUBLISHED = (
    ("paper: F1 %", "paper_f1", 1),
    ("paper: τ", "paper_kendall_tau", 4),
    ("paper: ρ", "paper_spearman_rho", 4),
)

DAGGER_SAID = "†: otherwise than in the paper, as the method's page says."

FEW = 0.5
"""The share of distinct scores below which a table warns of ties."""


class Table(NamedTuple):
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


def f1_column(comparison: Comparison) -> Column:
    """The column of the dataset's headline F1."""
    return ("F1 %", comparison.headline, 100.0, 1)


def results_table(comparison: Comparison) -> Table:
    """The metrics on a dataset, a row a line of the comparison."""
    columns = [f1_column(comparison), TAU, RHO, VARIANCE]
    lines = comparison.lines
    several_seeds = lines["seeds"].map(len).max() > 1 if len(lines) else False
    cells = pd.DataFrame(
        {
            "scorer": lines["scorer"],
            "run": lines["run"],
            "row in the paper": paper_names(lines),
            "labels": lines["labels"],
            "setting": lines["setting"],
            "seeds": lines["seeds"].map(spans),
            "folds": lines["folds"].map(spans),
            **{column[0]: [cell(comparison, line, column) for line in lines.index] for column in columns},
            **{
                f"{title}: ± seeds": [number(scale * value, digits) for value in lines[metric + OVER_SEEDS]]
                for title, metric, scale, digits in columns[:2]
                if several_seeds
            },
            **{title: [number(value, digits) for value in lines[name]] for title, name, digits in PUBLISHED},
            "missing": lines["missing"],
        },
        dtype=object,
    )
    settings = list(dict.fromkeys(lines["setting"]))
    hidden = {"setting"} if len(settings) == 1 else set()
    if not {"yes", "no"} <= set(lines["labels"]):
        hidden.add("labels")
    title = " · ".join(
        filter(None, [comparison.dataset, *(settings if len(settings) == 1 else ()), comparison.said])
    )
    return as_table(title, cells, notes(comparison), hidden)


def paper_names(lines: pd.DataFrame) -> pd.Series:
    """What papers call lines, where that is another name or the line differs from theirs, which is marked."""
    named = lines["paper_row"].where((lines["paper_row"] != lines["scorer"]) | (lines["differs"] != ""), "")
    return (named + " " + lines["differs"]).str.strip()


def cell(comparison: Comparison, line: Any, column: Column) -> str:
    """A metric with its spread over folds, marked if random scores may be as good; empty if there is none."""
    _, metric, scale, digits = column
    mean, spread = (float(comparison.lines.loc[line, name]) for name in (metric, metric + OVER_FOLDS))
    if math.isnan(mean):
        return ""
    text = f"{scale * mean:.{digits}f}" + ("" if math.isnan(spread) else f" ± {scale * spread:.{digits}f}")
    return f"{text} ≈" if like_random(comparison, line, metric) else text


def like_random(comparison: Comparison, line: Any, metric: str) -> bool:
    """Whether chance could make the difference from random scores; not said of the variance or few videos."""
    if metric == "score_variance":
        return False
    difference = comparison.from_random(line, metric)
    return difference is not None and difference.like_chance


def notes(comparison: Comparison) -> str:
    """What a reader of the metrics has to know."""
    if not comparison.measured:
        return "" if any(comparison.left_out.values()) else "Nothing was run on this dataset."
    lines = comparison.lines[comparison.lines["videos"] > 0]
    seeds = bool((lines["seeds"].map(len) > 1).any())
    folds = bool((lines["folds"].map(len) > 1).any())
    spread = "; ±: standard deviation over folds" if folds else ""
    spread += " of the means over seeds" if folds and seeds else ""
    spread += "; ± seeds: over seeds" if seeds else ""
    said = [
        f"F1: {comparison.headline.removeprefix('f1_')} over annotators; τ: Kendall's tau-b, ρ: Spearman's "
        "rho, means over annotators; variance: of scores. Means over videos, then folds"
        f"{', then seeds' if seeds else ''}{spread}.",
        "random: the mean of many random scorers; human: each person judged by the others; gtscore: the "
        "people's mean, an oracle.",
    ]
    differences = [
        comparison.from_random(line, metric)
        for line in lines.index
        for metric in (comparison.headline, "kendall_tau", "spearman_rho")
    ]
    found = [difference for difference in differences if difference is not None]
    if any(difference.like_chance for difference in found):
        said.append("≈: not distinguishable from random (paired permutation test over videos, p ≥ 0.05).")
    if any(difference.n_videos and not difference.decidable for difference in found):
        said.append("Fewer than 6 videos are too few to tell anything from random.")
    if (lines["differs"] != "").any():
        said.append(DAGGER_SAID)
    return " ".join([*said, *other_epochs(lines), *other_precisions(lines), *many_ties(comparison)])


def other_epochs(lines: pd.DataFrame) -> list[str]:
    """A sentence on lines that were trained for another time than their method's file says."""
    methods = lines[(lines["kind"] == "method") & ~lines["run"].str.contains("max_epochs", regex=False)]
    epochs = methods["epochs"]
    if not (epochs != "").any():
        return []
    named = dict.fromkeys(
        f"{row_name(line)} ({line['epochs']})" for _, line in methods[epochs != ""].iterrows()
    )
    said = f"{epochs.iloc[0]} in all rows" if epochs.nunique() == 1 else ", ".join(named)
    return [f"Epochs by the command line, not by the method's file: {said}."]


def other_precisions(lines: pd.DataFrame) -> list[str]:
    """A sentence for each precision other than float32 that some lines were trained in."""
    names: dict[str, list[str]] = {}
    for _, line in lines.iterrows():
        names.setdefault(line["precision"], []).append(row_name(line))
    return [f"Trained in {precision}: {', '.join(own)}." for precision, own in names.items() if precision]


def many_ties(comparison: Comparison) -> list[str]:
    """A sentence on methods whose scores are few, by their mean over videos: ties move τ-b."""
    methods = comparison.lines[comparison.lines["kind"] == "method"]
    shares = comparison.rows.groupby("line")[DISTINCT].mean().reindex(methods.index)
    few = [
        f"{row_name(line)} ({100 * share:.0f} % of T)"
        for (_, line), share in zip(methods.iterrows(), shares, strict=True)
        if share < FEW
    ]
    return [f"Few distinct scores, whose ties move τ: {', '.join(few)}."] if few else []


def differences_table(comparison: Comparison, against: str) -> Table:
    """How much each line on a dataset differs from another on the same videos, setting by setting.

    Args:
        comparison: It has figures of our own.
        against: The other line: its scorer and what tells its runs from others, or a part of that. Settings
            without it are left out; if none has it, it is that of random scores.

    Raises:
        UserError: If it is several lines of a setting.
    """
    columns = [f1_column(comparison), TAU]
    measured = comparison.lines[comparison.lines["videos"] > 0]
    against = against if len(named_lines(measured, against)) else "random"
    rows, differences = [], []
    for _, lines in measured.groupby("setting", sort=False):
        if named_lines(lines, against).empty:
            continue
        other = the_line(lines, against)
        for line in lines.index.drop(other):
            if not comparison.in_common(line, other):
                continue
            f1, tau = (comparison.difference(line, other, column[1]) for column in columns)
            videos = str(f1.n_videos) + (f", τ {tau.n_videos}" if tau.n_videos != f1.n_videos else "")
            rows.append([*lines.loc[line, ["scorer", "run", "setting"]], videos])
            rows[-1] += [*in_words(f1, 100, 1), *in_words(tau, 1, 3)]
            differences += [f1, tau]
    header = ["scorer", "run", "setting", "videos"]
    for name, *_ in columns:
        header += [f"{name}: difference", f"{name}: 95 % interval", f"{name}: p"]
    hidden = {"setting"} if len({row[2] for row in rows}) == 1 else set()
    said = (
        f"Means over videos of the difference from {against}. Intervals: percentile bootstrap over videos. "
        "p: paired permutation test, two-sided, not corrected for the number of rows."
    )
    if any(difference.at_odds for difference in differences):
        said += (
            " Where an interval leaves out 0 but p is not below 0.05, or the other way round, bootstrap and "
            "test disagree about chance, as they may close to the line: ≈ goes by p."
        )
    title = f"{comparison.dataset}: differences from {against}"
    cells = pd.DataFrame(rows, columns=header)
    return as_table(" · ".join(filter(None, [title, comparison.said])), cells, said, hidden)


def check_row(comparisons: Sequence[Comparison], name: str) -> None:
    """Refuses a name that is no line's of any comparison with figures.

    Raises:
        UserError: Saying what is missing of that line, or which lines there are.
    """
    measured = [each.lines[each.lines["videos"] > 0] for each in comparisons if each.measured]
    if measured and not any(len(named_lines(lines, name)) for lines in measured):
        every = pd.concat([each.lines for each in comparisons], ignore_index=True)
        found = every.loc[named_lines(every, name).index, "missing"]
        if len(found):
            raise UserError(f"against={name}: has no figures; missing: {found.iloc[0] or 'its runs'}")
        the_line(pd.concat(measured), name)


def named_lines(lines: pd.DataFrame, name: str) -> pd.Series:
    """The lines with a name, else with such a scorer, else with names that it is a part of, by number."""
    names = lines.apply(row_name, axis=1)
    ways = (names == name, lines["scorer"] == name, names.str.contains(name, regex=False))
    return next((names[way] for way in ways if way.any()), names[:0])


def the_line(lines: pd.DataFrame, name: str) -> Any:
    """The number of the one line with a name.

    Raises:
        UserError: If there is none, or several.
    """
    found = named_lines(lines, name)
    if len(found) != 1:
        names = lines.apply(row_name, axis=1).drop_duplicates()
        rows = "; ".join(found if len(found) else names)
        raise UserError(f"against={name}: names {len(found)} rows: write one of {rows}")
    return found.index[0]


def folds_table(comparison: Comparison, column: Column) -> Table:
    """A metric of each line with several folds, fold by fold."""
    name, metric, scale, digits = column
    lines = comparison.lines[comparison.lines["folds"].map(len) > 1]
    by_seed = comparison.rows.groupby(["line", "fold", "seed"])[metric].mean()
    means = by_seed.groupby(level=["line", "fold"]).mean().unstack("fold")
    cells = lines[["scorer", "run", "setting"]].join(
        means.map(lambda value: number(scale * value, digits)).rename(columns=lambda fold: f"fold {fold}")
    )
    hidden = {"setting"} if lines["setting"].nunique() == 1 else set()
    title = " · ".join(filter(None, [f"{comparison.dataset}: {name} fold by fold", comparison.said]))
    seeds = ", then seeds" if (lines["seeds"].map(len) > 1).any() else ""
    return as_table(title, cells, f"Means over videos{seeds}.", hidden)


def variance_table(comparison: Comparison, curves: Mapping[str, pd.DataFrame]) -> Table:
    """The variance of scores in training, epoch by epoch: the mean over folds of each group of runs."""
    title = " · ".join(filter(None, [f"{comparison.dataset}: variance of training scores", comparison.said]))
    by_epoch = pd.DataFrame(
        {
            name: own.groupby("epoch")["train/score_variance"].mean()
            for name, own in curves.items()
            if "train/score_variance" in own
        }
    ).T
    last = by_epoch.shape[1]
    shown = [epoch for epoch in (1, 2, 3, 5, 10, 15, 20, 30, 40, 60, 100) if epoch < last] + [last]
    cells = by_epoch[[epoch - 1 for epoch in shown]].map(lambda value: number(value, 5)) if last else by_epoch
    cells.columns = [f"epoch {epoch}" for epoch in shown][: cells.shape[1]]
    cells.insert(0, "run", by_epoch.index)
    return as_table(title, cells, "Means over training videos, then folds.", set())


def as_table(title: str, cells: pd.DataFrame, notes: str, hidden: set[str]) -> Table:
    """A frame of text as a table, without the columns that are empty in all its rows, nor some others."""
    cells = cells.fillna("").astype(str)
    keep = [str(name) for name in cells if name not in hidden and (cells.empty or (cells[name] != "").any())]
    return Table(title, keep, cells[keep].to_numpy().tolist(), notes)
