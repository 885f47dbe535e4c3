"""The plots of a report: differences from random, training curves, distributions of scores, grids."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from vsumlab.evaluation.significance import Difference
from vsumlab.plotting import BOUNDARY, CURVE, PEOPLE, SCORE, WIDTH, literal

STYLES = ("-", "--", ":", "-.")
LABEL = 66
"""The characters of a row's name that leave room for its plot."""

PANEL, TOP, BOTTOM, LEFT, RIGHT = 2.1, 0.4, 0.45, 0.6, 0.1
"""Of one panel of several the height, and around it the room for text; inches."""


class ForestRow(NamedTuple):
    """A row of a forest plot: its name, and its differences from random in F1, in [0, 1], and in tau."""

    name: str
    f1: Difference
    tau: Difference


def forest_plot(rows: Sequence[ForestRow]) -> Figure:
    """Differences from random scores with their intervals, a line a row; grey if chance could make them."""
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
    axes[0].set_yticks(list(heights), [label(row.name) for row in rows], fontsize=8)
    axes[0].set_ylim(0.3, len(rows) + 0.7)
    return figure


def label(name: str) -> str:
    """A row's name, of a long one its two ends; tables have it whole.

    >>> label("csnet (" + "a" * 80 + ", seed=1)")
    'csnet (aaaaaaaaaaaaaaaaaa…aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa, seed=1)'
    """
    return literal(name if len(name) <= LABEL else f"{name[:25]}…{name[25 + 1 - LABEL :]}")


def training_plot(curves: pd.DataFrame) -> Figure:
    """What was logged in training, epoch by epoch: a panel a name, a line a fold.

    Args:
        curves: Columns `fold`, `epoch` from 0, and a column for each name.
    """
    names = [str(name) for name in curves if name not in ("fold", "epoch")]
    figure, axes = panels(len(names), columns=max(1, min(3, len(names))))
    for axis, name in zip(axes, names, strict=False):
        folds = [own.dropna(subset=[name]) for _, own in curves.groupby("fold")]
        for i, own in enumerate(folds):
            shade = 1 - 0.65 * i / len(folds)
            axis.plot(own["epoch"] + 1, own[name], color=CURVE, alpha=shade, linewidth=1.2)
        axis.set_title(literal(name), loc="left", fontsize=9)
        axis.set_xlabel("epoch", fontsize=8)
        axis.xaxis.set_major_locator(MaxNLocator(integer=True))
    return figure


def panels(number: int, columns: int, **options: Any) -> tuple[Figure, list[Axes]]:
    """A figure with so many panels, and their axes; margins are fixed, whatever the text."""
    rows = -(-number // columns)
    figure = Figure(figsize=(WIDTH, PANEL * rows))
    width, height = WIDTH / columns - LEFT - RIGHT, PANEL - TOP - BOTTOM
    figure.subplots_adjust(
        left=LEFT / WIDTH,
        right=1 - RIGHT / WIDTH,
        bottom=BOTTOM / (PANEL * rows),
        top=1 - TOP / (PANEL * rows),
        wspace=(LEFT + RIGHT) / width,
        hspace=(TOP + BOTTOM) / height,
    )
    axes = list(figure.subplots(rows, columns, squeeze=False, **options).ravel())
    for axis in axes:
        axis.spines[["top", "right"]].set_visible(False)
        axis.tick_params(labelsize=8)
        axis.ticklabel_format(axis="y", scilimits=(-2, 4))  # so that numbers have room on the left
        axis.yaxis.get_offset_text().set_fontsize(8)
    for axis in axes[number:]:
        axis.set_visible(False)
    return figure, axes


def variance_plot(rows: Sequence[tuple[str, pd.DataFrame]]) -> Figure:
    """The variance of scores in training, epoch by epoch: a line a row, the mean over folds; their range.

    Args:
        rows: Each row's name and its curves, as far as all its folds have come.
    """
    figure = Figure(figsize=(WIDTH, 3.4 + 0.2 * -(-len(rows) // 2)), layout="constrained")
    axis = figure.subplots()
    for i, (name, curves) in enumerate(rows):
        values = curves.pivot(index="epoch", columns="fold", values="train/score_variance").dropna()
        epochs = values.index.to_numpy() + 1
        style: Any = {"color": f"C{i % 10}", "linestyle": STYLES[i // 10 % len(STYLES)]}
        axis.plot(epochs, values.mean(axis=1), label=label(name), marker=".", linewidth=1.4, **style)
        if values.shape[1] > 1:
            axis.fill_between(epochs, values.min(axis=1), values.max(axis=1), color=f"C{i % 10}", alpha=0.15)
    axis.set_yscale("log")
    axis.set_xlabel("epoch", fontsize=8)
    axis.set_ylabel("variance of scores", fontsize=8)
    axis.tick_params(labelsize=8)
    axis.xaxis.set_major_locator(MaxNLocator(integer=True))
    axis.spines[["top", "right"]].set_visible(False)
    axis.grid(axis="y", color=PEOPLE, linewidth=0.5)
    figure.legend(loc="outside lower left", ncols=2, fontsize=8, frameon=False)
    return figure


def distribution_plot(
    counts: Mapping[str, npt.NDArray[np.integer]], variances: Mapping[str, float]
) -> Figure:
    """How often scores are how high, by scorer.

    Args:
        counts: How many frames are scored how high, from 0 to 1, in steps of one width.
        variances: Of the scores, the mean over videos.
    """
    figure, axes = panels(len(counts), columns=4, sharex=True)
    for axis, (name, own) in zip(axes, counts.items(), strict=False):
        shares = 100 * own / own.sum()
        axis.stairs(shares, np.linspace(0, 1, len(own) + 1), fill=True, color=SCORE)
        axis.set_title(literal(f"{name}: variance {variances[name]:.4f}"), loc="left", fontsize=9)
        axis.set_xlabel("importance score", fontsize=8)
        axis.set_ylabel("% of frames", fontsize=8)
    return figure


def heat_map_plot(grids: Sequence[tuple[str, pd.DataFrame]], title: str = "") -> Figure:
    """A metric over two or three numbers of a study: a panel a grid, on one scale of colours.

    Args:
        grids: Each grid's name, and its values, a column a value of one number and a row those of the others.
        title: The metric.
    """
    columns = min(2, len(grids))
    rows = -(-len(grids) // columns)
    height = rows * (0.27 * max(len(values) for _, values in grids) + 0.6) + 0.3
    figure = Figure(figsize=(WIDTH, height), layout="constrained")
    axes = figure.subplots(rows, columns, squeeze=False).ravel()
    all_values = np.concatenate([values.to_numpy().ravel() for _, values in grids])
    low, high = all_values.min(), all_values.max()
    for axis, (name, values) in zip(axes, grids, strict=False):
        axis.imshow(values, cmap="cividis", vmin=low, vmax=high, aspect="auto")
        for (row, column), value in np.ndenumerate(values.to_numpy()):
            colour = "white" if value < (low + high) / 2 else "black"
            axis.text(column, row, f"{value:.3f}", ha="center", va="center", fontsize=8, color=colour)
        names, _, numbers = zip(*(str(each).rpartition("=") for each in values.columns), strict=True)
        axis.set_xticks(range(values.shape[1]), [literal(each) for each in numbers], fontsize=7)
        axis.set_xlabel(literal(names[0]), fontsize=7)
        axis.set_yticks(range(len(values)), [literal(str(each)) for each in values.index], fontsize=7)
        axis.set_title(literal(name), loc="left", fontsize=9)
    for axis in axes[len(grids) :]:
        axis.set_visible(False)
    figure.suptitle(literal(title), x=0.01, ha="left", fontsize=10, fontweight="bold")
    return figure
