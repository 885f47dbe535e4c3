"""Runs beside each other, and beside random, human and published figures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

import numpy as np

from vsumlab.errors import UserError
from vsumlab.metrics.protocol import METRICS, Floats, mean_of_known, spread_of_known
from vsumlab.results.groups import Group, alike, folds_by_seed, group_runs
from vsumlab.results.published import FIGURES, Entry, published_figures, published_table
from vsumlab.results.rows import BASELINES, Row, scorers, statistics
from vsumlab.results.runs import Run
from vsumlab.results.significance import Difference, paired_difference

Figures = dict[str, float]


@dataclass(frozen=True)
class Line:
    """A line of a comparison.

    Attributes:
        scorer: Whose scores; of a published row without a run, what the paper calls it.
        told: The overrides that tell its runs from others.
        dataset: What was evaluated.
        setting: What was trained on.
        folds: The folds that its figures are of; none if there are no figures.
        seeds: Their seeds.
        n_videos: How many videos that is.
        mean: The means over folds of the means over videos, then over seeds, by metric. Here and below what
            has no figure, a rank correlation of constant scores, has no part.
        by_fold: Of each fold, the means over its videos, then over seeds.
        by_video: Of each video, the means over seeds.
        spread: Their standard deviation over seeds where there are several, else over folds; NaN for one.
        state: What is missing of its runs, in words.
        paper_row: What the paper calls it, if it has it.
        published: The paper's figures, F1 in percent; empty where it has none.
        differences: From random scores on the same videos, by metric.
    """

    scorer: str
    told: tuple[str, ...]
    dataset: str
    setting: str
    folds: tuple[int, ...] = ()
    seeds: tuple[int, ...] = ()
    n_videos: int = 0
    mean: Figures = field(default_factory=dict)
    spread: Figures = field(default_factory=dict)
    by_fold: dict[int, Figures] = field(default_factory=dict)
    by_video: dict[str, Figures] = field(default_factory=dict)
    state: str = ""
    paper_row: str = ""
    published: Figures = field(default_factory=dict)
    differences: dict[str, Difference] = field(default_factory=dict)


class Comparison(NamedTuple):
    """What a report shows of one dataset.

    Attributes:
        dataset: Its name.
        headline: The metric of its headline F1.
        remark: What must be said of its figures.
        lines: A line a group and scorer, then random, human and gtscore, setting by setting.
        left_out: Folds that not all lines have of all their seeds, and that therefore no line is about, by
            setting.
    """

    dataset: str
    headline: str
    remark: str
    lines: list[Line]
    left_out: dict[str, tuple[int, ...]]

    @property
    def measured(self) -> bool:
        """Whether there are figures of our own."""
        return any(line.mean for line in self.lines)


def compare(runs: Sequence[Run]) -> list[Comparison]:
    """Puts runs beside each other, each dataset for itself.

    Within a dataset and setting all figures are means over the same folds: those that all groups have, of
    each of their seeds.
    Published tables that the runs name are shown whole, with empty cells where nothing was run.

    Raises:
        UserError: If a run names a published table that there is not, or runs of a dataset and setting have
            other figures of people.
    """
    groups = group_runs(runs)
    tables = dict.fromkeys(run.record.get("published") for run in runs)
    entries = [entry for table in tables if table for entry in published_table(table)]
    datasets = dict.fromkeys(group.dataset for group in groups)
    found = [compare_on([g for g in groups if g.dataset == name], entries) for name in datasets]
    for name in dict.fromkeys(entry.dataset for entry in entries):
        if name not in datasets:
            lines = [published_line(entry) for entry in entries if entry.dataset == name]
            found.append(Comparison(name, "f1_mean", "published figures, nothing measured", lines, {}))
    return found


def compare_on(groups: list[Group], entries: list[Entry]) -> Comparison:
    """The comparison of groups of one dataset."""
    dataset = groups[0].dataset
    shared = {told for told in groups[0].told if all(told in group.told for group in groups)}
    lines: list[Line] = []
    left_out = {}
    for setting in dict.fromkeys(group.setting for group in groups):
        own = [group for group in groups if group.setting == setting]
        folds = [folds for group in own for folds in folds_by_seed(group.rows()).values()]
        common = set.intersection(*folds) if folds else set()
        left_out[setting] = tuple(sorted(set.union(*folds) - common)) if folds else ()
        known = [row for group in own for row in group.rows() if row.fold in common]
        random = by_video(unique([row for row in known if row.scorer == "random"], dataset))
        ours = [line for group in own for line in group_lines(group, shared, common, random)]
        theirs = [entry for entry in entries if (entry.dataset, entry.setting) == (dataset, setting)]
        lines += beside(ours, theirs)
        for scorer in BASELINES:
            rows = unique([row for row in known if row.scorer == scorer], dataset)
            if rows:
                line = Line(scorer, (), dataset, setting)
                baseline = with_figures(line, rows, {} if scorer == "random" else random)
                lines.append(replace(baseline, seeds=()))  # they are the same for all
        lines += [published_line(entry) for entry in theirs if entry.kind != "own"]
    described: dict[str, str] = next(
        (run.record["dataset"] for group in groups for run in group.runs if run.done), {}
    )
    headline = f"f1_{described.get('headline', 'mean')}"
    return Comparison(dataset, headline, str(described.get("remark", "")), lines, left_out)


def beside(ours: list[Line], entries: list[Entry]) -> list[Line]:
    """Lines in the order of a published table, with rows of its own method that nothing was run for."""
    order = list(dict.fromkeys(entry.row for entry in entries if entry.kind == "own"))
    own = {entry.row: published_line(entry) for entry in entries if entry.kind == "own"}
    listed = [
        line for row in order for line in ([line for line in ours if line.paper_row == row] or [own[row]])
    ]
    return [*listed, *(line for line in ours if line.paper_row not in order)]


def published_line(entry: Entry) -> Line:
    """A published row that nothing was run for."""
    figures = {name: float(getattr(entry, name)) for name in FIGURES}
    return Line(entry.row, (), entry.dataset, entry.setting, paper_row=entry.row, published=figures)


def group_lines(group: Group, shared: set[str], folds: set[int], random: dict[str, Figures]) -> list[Line]:
    """A line for each scorer of a group, or one without figures where no run of it is done."""
    told = tuple(override for override in group.told if override not in shared)
    rows = group.rows()
    line = Line("", told, group.dataset, group.setting, state=group.state())
    done = next((run for run in group.runs if run.done), None)
    if done is None:
        return [line]
    names = done.record.get("published_names", {})
    lines = []
    for scorer in (name for name in scorers(rows) if name not in BASELINES):
        paper = published_figures(names[scorer], group.dataset, group.setting) if scorer in names else None
        figures = {name: float(getattr(paper, name)) for name in FIGURES} if paper else {}
        own = replace(line, scorer=scorer, paper_row=names.get(scorer, ""), published=figures)
        lines.append(with_figures(own, [r for r in rows if r.scorer == scorer and r.fold in folds], random))
    return lines


def with_figures(line: Line, rows: list[Row], random: dict[str, Figures]) -> Line:
    """A line with the figures of its scorer's rows, and their differences from random ones by video."""
    if not rows:
        return line
    seeds = sorted({row.seed for row in rows})
    each = [statistics([row for row in rows if row.seed == seed], rows[0].scorer) for seed in seeds]
    means = np.array([[seed.mean[metric] for metric in METRICS] for seed in each])
    over_seeds = dict(zip(METRICS, spread_of_known(means.T).tolist(), strict=True))
    folds = sorted({row.fold for row in rows})
    by_fold = {fold: means_by_metric([list(seed.folds[fold].values()) for seed in each]) for fold in folds}
    ours = by_video(rows)
    return replace(
        line,
        folds=tuple(folds),
        by_fold=by_fold,
        seeds=tuple(seeds),
        n_videos=len(ours),
        mean=means_by_metric(means),
        spread=over_seeds if len(seeds) > 1 else each[0].spread,
        differences=differences_of(ours, random),
        by_video=ours,
    )


def differences_of(ours: dict[str, Figures], theirs: dict[str, Figures]) -> dict[str, Difference]:
    """How much figures by video differ, by metric, on the videos of both; nothing if there are none."""
    videos = [video for video in ours if video in theirs]
    return {
        metric: paired_difference(
            np.array([ours[video][metric] for video in videos]),
            np.array([theirs[video][metric] for video in videos]),
        )
        for metric in METRICS
        if videos
    }


def by_video(rows: list[Row]) -> dict[str, Figures]:
    """The mean figures of each video over its rows: over seeds, and folds that test it again."""
    videos: dict[str, list[Row]] = {}
    for row in rows:
        videos.setdefault(row.video, []).append(row)
    return {
        video: means_by_metric([[getattr(row, metric) for metric in METRICS] for row in own])
        for video, own in videos.items()
    }


def means_by_metric(figures: Sequence[Sequence[float]] | Floats) -> Figures:
    """Means of the figures that there are, given in the order of METRICS."""
    return dict(zip(METRICS, mean_of_known(np.array(figures).T).tolist(), strict=True))


def unique(rows: list[Row], dataset: str) -> list[Row]:
    """The rows of random scores or of people, which all runs have alike, once a fold and video.

    Raises:
        UserError: If people's figures are not alike, so that methods were not measured by the same people.
    """
    found: dict[tuple[int, str], Row] = {}
    for row in rows:
        known = found.setdefault((row.fold, row.video), row._replace(seed=0))
        if row.scorer != "random" and not alike(row, known):
            raise UserError(
                f"{dataset}: fold {row.fold}, {row.video}: people's figures are not the same in all runs, so "
                "other annotations or another data.rank_reference: report those runs each for themselves"
            )
    return list(found.values())
