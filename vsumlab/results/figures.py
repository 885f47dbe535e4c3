"""Pictures: what a method scored, what was selected, what people thought. Each colour has one meaning."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from vsumlab.data.video import Video
from vsumlab.methods.baselines import mean_annotator_scores
from vsumlab.methods.explanation import Anchor, Explanation
from vsumlab.results.significance import Difference
from vsumlab.summary.keyshots import key_shot_summary

Floats = npt.NDArray[np.floating]

PEOPLE, SELECTED, SCORE, CURVE, BOUNDARY = "#c9d3dc", "#e4572e", "#17324d", "#7b4fa3", "#8a94a0"
ANCHORS = {"first": "#1b9e77", "both": "#d62728", "second": "#111111"}
"""As in the contrastive paper's fig. 3: green, red and black."""
MEANINGS = {"first": "{first} high, this low", "both": "both high", "second": "{first} low, this high"}

STYLES = ("-", "--", ":", "-.")
WIDTH, PANEL = 10.0, 1.5  # inches
SVG: Any = {"svg.fonttype": "none", "svg.hashsalt": "vsumlab"}
"""Text stays text; the same picture is the same file."""
PICKS_A_SECOND = 2
"""Feature files do not say how fast a video is; the field takes two features a second."""


def video_figure(video: Video, scores: Mapping[str, Floats], explanation: Explanation) -> Figure:
    """A video's scores (csnet fig. 2 and 3), under what they are made of (fig. 4; contrastive fig. 3).

    Args:
        video: An annotated video.
        scores: Importance scores (T,) in [0, 1] by scorer: a panel each, with its key-shots.
        explanation: What the method shows beside them: a panel a curve.
    """
    panels = len(explanation.curves) + len(scores)
    figure = Figure(figsize=(WIDTH, PANEL * panels + 0.9), layout="constrained")
    axes: list[Axes] = list(figure.subplots(panels, sharex=True, squeeze=False)[:, 0])
    people = mean_annotator_scores(video, "user_scores" if len(video.user_scores) else "user_summary")
    for axis, (name, curve) in zip(axes, explanation.curves.items(), strict=False):
        draw_people(axis, video, people)
        axis.plot(middles(video), rescaled(curve), color=CURVE, linewidth=1.2, label="criterion, scaled")
        mark_anchors(axis, video, rescaled(curve), name, explanation.pairs)
        axis.set_title(literal(f"criterion: {name}"), loc="left", fontsize=9)
    for axis, (name, values) in zip(axes[len(explanation.curves) :], scores.items(), strict=True):
        draw_people(axis, video, people)
        draw_key_shots(axis, video, people, key_shot_summary(values, video))
        axis.step(edges(video), np.r_[values, values[-1]], where="post", color=SCORE, linewidth=1.1)
        axis.lines[-1].set_label("importance score")
        axis.set_title(literal(f"scores: {name}"), loc="left", fontsize=9)
    for axis in axes:
        axis.set(ylim=(0, 1.03), xlim=(0, edges(video)[-1]), yticks=(0, 0.5, 1))
        axis.spines[["top", "right"]].set_visible(False)
        axis.vlines(seconds(video, video.shots[1:, 0]), 0, 0.05, color=BOUNDARY, linewidth=0.8)
    axes[-1].set_xlabel("seconds (two features a second)")
    figure.suptitle(literal(video.key), x=0.01, ha="left", fontsize=10, fontweight="bold")
    handles = {
        label: handle
        for axis in axes
        for handle, label in zip(*axis.get_legend_handles_labels(), strict=True)
    }
    figure.legend(
        list(handles.values()), list(handles), loc="outside lower left", ncols=7, fontsize=8, frameon=False
    )
    return figure


def literal(text: str) -> str:
    """A name from data as it is: between dollars Matplotlib would read mathematics."""
    return text.replace("$", r"\$")


def seconds(video: Video, frames: npt.NDArray[np.integer]) -> Floats:
    """When frames are shown, if features are two a second."""
    step = float(np.median(np.diff(video.picks))) if video.n_picks > 1 else 1.0
    times: Floats = frames / (step * PICKS_A_SECOND)
    return times


def edges(video: Video) -> Floats:
    """(T + 1,) when each pick's span begins, and when the video ends, in seconds."""
    return seconds(video, np.r_[video.picks, video.n_frames])


def middles(video: Video) -> Floats:
    """(T,) the middle of each pick's span, in seconds."""
    ends = edges(video)
    return (ends[1:] + ends[:-1]) / 2


def rescaled(values: Floats) -> Floats:
    """Values scaled to [0, 1]; constant ones to 0."""
    spread = float(np.ptp(values))
    return (values - values.min()) / spread if spread > 0 else np.zeros_like(values)


def draw_people(axis: Axes, video: Video, people: Floats) -> None:
    """The annotators' mean, as an area."""
    axis.stairs(people, edges(video), fill=True, color=PEOPLE, label="people's mean")


def draw_key_shots(axis: Axes, video: Video, people: Floats, summary: npt.NDArray[np.bool_]) -> None:
    """The selected shots: the annotators' mean there in colour, over a band."""
    chosen = video.shots[summary[video.shots[:, 0]]]
    for i, (first, last) in enumerate(chosen):
        begin, end = seconds(video, np.array([first, last + 1]))
        axis.axvspan(begin, end, color=SELECTED, alpha=0.18, linewidth=0, label=None if i else "key-shots")
        inside = (video.picks >= first) & (video.picks <= last)
        if inside.any():
            spans = np.r_[np.flatnonzero(inside), np.flatnonzero(inside)[-1] + 1]
            axis.stairs(people[inside], edges(video)[spans], fill=True, color=SELECTED, alpha=0.75)


def mark_anchors(
    axis: Axes,
    video: Video,
    curve: Floats,
    name: str,
    pairs: Mapping[tuple[str, str], Sequence[Anchor]],
) -> None:
    """In the panel of a pair's second curve, its anchors and ticks at their nearest neighbours."""
    times = middles(video)
    for (first, second), found in pairs.items():
        for anchor in found if second == name else ():
            colour = ANCHORS[anchor.meaning]
            axis.axvline(times[anchor.pick], color=colour, linewidth=1.4)
            near = list(anchor.neighbours)
            axis.plot(times[near], np.full(len(near), 0.98), "v", color=colour, markersize=4)
            axis.lines[-2].set_label(MEANINGS[anchor.meaning].format(first=first))


def save(figure: Figure, path: Path) -> None:
    """Writes a picture in the format of its name; text in an SVG stays text."""
    with rc_context(SVG):
        figure.savefig(path, metadata={"Date": None} if path.suffix == ".svg" else None)


def svg(figure: Figure) -> bytes:
    """A picture as an SVG file."""
    content = io.BytesIO()
    with rc_context(SVG):
        figure.savefig(content, format="svg", metadata={"Date": None})
    return content.getvalue()


class ForestRow(NamedTuple):
    """A row of a forest plot: its name, and its differences from random in F1, in [0, 1], and in tau."""

    name: str
    f1: Difference
    tau: Difference


def forest_figure(rows: Sequence[ForestRow]) -> Figure:
    """Differences from random scores with their intervals, a line a row; grey if not told from it."""
    figure = Figure(figsize=(WIDTH, 0.24 * len(rows) + 0.9), layout="constrained")
    axes = figure.subplots(1, 2, sharey=True, squeeze=False)[0]
    heights = range(len(rows), 0, -1)
    columns = (("F1 %", 100, [row.f1 for row in rows]), ("Kendall's τ", 1, [row.tau for row in rows]))
    for axis, (name, scale, column) in zip(axes, columns, strict=True):
        axis.axvline(0, color=BOUNDARY, linewidth=1)
        for height, difference in zip(heights, column, strict=True):
            colour = SCORE if difference.distinguishable else BOUNDARY
            ends = [scale * difference.low, scale * difference.high]
            axis.plot(ends, [height, height], color=colour, linewidth=1.6)
            axis.plot(scale * difference.mean, height, "o", color=colour, markersize=4)
        axis.set_xlabel(f"difference from random, {name}", fontsize=8)
        axis.tick_params(labelsize=8)
        axis.spines[["top", "right", "left"]].set_visible(False)
        axis.tick_params(axis="y", length=0)
    axes[0].set_yticks(list(heights), [literal(row.name) for row in rows], fontsize=8)
    axes[0].set_ylim(0.3, len(rows) + 0.7)
    return figure


def training_figure(curves: Mapping[str, Mapping[int, Mapping[int, float]]]) -> Figure:
    """What was logged in training, epoch by epoch: a panel a name, a line a fold.

    Args:
        curves: Values by name, fold and epoch from 0.
    """
    columns = min(3, len(curves))
    rows = -(-len(curves) // columns)
    figure = Figure(figsize=(WIDTH, 1.9 * rows + 0.3), layout="constrained")
    axes = figure.subplots(rows, columns, squeeze=False).ravel()
    for axis, (name, folds) in zip(axes, curves.items(), strict=False):
        for fold, values in folds.items():
            shade = 1 - 0.65 * list(folds).index(fold) / len(folds)
            epochs = [epoch + 1 for epoch in values]
            axis.plot(epochs, list(values.values()), color=CURVE, alpha=shade, linewidth=1.2)
        axis.set_title(literal(name), loc="left", fontsize=9)
        axis.spines[["top", "right"]].set_visible(False)
        axis.set_xlabel("epoch", fontsize=8)
        axis.xaxis.set_major_locator(MaxNLocator(integer=True))
        axis.tick_params(labelsize=8)
    for axis in axes[len(curves) :]:
        axis.set_visible(False)
    return figure


def variance_figure(rows: Sequence[tuple[str, Mapping[int, Mapping[int, float]]]]) -> Figure:
    """The variance of scores in training, epoch by epoch: a line a row, the mean over folds; their range.

    Args:
        rows: Each row's name and its values by fold and epoch from 0.
    """
    figure = Figure(figsize=(WIDTH, 3.4 + 0.2 * -(-len(rows) // 2)), layout="constrained")
    axis = figure.subplots()
    for i, (name, folds) in enumerate(rows):
        common = sorted(set.intersection(*map(set, folds.values())))
        epochs = [epoch + 1 for epoch in common]
        values = np.array([[fold[epoch] for epoch in common] for fold in folds.values()])
        style: Any = {"color": f"C{i % 10}", "linestyle": STYLES[i // 10 % len(STYLES)]}
        axis.plot(epochs, values.mean(axis=0), label=literal(name), marker=".", linewidth=1.4, **style)
        if len(values) > 1:
            axis.fill_between(epochs, values.min(axis=0), values.max(axis=0), color=f"C{i % 10}", alpha=0.15)
    axis.set_yscale("log")
    axis.set_xlabel("epoch", fontsize=8)
    axis.set_ylabel("variance of scores", fontsize=8)
    axis.tick_params(labelsize=8)
    axis.xaxis.set_major_locator(MaxNLocator(integer=True))
    axis.spines[["top", "right"]].set_visible(False)
    axis.grid(axis="y", color=PEOPLE, linewidth=0.5)
    figure.legend(loc="outside lower left", ncols=2, fontsize=8, frameon=False)
    return figure


def distribution_figure(
    counts: Mapping[str, npt.NDArray[np.integer]], variances: Mapping[str, float]
) -> Figure:
    """How often scores are how high, by scorer.

    Args:
        counts: How many frames are scored how high, from 0 to 1, in steps of one width.
        variances: Of the scores, the mean over videos.
    """
    columns = 4
    rows = -(-len(counts) // columns)
    figure = Figure(figsize=(WIDTH, 1.9 * rows + 0.3), layout="constrained")
    axes = figure.subplots(rows, columns, squeeze=False, sharex=True).ravel()
    for axis, (name, own) in zip(axes, counts.items(), strict=False):
        shares = 100 * own / own.sum()
        axis.stairs(shares, np.linspace(0, 1, len(own) + 1), fill=True, color=SCORE)
        axis.set_title(literal(f"{name}: variance {variances[name]:.4f}"), loc="left", fontsize=9)
        axis.spines[["top", "right"]].set_visible(False)
        axis.set_xlabel("importance score", fontsize=8)
        axis.set_ylabel("% of frames", fontsize=8)
        axis.tick_params(labelsize=8)
    for axis in axes[len(counts) :]:
        axis.set_visible(False)
    return figure
