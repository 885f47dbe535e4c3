"""A plot of a video: what a method scored, what was selected, what people thought."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from vsumlab.core.timeline import Timeline
from vsumlab.core.video import Video
from vsumlab.evaluation.baselines import mean_annotator_scores
from vsumlab.methods.explanation import Anchor, Explanation
from vsumlab.plotting import BOUNDARY, CURVE, PEOPLE, SCORE, SELECTED, WIDTH, literal
from vsumlab.summary.keyshots import key_shot_summary

Floats = npt.NDArray[np.floating]

ANCHORS = {"first": "#1b9e77", "both": "#d62728", "second": "#111111"}
"""As in the contrastive paper's fig. 3: green, red and black."""
MEANINGS = {"first": "{first} high, this low", "both": "both high", "second": "{first} low, this high"}
PANEL = 1.5  # inches


def video_plot(video: Video, scores: Mapping[str, Floats], explanation: Explanation) -> Figure:
    """A video's scores (csnet fig. 2 and 3), under what they are made of (fig. 4; contrastive fig. 3).

    Args:
        video: An annotated video.
        scores: Importance scores (T,) in [0, 1] by scorer: a panel each, with its key-shots.
        explanation: What the method shows of how it scores: a panel a curve.
    """
    panels = len(explanation.curves) + len(scores)
    figure = Figure(figsize=(WIDTH, PANEL * panels + 0.9), layout="constrained")
    timeline = video.timeline
    axes: list[Axes] = list(figure.subplots(panels, sharex=True, squeeze=False)[:, 0])
    people = mean_annotator_scores(
        video, "user_scores" if len(video.annotated.user_scores) else "user_summary"
    )
    for axis, (name, curve) in zip(axes, explanation.curves.items(), strict=False):
        draw_people(axis, timeline, people)
        axis.plot(middles(timeline), rescaled(curve), color=CURVE, linewidth=1.2, label="criterion, scaled")
        mark_anchors(axis, timeline, rescaled(curve), name, explanation.pairs)
        axis.set_title(literal(f"criterion: {name}"), loc="left", fontsize=9)
    for axis, (name, values) in zip(axes[len(explanation.curves) :], scores.items(), strict=True):
        draw_people(axis, timeline, people)
        draw_key_shots(axis, timeline, people, key_shot_summary(values, timeline))
        axis.step(edges(timeline), np.r_[values, values[-1]], where="post", color=SCORE, linewidth=1.1)
        axis.lines[-1].set_label("importance score")
        axis.set_title(literal(f"scores: {name}"), loc="left", fontsize=9)
    for axis in axes:
        axis.set(ylim=(0, 1.03), xlim=(0, edges(timeline)[-1]), yticks=(0, 0.5, 1))
        axis.spines[["top", "right"]].set_visible(False)
        axis.vlines(seconds(timeline, timeline.shots[1:, 0]), 0, 0.05, color=BOUNDARY, linewidth=0.8)
    axes[-1].set_xlabel(f"seconds, at {timeline.fps:g} frames a second")
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


def rescaled(values: Floats) -> Floats:
    """Values scaled to [0, 1]; constant ones to 0."""
    spread = float(np.ptp(values))
    return (values - values.min()) / spread if spread > 0 else np.zeros_like(values)


def draw_people(axis: Axes, timeline: Timeline, people: Floats) -> None:
    """The annotators' mean, as an area."""
    axis.stairs(people, edges(timeline), fill=True, color=PEOPLE, label="people's mean")


def draw_key_shots(axis: Axes, timeline: Timeline, people: Floats, summary: npt.NDArray[np.bool_]) -> None:
    """The selected shots: the annotators' mean there in colour, over a band."""
    chosen = timeline.shots[summary[timeline.shots[:, 0]]]
    for i, (first, last) in enumerate(chosen):
        begin, end = seconds(timeline, np.array([first, last + 1]))
        axis.axvspan(begin, end, color=SELECTED, alpha=0.18, linewidth=0, label=None if i else "key-shots")
        inside = (timeline.picks >= first) & (timeline.picks <= last)
        if inside.any():
            spans = np.r_[np.flatnonzero(inside), np.flatnonzero(inside)[-1] + 1]
            axis.stairs(people[inside], edges(timeline)[spans], fill=True, color=SELECTED, alpha=0.75)


def mark_anchors(
    axis: Axes,
    timeline: Timeline,
    curve: Floats,
    name: str,
    pairs: Mapping[tuple[str, str], Sequence[Anchor]],
) -> None:
    """In the panel of a pair's second curve, its anchors and ticks at their nearest neighbours."""
    times = middles(timeline)
    for (first, second), found in pairs.items():
        for anchor in found if second == name else ():
            colour = ANCHORS[anchor.meaning]
            axis.axvline(times[anchor.pick], color=colour, linewidth=1.4)
            near = list(anchor.neighbours)
            axis.plot(times[near], np.full(len(near), 0.98), "v", color=colour, markersize=4)
            axis.lines[-2].set_label(MEANINGS[anchor.meaning].format(first=first))
