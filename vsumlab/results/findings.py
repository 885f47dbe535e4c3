"""What a reader who knows nothing else should take from a comparison, in words and as a table."""

from __future__ import annotations

import math
from collections.abc import Sequence

from vsumlab.results.cells import label, number, spelt
from vsumlab.results.comparison import Comparison, Line
from vsumlab.results.rows import BASELINES, ORACLE
from vsumlab.results.sheets import Sheet
from vsumlab.results.significance import Difference


def findings(comparison: Comparison) -> list[str]:
    """Sentences on which rows are better and worse than random scores, and by how much, a setting at a time.

    Oracles are no methods, and are left out.
    """
    return [
        sentence
        for setting in settings(comparison)
        for sentence in (
            finding(comparison, setting, "Kendall's τ", "kendall_tau", 1, 3),
            finding(comparison, setting, "F1 %", comparison.headline, 100, 1),
        )
    ]


def settings(comparison: Comparison) -> list[str]:
    """The settings that a method has figures in."""
    return list(dict.fromkeys(line.setting for line in comparison.lines if is_method(line)))


def finding(comparison: Comparison, setting: str, name: str, metric: str, scale: float, digits: int) -> str:
    """How many rows of a setting a metric has above and below random scores, the best of them, and people."""

    def from_random(line: Line) -> Difference:
        return line.differences[metric]

    lines = [line for line in comparison.lines if is_method(line) and line.setting == setting]
    n_videos = max(from_random(line).n_videos for line in lines)
    if not n_videos:
        return f"{setting}, by {name}: no row has a figure."
    lines = [line for line in lines if from_random(line).decidable]
    if not lines:
        return f"{setting}, by {name}: {n_videos} videos are too few to tell any row from random scores."
    told_apart = [line for line in lines if from_random(line).distinguishable]
    better = [line for line in told_apart if from_random(line).mean > 0]
    worse = len(told_apart) - len(better)
    said = f"{setting}, by {name}: {len(better)} of {len(lines)} rows are better than random scores"
    said += f", {worse} {'is' if worse == 1 else 'are'} worse" if worse else ""
    said += f" (p < 0.05{f', not corrected for {len(lines)} rows' if len(lines) > 1 else ''})"
    if better:
        best = max(better, key=lambda line: from_random(line).mean)
        difference, interval, p = spelt(from_random(best), scale, digits)
        said += f"; the best is {row_name(best)}, by {difference} (95 % interval {interval}, p {p})"
    for line in comparison.lines:
        if (line.scorer, line.setting) == ("human", setting) and not math.isnan(from_random(line).mean):
            said += f"; people differ from random scores by {spelt(from_random(line), scale, digits)[0]}"
    return f"{said}."


def in_short(comparisons: Sequence[tuple[str, Comparison]]) -> Sheet:
    """The best row of each experiment, dataset and setting by tau, beside random scores and people.

    Args:
        comparisons: Each with the name of its experiment.
    """
    rows = []
    for name, comparison in comparisons:
        for setting in settings(comparison):
            own = [line for line in comparison.lines if line.setting == setting and line.mean]
            best = max(filter(is_method, own), key=lambda line: nan_last(line.mean["kendall_tau"]))
            human = next((line.mean for line in own if line.scorer == "human"), {})
            on = (comparison.dataset, setting, comparison.remark)
            rows.append([name, ", ".join(filter(None, on)), str(best.n_videos), row_name(best)])
            for metric, scale, digits in (("kendall_tau", 1, 3), (comparison.headline, 100, 1)):
                rows[-1] += [
                    number(scale * best.mean[metric], digits),
                    above(best.differences[metric], scale, digits),
                    number(scale * human.get(metric, math.nan), digits),
                ]
    header = ["experiment", "on", "videos", "best row by τ"]
    header += ["τ", "above random", "people: τ", "F1 %", "above random", "people: F1 %"]
    return Sheet(
        "In short",
        header,
        rows,
        "In brackets: 95 % interval over these videos. ≈: not distinguishable from random, nor is anything "
        "on fewer than 6 videos. The best of many rows is so on the test videos, partly by luck; rows on "
        "other videos are not to be compared.",
    )


def above(difference: Difference, scale: float, digits: int) -> str:
    """A difference from random scores with its interval, marked if it cannot be told from none."""
    mean, interval, _ = spelt(difference, scale, digits)
    mark = " ≈" if difference.like_chance else ""
    return f"{mean}{f' ({interval})' if interval else ''}{mark}".strip()


def nan_last(value: float) -> float:
    """A number to look for the greatest by, where there may be none."""
    return -math.inf if math.isnan(value) else value


def is_method(line: Line) -> bool:
    """Whether a line has a method's figures: not random, human or gtscore, and no oracle."""
    return bool(line.mean) and line.scorer not in BASELINES and not line.scorer.endswith(ORACLE)


def row_name(line: Line) -> str:
    """A line's scorer and what tells its run from others."""
    return f"{line.scorer} ({label(line.told)})" if label(line.told) else line.scorer
