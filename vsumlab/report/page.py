"""A report as one page that needs no network."""

from __future__ import annotations

import base64
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Literal, NamedTuple, TypeVar
from urllib.parse import unquote

import numpy as np
import pandas as pd
from jinja2 import Environment, PackageLoader
from matplotlib.figure import Figure

from vsumlab.config import find_conf
from vsumlab.core.natural_order import natural_order
from vsumlab.errors import UserError, visible
from vsumlab.evaluation.baselines import ORACLE
from vsumlab.plotting import svg
from vsumlab.report.cells import is_number
from vsumlab.report.compare import Comparison, compare, row_name
from vsumlab.report.contents import difference_tables, fold_tables, result_tables
from vsumlab.report.curves import Group, named_groups, traces_of, worth_drawing
from vsumlab.report.findings import findings, in_short
from vsumlab.report.glossary import glossary
from vsumlab.report.grid import grids_of, heat_map_data, off_grid
from vsumlab.report.pictures import forest_rows
from vsumlab.report.plots import (
    distribution_plot,
    forest_plot,
    heat_map_plot,
    training_plot,
    variance_plot,
)
from vsumlab.report.provenance import runs_table
from vsumlab.report.supervision import with_labels_of_bases
from vsumlab.report.tables import TAU, Table, check_row
from vsumlab.runs.reading import Run
from vsumlab.runs.traces import Traces
from vsumlab.terminal import track

Key = TypeVar("Key")

VIDEOS = 3
"""How many videos are shown unless some are named."""


class Plot(NamedTuple):
    """A vector graphic.

    Attributes:
        title: What it is of.
        source: A data URI.
    """

    title: str
    source: str


class Part(NamedTuple):
    """What is compared with each other on the page.

    Attributes:
        title: Of its section.
        experiment: The one that it is of; empty where it is of several.
        experiments: Those that it is of.
        comparison: Its figures.
    """

    title: str
    experiment: str
    experiments: list[str]
    comparison: Comparison


class Section(NamedTuple):
    """What the page says of an experiment on a dataset.

    Attributes:
        title: The dataset and the setting, or the experiment and the dataset.
        described: What its experiments are, a line each.
        remark: What must be said of its figures.
        findings: Sentences on what is better than random, and by how much.
        plots: Differences from random with their intervals; a heat map of a grid.
        tables: Its tables.
    """

    title: str
    described: list[str]
    remark: str
    findings: list[str]
    plots: list[Plot]
    tables: list[Table]


def html_report(
    runs: Sequence[Run],
    against: str = "random",
    videos: Sequence[str] = (),
    by: Literal["dataset", "experiment"] = "dataset",
    folds: Literal["common", "any"] = "common",
) -> str:
    """The page of some runs.

    Args:
        runs: Finished runs and others.
        against: The row that differences are from.
        videos: Which videos are shown, by their keys; the first few that were drawn unless some are named.
        by: Whether a section is of a dataset and setting, whatever the experiments, or of an experiment.
        folds: See `compare`.

    Raises:
        UserError: If there is no such row, or no plot of a video that is named.
    """
    runs = with_labels_of_bases(runs)  # before they are divided
    groups = named_groups(runs)
    parts = compared_by_experiment(runs, folds) if by == "experiment" else compared_by_dataset(runs, folds)
    check_row([part.comparison for part in parts], against)
    experiments = list(dict.fromkeys(run.name for run in runs))
    traces = [traces_of(own) for _, own in track(groups, "reading")]
    summary = in_short([(part.experiment, part.comparison) for part in parts])
    sections = [section(part, against) for part in track(parts, "comparing")]
    environment = Environment(
        loader=PackageLoader("vsumlab", "report"),
        autoescape=True,
        finalize=lambda value: visible(value) if type(value) is str else value,
    )
    environment.tests["number_like"] = is_number
    return environment.get_template("page.html.jinja").render(
        title=experiments[0]
        if len(experiments) == 1
        else f"{len(experiments)} experiments in video summarization",
        glossary=glossary(runs, [summary, *(table for part in sections for table in part.tables)]),
        summary=summary,
        sections=sections,
        videos=video_plots(groups, videos),
        variance=variance_of(groups, traces),
        trainings=[
            (name, plots)
            for (name, own), one in track(list(zip(groups, traces, strict=True)), "drawing")
            if (plots := training_plots(own, one))
        ],
        runs=runs_table(runs),
        commands=sorted({str(run.record["command"]) for run in runs if run.done}),
    )


def compared_by_experiment(runs: Sequence[Run], folds: Literal["common", "any"]) -> list[Part]:
    """Runs by the experiment that they belong to, each of which has its own tables and folds."""
    return [
        Part(f"{name} · {each.dataset}", name, [name], each)
        for name, own in grouped(runs, lambda run: run.name).items()
        for each in compare(own, folds)
    ]


def compared_by_dataset(runs: Sequence[Run], folds: Literal["common", "any"]) -> list[Part]:
    """Runs by what they were tested on, whatever their experiments."""
    found = []
    for (dataset, setting), own in grouped(runs, where).items():
        (each,) = [each for each in compare(own, folds) if each.dataset == dataset]
        experiments = list(dict.fromkeys(run.name for run in own))
        found.append(Part(f"{dataset} · {setting}", "", experiments, each))
    return found


def where(run: Run) -> tuple[str, str]:
    """A run's dataset and setting."""
    return str(run.config["data.name"]), str(run.config["setting.name"])


def grouped(runs: Sequence[Run], key: Callable[[Run], Key]) -> dict[Key, list[Run]]:
    """Runs by what they have in common, in the order in which that first comes."""
    found: dict[Key, list[Run]] = {}
    for run in runs:
        found.setdefault(key(run), []).append(run)
    return found


def section(part: Part, against: str) -> Section:
    """What the page says of a dataset and setting, or of an experiment."""
    comparison = part.comparison
    tables, plots = result_tables([comparison]), []
    if comparison.measured:
        tables += [*difference_tables([comparison], against), *fold_tables([comparison])]
        grids = [(name, heat_map_data(comparison, lines, TAU[1])) for name, lines in grids_of(comparison)]
        if grids:
            plots.append(plot("Kendall's τ", heat_map_plot(grids, "Kendall's τ")))
        shown = off_grid(comparison)
        rows = forest_rows(shown, shown_names(shown))
        plots.append(plot("Differences from random scores", forest_plot(rows)))
    lines = [line for name in part.experiments if (line := introduction(name))]
    if len(part.experiments) > 1:
        lines = [f"{name}: {line}" for name in part.experiments if (line := introduction(name))]
    return Section(part.title, lines, comparison.said, findings(comparison), plots, tables)


def introduction(experiment: str) -> str:
    """What an experiment's file says of it in its first lines; nothing, if it has none of its own."""
    file = find_conf() / "experiment" / f"{experiment}.yaml"
    lines = file.read_text(encoding="utf-8").splitlines() if file.is_file() else []
    said = [line.removeprefix("# ") for line in lines if line.startswith("# ")]
    return next((line for line in said if not line.startswith("@package")), "")


def shown_names(comparison: Comparison) -> pd.Series:
    """What the measured lines are called, by their number."""
    measured = comparison.lines[comparison.lines["videos"] > 0]
    several = measured["setting"].nunique() > 1
    setting = " · " + measured["setting"] if several else ""
    return measured.apply(row_name, axis=1) + setting


def video_plots(groups: Sequence[Group], videos: Sequence[str]) -> dict[str, list[Plot]]:
    """The plots of some videos that their runs left: of each group of runs one, that of the lowest seed.

    Those of oracles draw none; of which epoch a picture there would be, nothing says.

    Raises:
        UserError: If no run left one of a video that is named.
    """
    drawn: dict[str, dict[str, Path]] = {}
    for name, runs in groups:
        for run in sorted(runs, key=lambda run: int(run.record["seed"])):
            files = drawn_in(run.folder) if run.folder and not has_oracles(run) else ()
            for file in files:
                key = f"{run.config['data.name']} {unquote(file.stem)}"
                drawn.setdefault(key, {}).setdefault(name, file)
    order = sorted(drawn, key=natural_order)
    there = list(dict.fromkeys(key.split(" ", 1)[1] for key in order))
    for video in videos:
        if video not in there:
            said = f"there are {', '.join(there)}" if there else "there are none"
            raise UserError(
                f"video={video}: no run left a picture of it; {said}; callbacks.figures.videos=N draws more"
            )
    shown = [key for key in order if key.split(" ", 1)[1] in videos] if videos else order[:VIDEOS]
    return {key: [Plot(name, uri(file.read_bytes())) for name, file in drawn[key].items()] for key in shown}


def drawn_in(folder: Path) -> list[Path]:
    """The plots of videos in a run folder; a link to a file elsewhere is none, since pages are passed on."""
    inside = folder.resolve()
    return [file for file in sorted(folder.glob("**/figures/*.svg")) if file.resolve().is_relative_to(inside)]


def has_oracles(run: Run) -> bool:
    """Whether some of a run's scores are of epochs that were chosen on the test videos."""
    return bool(run.rows["scorer"].str.endswith(ORACLE).any())


def training_plots(runs: Sequence[Run], traces: Traces) -> list[Plot]:
    """Training curves of runs of one configuration, and distributions of their scores."""
    plots = []
    curves = worth_drawing(traces.curves, str(runs[0].config.get("method._target_")))
    if curves["epoch"].nunique() > 1 and curves.shape[1] > 2:  # a single point draws no line
        seeds = sorted({run.record["seed"] for run in runs})
        title = "Training, epoch by epoch, a line a fold" + (f", seed {seeds[0]}" if len(seeds) > 1 else "")
        plots.append(plot(title, training_plot(curves)))
    if len(traces.histograms):
        variances = {
            scorer: float(
                np.mean([run.rows.loc[run.rows["scorer"] == scorer, "score_variance"].mean() for run in runs])
            )
            for scorer in traces.histograms.index
        }
        counts = {str(scorer): own.to_numpy() for scorer, own in traces.histograms.iterrows()}
        plots.append(
            plot("Distribution of scores over all test frames", distribution_plot(counts, variances))
        )
    return plots


def variance_of(groups: Sequence[Group], traces: Sequence[Traces]) -> Plot | None:
    """The variance of scores as training went on, of all runs that logged it."""
    logged = [
        (name, one.curves)
        for (name, _), one in zip(groups, traces, strict=True)
        if "train/score_variance" in one.curves
    ]
    return plot("Variance of scores, epoch by epoch", variance_plot(logged)) if logged else None


def plot(title: str, figure: Figure) -> Plot:
    """A Matplotlib figure for the page."""
    return Plot(title, uri(svg(figure)))


def uri(content: bytes) -> str:
    """An SVG as a data URI."""
    return f"data:image/svg+xml;base64,{base64.b64encode(content).decode()}"
