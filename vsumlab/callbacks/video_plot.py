"""A plot of a video: what a method scored, what was selected, what people thought."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from vsumlab.core.arrays import Numbers, as_array
from vsumlab.core.timeline import Timeline
from vsumlab.core.video import Video
from vsumlab.errors import UserError
from vsumlab.evaluation.baselines import mean_annotator_scores
from vsumlab.evaluation.protocol import check_scores
from vsumlab.methods.explanation import NOTHING, Anchor, Explanation
from vsumlab.plotting import BOUNDARY, CURVE, PEOPLE, SCORE, SELECTED, WIDTH, Picture, literal, span
from vsumlab.summary.keyshots import key_shot_summary

Floats = npt.NDArray[np.floating]

ANCHORS = {"first": "#1b9e77", "both": "#d62728", "second": "#111111"}
"""As in the contrastive paper's fig. 3: green, red and black."""
MEANINGS = {"first": "{first} high, this low", "both": "both high", "second": "{first} low, this high"}
PANEL = 1.5  # inches


def video_plot(video: Video, scores: Mapping[str, Floats], explanation: Explanation) -> Figure:
    """A video's scores (csnet fig. 2 and 3), under what they are made of (fig. 4; contrastive fig. 3).

    Each panel's axis is that of its own values, however close together they are; the people's mean is behind
    it, from its lowest at the foot of the panel to its highest at the top.

    Args:
        video: A video; of one that nobody has annotated there are no people to show.
        scores: Importance scores (T,) >= 0 by scorer: a panel each, with its key-shots.
        explanation: What the method shows of how it scores: a panel a curve.
    """
    panels = len(explanation.curves) + len(scores)
    figure = Picture(figsize=(WIDTH, PANEL * panels + 1.1), layout="constrained")
    timeline = video.timeline
    axes: list[Axes] = list(figure.subplots(panels, sharex=True, squeeze=False)[:, 0])
    people = peoples_mean(video)
    for axis, (name, curve) in zip(axes, explanation.curves.items(), strict=False):
        scale_to(axis, curve, "criterion")
        draw_people(axis, timeline, people)
        axis.plot(middles(timeline), curve, color=CURVE, linewidth=1.2, label="criterion")
        mark_anchors(axis, timeline, name, explanation.pairs)
        axis.set_title(literal(f"criterion: {name}"), loc="left", fontsize=9)
    for axis, (name, values) in zip(axes[len(explanation.curves) :], scores.items(), strict=True):
        scale_to(axis, values, "score")
        draw_people(axis, timeline, people)
        draw_key_shots(axis, timeline, people, key_shot_summary(values, timeline))
        axis.step(edges(timeline), np.r_[values, values[-1]], where="post", color=SCORE, linewidth=1.1)
        axis.lines[-1].set_label("importance score")
        axis.set_title(literal(f"scores: {name}"), loc="left", fontsize=9)
    for axis in axes:
        axis.set_xlim(0, edges(timeline)[-1])
        axis.spines[["top", "right"]].set_visible(False)
        draw_boundaries(axis, timeline)
    axes[-1].set_xlabel(f"seconds, at {timeline.fps:g} frames a second")
    figure.suptitle(literal(video.key), x=0.01, ha="left", fontsize=10, fontweight="bold")
    handles = {
        label: handle
        for axis in axes
        for handle, label in zip(*axis.get_legend_handles_labels(), strict=True)
    }
    figure.legend(
        list(handles.values()), list(handles), loc="outside lower left", ncols=4, fontsize=8, frameon=False
    )
    return figure


def scores_plot(video: Video, scores: Numbers | Mapping[str, Numbers]) -> Figure:
    """As `video_plot`, of scores from anywhere: `vsumlab.plot`.

    Raises:
        UserError: If there are no scores, or some that are not of this video's picks, not finite or below 0.
    """
    by_scorer = scores if isinstance(scores, Mapping) else {"given": scores}
    if not by_scorer:
        raise UserError(f"{video.key}: no scores to plot: give an array, or a dict with one for each name")
    arrays = {name: as_array(each).astype(np.float64) for name, each in by_scorer.items()}
    for array in arrays.values():
        check_scores(array, video, dimensions=(1,))
    return video_plot(video, arrays, NOTHING)


def peoples_mean(video: Video) -> Floats | None:
    """The annotators' mean (T,), scaled to [0, 1]; of their summaries where they gave no scores."""
    if video.annotations is None:
        return None
    return mean_annotator_scores(
        video, "user_scores" if len(video.annotations.user_scores) else "user_summary"
    )


def seconds(timeline: Timeline, frames: npt.NDArray[np.integer]) -> Floats:
    """When frames are shown."""
    times: Floats = frames / timeline.fps
    return times


def edges(timeline: Timeline) -> Floats:
    """(T + 1,) when each pick's span begins, and when the video ends, in seconds."""
    return seconds(timeline, np.r_[timeline.picks, timeline.n_frames])


def middles(timeline: Timeline) -> Floats:
    """(T,) the middle of each pick's span, in seconds."""
    ends = edges(timeline)
    return (ends[1:] + ends[:-1]) / 2


def scale_to(axis: Axes, values: Floats, what: str) -> None:
    """Gives an axis the scale of the finite ones among some values, and says which that is."""
    finite = values[np.isfinite(values)]
    low, high = (float(finite.min()), float(finite.max())) if len(finite) else (0.0, 1.0)
    locator = MaxNLocator(3)
    below, above = locator.nonsingular(low, high)  # apart, where all values are the same
    room = 0.08 * (above - below)
    axis.set_ylim(below - room, above + room)
    axis.yaxis.set_major_locator(locator)
    axis.ticklabel_format(axis="y", useOffset=False)
    axis.set_ylabel(f"{what}\n{span(low, high)}", fontsize=8)


def draw_people(axis: Axes, timeline: Timeline, people: Floats | None) -> None:
    """The annotators' mean (T,) in [0, 1], if there is one, as an area as high as the panel."""
    if people is not None:
        draw_area(axis, people, edges(timeline), "people's mean, lowest to highest", color=PEOPLE)


def draw_area(axis: Axes, heights: Floats, steps: Floats, label: str | None, **style: Any) -> None:
    """Heights (T,) in [0, 1] of the panel, whatever its scale, between steps (T + 1,) in seconds."""
    axis.stairs(heights, steps, fill=True, label=label, transform=axis.get_xaxis_transform(), **style)


def draw_key_shots(
    axis: Axes, timeline: Timeline, people: Floats | None, summary: npt.NDArray[np.bool_]
) -> None:
    """The selected shots: the annotators' mean there in colour, over a band."""
    chosen = timeline.shots[summary[timeline.shots[:, 0]]]
    for first, last in chosen:
        begin, end = seconds(timeline, np.array([first, last + 1]))
        axis.axvspan(begin, end, color=SELECTED, alpha=0.18, linewidth=0, label="key-shots")
        inside = (timeline.picks >= first) & (timeline.picks <= last)
        if people is not None and inside.any():
            spans = np.r_[np.flatnonzero(inside), np.flatnonzero(inside)[-1] + 1]
            steps = edges(timeline)[spans]
            draw_area(axis, people[inside], steps, "people's mean in key-shots", color=SELECTED, alpha=0.75)


def draw_boundaries(axis: Axes, timeline: Timeline) -> None:
    """Where shots begin, as ticks at the foot of the panel."""
    begins, foot = seconds(timeline, timeline.shots[1:, 0]), axis.get_xaxis_transform()
    axis.vlines(begins, 0, 0.06, color=BOUNDARY, linewidth=0.8, transform=foot, label="shot boundaries")


def mark_anchors(
    axis: Axes, timeline: Timeline, name: str, pairs: Mapping[tuple[str, str], Sequence[Anchor]]
) -> None:
    """In the panel of a pair's second curve, its anchors and ticks at their nearest neighbours."""
    times = middles(timeline)
    for (first, second), found in pairs.items():
        for anchor in found if second == name else ():
            colour = ANCHORS[anchor.meaning]
            meaning = MEANINGS[anchor.meaning].format(first=first)
            axis.axvline(times[anchor.pick], color=colour, linewidth=1.4, label=meaning)
            near = times[list(anchor.neighbours)]
            style: Any = {"color": colour, "markersize": 4, "transform": axis.get_xaxis_transform()}
            axis.plot(near, np.full(len(near), 0.95), "v", label="their nearest neighbours", **style)
