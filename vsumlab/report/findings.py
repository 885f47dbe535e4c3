"""What a reader who knows nothing else should take from a comparison, in words and as a table."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import pandas as pd

from vsumlab.evaluation.significance import Difference
from vsumlab.report.cells import in_words, number
from vsumlab.report.compare import Comparison, is_method, row_name
from vsumlab.report.supervision import KINDS
from vsumlab.report.tables import TAU, Column, Table, f1_column


def findings(comparison: Comparison) -> list[str]:
    """Sentences on which rows are better and worse than random scores, and by how much, a setting at a time.

    Oracles are no methods, and are left out.
    """
    columns = [("Kendall's τ", *TAU[1:]), f1_column(comparison)]
    return [
        finding(comparison, lines, setting, column)
        for setting, lines in of_methods(comparison).groupby("setting", sort=False)
        for column in columns
    ]


def of_methods(comparison: Comparison) -> pd.DataFrame:
    """The lines of methods that have figures."""
    lines = comparison.lines
    return lines[lines.apply(is_method, axis=1)] if len(lines) else lines


def finding(comparison: Comparison, lines: pd.DataFrame, setting: Any, column: Column) -> str:
    """How many rows of a setting a metric has above and below random scores, the best of them, and people."""
    name, metric, scale, digits = column
    differences = {line: comparison.from_random(line, metric) for line in lines.index}
    from_random = {line: found for line, found in differences.items() if found is not None}
    n_videos = max((found.n_videos for found in from_random.values()), default=0)
    if not n_videos:
        return f"{setting}, by {name}: no row has a figure."
    decidable = {line: found for line, found in from_random.items() if found.decidable}
    if not decidable:
        return f"{setting}, by {name}: {n_videos} videos are too few to tell any row from random scores."
    apart = {line: found for line, found in decidable.items() if found.distinguishable}
    better = pd.Series({line: found.mean for line, found in apart.items() if found.mean > 0}, dtype=float)
    worse = len(apart) - len(better)
    said = f"{setting}, by {name}: {len(better)} of {len(decidable)} rows are better than random scores"
    said += f", {worse} {'is' if worse == 1 else 'are'} worse" if worse else ""
    said += f" (p < 0.05{f', not corrected for {len(decidable)} rows' if len(decidable) > 1 else ''})"
    for labels, own in better.groupby(lines["labels"]):
        best: Any = own.idxmax()
        kind = f"best {KINDS[labels == 'yes']}" if lines["labels"].nunique() > 1 else "best"
        difference, interval, p = in_words(apart[best], scale, digits)
        said += (
            f"; the {kind} is {row_name(lines.loc[best])}, by {difference} (95 % interval {interval}, p {p})"
        )
    human = comparison.baseline("human", setting)
    people = None if human is None else comparison.from_random(human, metric)
    if people is not None and not math.isnan(people.mean):
        said += f"; people differ from random scores by {in_words(people, scale, digits)[0]}"
        said += " ≈" if people.like_chance else ""
    return f"{said}."


def in_short(comparisons: Sequence[tuple[str, Comparison]]) -> Table:
    """The best row of each experiment, dataset and setting by tau, with random scores and people.

    With labels and without, there is one of each.

    Args:
        comparisons: Each with the name of its experiment, or all without one.
    """
    rows = []
    for name, comparison in comparisons:
        kinds = [
            (str(setting), str(labels), own)
            for setting, lines in of_methods(comparison).groupby("setting", sort=False)
            for labels, own in lines.groupby("labels")
        ]
        for setting, labels, own in kinds:
            best: Any = own["kendall_tau"].astype(float).fillna(-math.inf).idxmax()
            means: Any = comparison.lines.astype(object)
            human = comparison.baseline("human", setting)
            on = (comparison.dataset, setting, comparison.remark)
            rows.append([name, ", ".join(filter(None, on)), str(means.at[best, "videos"])])
            rows[-1] += [row_name(own.loc[best]), labels]
            for _, metric, scale, digits in (TAU, f1_column(comparison)):
                people = math.nan if human is None else float(means.at[human, metric])
                rows[-1] += [
                    number(scale * float(means.at[best, metric]), digits),
                    above(comparison.from_random(best, metric), scale, digits),
                    number(scale * people, digits),
                ]
    header = ["experiment", "on", "videos", "best row by τ", "labels"]
    header += ["τ", "above random", "people: τ", "F1 %", "above random", "people: F1 %"]
    named = 0 if any(name for name, _ in comparisons) else 1
    return Table(
        "In short",
        header[named:],
        [row[named:] for row in rows],
        "In brackets: 95 % bootstrap interval over these videos. ≈: not distinguishable from random by a "
        "permutation test, which may disagree with an interval close to 0; nor is anything on fewer than 6 "
        "videos. The best of many rows is so on the test videos, partly by luck; rows on "
        "other videos are not to be compared.",
    )


def above(difference: Difference | None, scale: float, digits: int) -> str:
    """A difference from random scores with its interval, marked if chance could make it."""
    if difference is None:
        return ""
    mean, interval, _ = in_words(difference, scale, digits)
    mark = " ≈" if difference.like_chance else ""
    return f"{mean}{f' ({interval})' if interval else ''}{mark}".strip()
