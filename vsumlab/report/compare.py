"""Runs next to each other, and next to random, human and published figures."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

import pandas as pd

from vsumlab.errors import UserError
from vsumlab.evaluation.baselines import BASELINES, ORACLE, ORACLE_REMARK
from vsumlab.evaluation.significance import Difference, paired_difference
from vsumlab.methods.published import TableRow
from vsumlab.methods.registry import check_published, published_tables
from vsumlab.report.cells import spans_of
from vsumlab.report.common_folds import on_common_folds
from vsumlab.report.lines import (
    MEANS,
    as_lines,
    in_paper_order,
    method_lines,
    numbered,
    published_line,
    with_means,
)
from vsumlab.report.naming import differing, identities, labels
from vsumlab.report.paper_rows import claimed_rows
from vsumlab.report.supervision import is_supervised, with_labels_of_bases
from vsumlab.report.tidy import same_metrics, tidy
from vsumlab.runs.reading import Run


@dataclass(frozen=True, eq=False)
class Comparison:
    """What a report shows of one dataset.

    Attributes:
        dataset: Its name.
        headline: The metric of its headline F1.
        remark: What must be said of all its figures.
        rows: All measured rows that it is about, as `tidy` gives them, with the number of their `line`; in
            each setting those of the folds that are common to them (see `on_common_folds`), or all of them.
        lines: The lines of its table, in order, by number: `scorer`, `run` (the name of its runs), `setting`,
            `kind` (method, baseline or published), `seeds`, `folds`, `videos`; each metric's mean over
            videos, then folds, then seeds, with its standard deviation over folds (of the means over seeds)
            as `…_over_folds` and over seeds as `…_over_seeds`, NaN for fewer than two; `paper_row`,
            `differs`, a mark where it is on purpose otherwise than in the paper, `labels`, whether a
            method's line owes something to them, yes or no, empty where nothing is done,
            `paper_f1` (in percent), …; `missing`, what is missing of its runs, in words; `epochs`,
            how many its command line asked for; `precision`, that of training where it is another than
            float32; and the entries of the configuration that differ.
        left_out: The folds that no metric is of, by setting; the remark says so.
        entries: The entries of the configuration that tell runs apart.
    """

    dataset: str
    headline: str
    remark: str
    rows: pd.DataFrame
    lines: pd.DataFrame
    left_out: dict[str, tuple[int, ...]]
    entries: list[str]
    _differences: dict[tuple[int, int, str], Difference] = field(default_factory=dict, repr=False)

    @property
    def said(self) -> str:
        """What its tables must say: the remark, and what marked lines are."""
        oracles = self.lines["scorer"].str.endswith(ORACLE).any()
        return " · ".join(filter(None, [self.remark, ORACLE_REMARK if oracles else ""]))

    @property
    def measured(self) -> bool:
        """Whether there are figures of our own."""
        return bool(len(self.rows))

    def videos_of(self, line: int) -> pd.DataFrame:
        """A line's metrics by video: means over its seeds, and over folds that test the video again."""
        return self._by_video.get(line, self.rows[MEANS][:0])

    @cached_property
    def _by_video(self) -> dict[Hashable, pd.DataFrame]:
        means = self.rows.groupby(["line", "video"], sort=False)[MEANS].mean()
        return {line: own.droplevel("line") for line, own in means.groupby(level="line", sort=False)}

    def difference(self, line: int, other: int, metric: str) -> Difference:
        """How much a line's metric differs from another's, on the videos of both."""
        key = (line, other, metric)
        if key not in self._differences:  # a test by resampling takes a while
            ours, theirs = self.videos_of(line)[[metric]], self.videos_of(other)[[metric]]
            both = ours.join(theirs.add_suffix("_"), how="inner").to_numpy(float)
            self._differences[key] = paired_difference(both[:, 0], both[:, 1])
        return self._differences[key]

    def in_common(self, line: int, other: int) -> bool:
        """Whether two lines have a video in common."""
        return bool(self.videos_of(line).index.isin(self.videos_of(other).index).any())

    def baseline(self, scorer: str, setting: str) -> int | None:
        """The line of random scores, of people or of their mean in a setting, if there is one."""
        lines = self.lines
        wanted = (lines["kind"] == "baseline") & (lines["scorer"] == scorer) & (lines["setting"] == setting)
        return next((int(line) for line in lines.index[wanted]), None)

    def from_random(self, line: int, metric: str) -> Difference | None:
        """How much a line's metric differs from that of random scores; None for those themselves."""
        random = self.baseline("random", str(self.lines.loc[line, "setting"]))
        return None if random is None or random == line else self.difference(line, random, metric)


def compare(runs: Sequence[Run], folds: Literal["common", "any"] = "common") -> list[Comparison]:
    """Puts runs next to each other, each dataset for itself.

    Runs that differ in nothing but fold and seed are one, and so is a last epoch with or without an oracle.
    Published tables that the runs name are shown whole, with empty cells where nothing was run; a row that a
    paper quotes and that was run is there once.

    Args:
        runs: Of any experiments.
        folds: Whether rows are of the folds that are common to them (see `on_common_folds`), or of any.

    Raises:
        UserError: If a run names a published table that there is not, runs of one configuration, fold and
            seed came out differently, or people's figures are not the same in all runs of a dataset and
            setting.
    """
    runs = with_labels_of_bases(runs)
    tables = published_tables_of(runs)
    datasets = list(dict.fromkeys(str(run.config["data.name"]) for run in runs))
    found = [
        compare_on(name, [run for run in runs if run.config["data.name"] == name], tables, folds)
        for name in datasets
    ]
    for name in dict.fromkeys(row.dataset for row in tables):
        if name not in datasets:
            listed = as_lines([published_line(row) for row in tables if row.dataset == name])
            lines, rows = numbered(listed, tidy([], []))
            remark = "published figures, nothing measured"
            found.append(Comparison(name, "f1_mean", remark, rows, with_means(lines, rows), {}, []))
    return found


def published_tables_of(runs: Sequence[Run]) -> list[TableRow]:
    """The published tables that runs name.

    Raises:
        UserError: If there is no such table.
    """
    named = dict.fromkeys(run.record.get("published") for run in runs)
    for table in named:
        check_published(table)
    rows = published_tables()
    return [row for table in named for row in rows if row.table == table]


def compare_on(dataset: str, runs: list[Run], tables: Sequence[TableRow], folds: str) -> Comparison:
    """The comparison of the runs on one dataset."""
    identity = identities(runs)
    entries = differing(identity)
    group = identity.groupby(list(identity), sort=False).ngroup()
    names = labels(identity, entries)
    rows = tidy(runs, group).assign(dataset=dataset)
    settings = list(dict.fromkeys(str(run.config["setting.name"]) for run in runs))
    parts, left_out, lines = [], {}, []
    for setting in settings:
        own = rows[rows["setting"] == setting]
        lacking: dict[Hashable, str] = {}
        if folds == "common":
            own, left_out[setting], lacking = on_common_folds(own)
        parts.append(
            with_one_baseline(own, dataset, [int(run.config.get("random_draws", 0)) for run in runs])
        )
        theirs = [row for row in tables if (row.dataset, row.setting) == (dataset, setting)]
        measured = {
            name
            for run in runs
            if run.done and run.config["setting.name"] == setting
            for row in claimed_rows(run).values()
            for name in row.quoted
        }
        ours = []
        for number in group[identity["setting.name"] == setting].unique():
            members = group.index[group == number]
            same = {"setting": setting, "group": number, "kind": "method"}
            done = [runs[i] for i in members if runs[i].done]
            same["labels"] = "" if not done else "yes" if any(map(is_supervised, done)) else "no"
            same |= identity.loc[members[0], entries].to_dict()
            ours += [
                same | line | {"run": name_of(str(line.get("scorer", "")), names[members[0]])}
                for line in method_lines([runs[i] for i in members], lacking.get(number, ""))
            ]
        lines += in_paper_order(ours, theirs)
        lines += [
            {"scorer": scorer, "setting": setting, "kind": "baseline"}
            for scorer in BASELINES
            if scorer in set(own["scorer"])
        ]
        lines += [published_line(row) for row in theirs if row.kind != "own" and row.row not in measured]
    described: dict[str, str] = next((run.record["dataset"] for run in runs if run.done), {})
    all_lines, all_rows = numbered(as_lines(lines), pd.concat(parts, ignore_index=True))
    return Comparison(
        dataset,
        f"f1_{described.get('headline', 'mean')}",
        " · ".join(filter(None, [str(described.get("remark", "")), *remarks(runs), *in_words(left_out)])),
        all_rows,
        with_means(all_lines, all_rows),
        left_out,
        entries,
    )


def name_of(scorer: str, run: str) -> str:
    """What a line's runs are called: as those of the last epoch, unless the scorer is an oracle."""
    return run.replace("selection=last", "selection=test_oracle") if scorer.endswith(ORACLE) else run


def remarks(runs: Sequence[Run]) -> list[str]:
    """What must be said of all finished runs, and what their configurations say of some."""
    done = [run for run in runs if run.done]
    said = [run.record.get("remarks", []) for run in done]
    of_all = [remark for remark in (said[0] if said else []) if all(remark in each for each in said)]
    asked = dict.fromkeys(run.config.get("remark") for run in done)
    of_all = [str(remark) for remark in of_all]
    return of_all + [f"some runs: {remark}" for remark in asked if remark and remark not in of_all]


def in_words(left_out: Mapping[str, Sequence[int]]) -> list[str]:
    """What must be said of folds that are left out, setting by setting."""
    several = len(left_out) > 1
    return [
        f"without {spans_of('fold', folds)}{f' of {setting}' if several else ''}, "
        "which not every row has of every seed"
        for setting, folds in left_out.items()
        if folds
    ]


def with_one_baseline(rows: pd.DataFrame, dataset: str, draws: Sequence[int]) -> pd.DataFrame:
    """Rows with those of random scores and of people once a fold and video: people are the same in all runs.

    Random scores are those of the run with most draws, whichever was named first.

    Args:
        rows: With the number of their `run`.
        dataset: For what is refused.
        draws: Of each run, how many random scorers its random rows are the mean of.

    Raises:
        UserError: If people's figures are not the same, so that methods were not measured by the same people.
    """
    baseline = rows["scorer"].isin(BASELINES)
    shared = rows[baseline]
    people = shared[shared["scorer"] != "random"]
    other = people[~same_metrics(people, ["fold", "video", "scorer"])]
    if len(other):
        fold, video = other.iloc[0][["fold", "video"]]
        raise UserError(
            f"{dataset}: fold {fold}, {video}: people's figures are not the same in all runs, so other "
            "annotations or another data.rank_reference: report those runs each for themselves"
        )
    most_draws = shared.assign(draws=[draws[run] for run in shared["run"]])
    ordered = most_draws.sort_values("draws", ascending=False, kind="stable").drop(columns="draws")
    once = ordered.drop_duplicates(["fold", "video", "scorer"]).sort_index().assign(seed=0, group=-1)
    return pd.concat([rows[~baseline], once])


def is_method(line: pd.Series) -> bool:
    """Whether a line has a method's figures: not random, human or gtscore, no oracle, and nothing missing."""
    whole = line["videos"] and not line["missing"]
    return bool(line["kind"] == "method" and whole and not line["scorer"].endswith(ORACLE))


def row_name(line: pd.Series) -> str:
    """A line's scorer and what tells its runs from others."""
    return f"{line['scorer']} ({line['run']})" if line["run"] else str(line["scorer"])
