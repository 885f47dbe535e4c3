"""A report as one page that needs no network."""

from __future__ import annotations

import base64
import re
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple
from urllib.parse import unquote

import numpy as np
from jinja2 import Environment, PackageLoader
from matplotlib.figure import Figure

from vsumlab.config import find_conf
from vsumlab.data.reader import natural_order
from vsumlab.errors import UserError
from vsumlab.progress import track
from vsumlab.results.cells import label, unambiguous
from vsumlab.results.comparison import Comparison, compare
from vsumlab.results.figures import (
    ForestRow,
    distribution_figure,
    forest_figure,
    svg,
    training_figure,
    variance_figure,
)
from vsumlab.results.findings import findings, in_short, row_name
from vsumlab.results.groups import Group, group_runs
from vsumlab.results.planned import composed
from vsumlab.results.rows import ORACLE
from vsumlab.results.runs import Run
from vsumlab.results.sheets import (
    Sheet,
    difference_sheets,
    fold_sheets,
    result_sheets,
    runs_sheet,
)
from vsumlab.results.traces import Traces, together

VIDEOS = 3
"""How many videos are shown unless some are named."""


class Picture(NamedTuple):
    """A vector graphic.

    Attributes:
        title: What it is of.
        source: A data URI.
    """

    title: str
    source: str


class Section(NamedTuple):
    """What the page says of an experiment on a dataset.

    Attributes:
        title: The experiment and the dataset.
        described: What the experiment is.
        remark: What must be said of its figures.
        findings: Sentences on what is better than random, and by how much.
        forest: Differences from random with their intervals.
        sheets: Its tables.
    """

    title: str
    described: str
    remark: str
    findings: list[str]
    forest: Picture | None
    sheets: list[Sheet]


def html_report(runs: Sequence[Run], against: str = "random", videos: Sequence[str] = ()) -> str:
    """The page of some runs.

    Args:
        runs: Finished runs and others.
        against: The row that differences are from.
        videos: Which videos are shown, by their keys; the first few that were drawn unless some are named.

    Raises:
        UserError: If there is no such row, or no picture of a video that is named.
    """
    groups = [group for group in group_runs(runs) if any(run.done for run in group.runs)]
    names = group_names(groups)
    comparisons = [(name, each) for name, own in by_experiment(runs).items() for each in compare(own)]
    experiments = list(dict.fromkeys(name for name, _ in comparisons))
    traces = [group_traces(group) for group in track(groups, "reading")]
    environment = Environment(loader=PackageLoader("vsumlab", "results"), autoescape=True)
    environment.tests["number_like"] = lambda cell: bool(re.match(r"[-+−<]?\s*[\d.]", cell))
    return environment.get_template("report.html.jinja").render(
        title=experiments[0]
        if len(experiments) == 1
        else f"{len(experiments)} experiments in video summarization",
        summary=in_short(comparisons),
        sections=[section(name, comparison, against) for name, comparison in comparisons],
        videos=video_pictures(groups, names, videos),
        variance=variance_picture(names, traces),
        trainings=[
            (name, pictures)
            for name, group, one in track(list(zip(names, groups, traces, strict=True)), "drawing")
            if (pictures := training_pictures(group, one))
        ],
        runs=runs_sheet(runs),
        commands=sorted({str(run.record["command"]) for run in runs if run.done}),
    )


def by_experiment(runs: Sequence[Run]) -> dict[str, list[Run]]:
    """Runs by the experiment that they belong to, each of which has its own tables and folds."""
    names = {run.told: str(run.record["name"]) for run in runs if "name" in run.record}
    found: dict[str, list[Run]] = {}
    for run in runs:
        if run.told not in names:  # none like it is run yet
            names[run.told] = str(composed(run.record["overrides"])["name"])
        found.setdefault(run.record.get("name", names[run.told]), []).append(run)
    return found


def section(name: str, comparison: Comparison, against: str) -> Section:
    """What the page says of an experiment on a dataset."""
    sheets = result_sheets([comparison])
    forest = None
    if comparison.measured:
        sheets += [*difference_sheets([comparison], against), *fold_sheets([comparison])]
        forest = picture("Differences from random scores", forest_figure(forest_rows(comparison)))
    title = f"{name} · {comparison.dataset}"
    return Section(title, described(name), comparison.remark, findings(comparison), forest, sheets)


def described(experiment: str) -> str:
    """What an experiment's file says of it in its first lines; nothing, if it has none of its own."""
    file = find_conf() / "experiment" / f"{experiment}.yaml"
    lines = file.read_text(encoding="utf-8").splitlines() if file.is_file() else []
    said = [line.removeprefix("# ") for line in lines if line.startswith("# ")]
    return next((line for line in said if not line.startswith("@package")), "")


def forest_rows(comparison: Comparison) -> list[ForestRow]:
    """Each row's differences from random."""
    rows = []
    several = len({line.setting for line in comparison.lines if line.mean}) > 1
    for line in comparison.lines:
        if line.differences:
            name = row_name(line) + (f" · {line.setting}" if several else "")
            f1, tau = line.differences[comparison.headline], line.differences["kendall_tau"]
            rows.append(ForestRow(name, f1, tau))
    return rows


def group_names(groups: Sequence[Group]) -> list[str]:
    """What tells groups of runs apart: experiment, dataset, setting and overrides, where they differ.

    Overrides are in short, unless two groups had one name then; what is still alike is numbered.
    """
    short, whole = [], []
    shared = set.intersection(*(set(group.told) for group in groups)) if groups else set()
    described = [(str(group.runs[0].record["name"]), group.dataset, group.setting) for group in groups]
    for group, parts in zip(groups, described, strict=True):
        differing = [part for i, part in enumerate(parts) if len({each[i] for each in described}) > 1]
        own = [override for override in group.told if override not in shared]
        told = [override for override in own if not override.startswith("experiment=")]
        short.append(" · ".join(filter(None, [*differing, label(told)])) or parts[0])
        whole.append(" · ".join([*differing, *told]) or parts[0])
    names = unambiguous(short, whole)
    earlier = [names[:i].count(name) for i, name in enumerate(names)]
    return [f"{name} ({n + 1})" if n else name for name, n in zip(names, earlier, strict=True)]


def group_traces(group: Group) -> Traces:
    """Of a group's runs the curves of the lowest seed, and how the scores of all are distributed."""
    traces = [(run.record["seed"], run.traces()) for run in group.runs if run.done]
    lowest = min(seed for seed, _ in traces)
    curves = together(own for seed, own in traces if seed == lowest).curves
    return Traces(curves, together(own for _, own in traces).histograms)


def video_pictures(
    groups: Sequence[Group], names: Sequence[str], videos: Sequence[str]
) -> dict[str, list[Picture]]:
    """The pictures of some videos that their runs left: of each group of runs one, that of the lowest seed.

    Oracles have none: what their runs drew is the last epoch, not the one that the oracle chose.

    Raises:
        UserError: If no run left one of a video that is named.
    """
    drawn: dict[str, dict[str, Path]] = {}
    for group, name in zip(groups, names, strict=True):
        done = [run for run in group.runs if run.done and not is_oracle(run)]
        for run in sorted(done, key=lambda run: int(run.record["seed"])):
            for file in sorted(run.folder.glob("fold_*/figures/*.svg")) if run.folder else ():
                drawn.setdefault(f"{group.dataset} {unquote(file.stem)}", {}).setdefault(name, file)
    order = sorted(drawn, key=natural_order)
    known = list(dict.fromkeys(key.split(" ", 1)[1] for key in order))
    for video in videos:
        if video not in known:
            there = f"there are {', '.join(known)}" if known else "there are none"
            raise UserError(
                f"video={video}: no run left a picture of it; {there}; callbacks.figures.videos=N draws more"
            )
    shown = [key for key in order if key.split(" ", 1)[1] in videos] if videos else order[:VIDEOS]
    return {
        key: [Picture(name, uri(file.read_bytes())) for name, file in drawn[key].items()] for key in shown
    }


def is_oracle(run: Run) -> bool:
    """Whether a run's scores are of epochs that were chosen on the test videos."""
    return any(row.scorer.endswith(ORACLE) for row in run.rows)


def training_pictures(group: Group, traces: Traces) -> list[Picture]:
    """Training curves of a group of runs, and distributions of their scores."""
    pictures = []
    if traces.curves:
        seeds = sorted({run.record["seed"] for run in group.runs if run.done})
        title = "Training, epoch by epoch, a line a fold" + (f", seed {seeds[0]}" if len(seeds) > 1 else "")
        pictures.append(picture(title, training_figure(traces.curves)))
    if traces.histograms:
        variances = {
            scorer: float(np.mean([row.score_variance for row in group.rows() if row.scorer == scorer]))
            for scorer in traces.histograms
        }
        title = "Distribution of scores over all test frames"
        pictures.append(picture(title, distribution_figure(traces.histograms, variances)))
    return pictures


def variance_picture(names: Sequence[str], traces: Sequence[Traces]) -> Picture | None:
    """The variance of scores as training went on, of all runs that logged it."""
    logged = [
        (name, one.curves["train/score_variance"])
        for name, one in zip(names, traces, strict=True)
        if "train/score_variance" in one.curves
    ]
    return picture("Variance of scores, epoch by epoch", variance_figure(logged)) if logged else None


def picture(title: str, figure: Figure) -> Picture:
    """A figure for the page."""
    return Picture(title, uri(svg(figure)))


def uri(content: bytes) -> str:
    """An SVG as a data URI."""
    return f"data:image/svg+xml;base64,{base64.b64encode(content).decode()}"
