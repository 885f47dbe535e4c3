"""What is in the plot of a video, read back from it."""

import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from dataclasses import replace

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.axes import Axes
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from matplotlib.patches import StepPatch
from support.made import annotated, made_video

import vsumlab
from vsumlab.callbacks.video_plot import ANCHORS, edges, middles, seconds, video_plot
from vsumlab.core.timeline import Timeline
from vsumlab.core.video import Video
from vsumlab.errors import UserError
from vsumlab.methods.explanation import NOTHING, Anchor, Explanation
from vsumlab.plotting import BOUNDARY, CURVE, PEOPLE, SELECTED, span, svg
from vsumlab.summary.keyshots import key_shot_summary


@pytest.fixture
def video() -> Video:
    return made_video(seed=3, n_picks=30)


@pytest.fixture
def scores(video) -> np.ndarray:
    return np.random.default_rng(0).random(video.n_picks).astype(np.float32)


def frames_a_second(video: Video) -> float:
    return video.timeline.fps


def area_of_people(axis: Axes) -> StepPatch:
    return next(
        patch
        for patch in axis.patches
        if isinstance(patch, StepPatch) and to_hex(patch.get_facecolor()) == PEOPLE
    )


def test_bands_are_the_key_shots_and_the_line_is_the_scores(video, scores) -> None:
    (axis,) = video_plot(video, {"ours": scores}, NOTHING).axes
    selected = np.zeros(video.timeline.n_frames, dtype=bool)
    bands = [
        patch
        for patch in axis.patches
        if not isinstance(patch, StepPatch) and to_hex(patch.get_facecolor()) == SELECTED
    ]
    for band in bands:
        begin, end = band.get_x(), band.get_x() + band.get_width()
        selected[round(begin * frames_a_second(video)) : round(end * frames_a_second(video))] = True
    assert selected.any()
    np.testing.assert_array_equal(selected, key_shot_summary(scores, video.timeline))
    (line,) = (line for line in axis.lines if line.get_label() == "importance score")
    np.testing.assert_array_equal(line.get_ydata()[:-1], scores)
    np.testing.assert_allclose(line.get_xdata()[:-1], video.timeline.picks / frames_a_second(video))


@pytest.mark.parametrize("shift", [0, 0.48])
def test_the_area_is_the_peoples_mean_scaled_to_the_panel_whatever_the_scores_are(
    video, scores, shift
) -> None:
    (axis,) = video_plot(video, {"ours": shift + 0.04 * scores}, NOTHING).axes
    assert area_of_people(axis).get_transform() == axis.get_xaxis_transform()
    mean = video.annotated.user_scores.mean(axis=0)
    np.testing.assert_allclose(
        area_of_people(axis).get_data().values, (mean - mean.min()) / np.ptp(mean), atol=1e-12
    )


def test_where_people_gave_no_scores_the_area_is_the_mean_of_their_summaries(video, scores) -> None:
    unscored = annotated(video, user_scores=np.zeros((0, video.n_picks)))
    (axis,) = video_plot(unscored, {"ours": scores}, NOTHING).axes
    mean = video.annotated.user_summary[:, video.timeline.picks].mean(axis=0)
    np.testing.assert_allclose(
        area_of_people(axis).get_data().values, (mean - mean.min()) / np.ptp(mean), atol=1e-12
    )


def test_shots_are_told_apart_by_ticks_where_they_begin(video, scores) -> None:
    (axis,) = video_plot(video, {"ours": scores}, NOTHING).axes
    (ticks,) = (each for each in axis.collections if to_hex(each.get_color()[0]) == BOUNDARY)
    assert ticks.get_label() == "shot boundaries"
    begins = sorted(segment[0][0] for segment in ticks.get_segments())
    np.testing.assert_allclose(begins, video.timeline.shots[1:, 0] / frames_a_second(video))


def test_there_is_a_panel_for_every_curve_and_scorer(video, scores) -> None:
    curves = {"one": scores, "two": np.zeros_like(scores)}
    anchor = Anchor("both", 3, (1, 2))
    explanation = Explanation(curves, {("one", "two"): (anchor,)})
    figure = video_plot(video, {"a": scores, "b": scores}, explanation)
    titles = [axis.get_title(loc="left") for axis in figure.axes]
    assert titles == ["criterion: one", "criterion: two", "scores: a", "scores: b"]
    assert "seconds" in figure.axes[-1].get_xlabel()
    marked = [axis for axis in figure.axes if any(line.get_color() == ANCHORS["both"] for line in axis.lines)]
    assert marked == [figure.axes[1]]
    (legend,) = figure.legends
    said = [text.get_text() for text in legend.get_texts()]
    assert len(said) == len(set(said))
    assert len(said) == 8
    assert {"people's mean in key-shots", "key-shots", "importance score", "both high"} <= set(said)


def test_the_legend_names_every_mark(video, scores) -> None:
    """By what stands in the panels: each has a label, and each label stands in the legend."""
    anchor = Anchor("both", 3, (1, 2))
    explanation = Explanation({"one": scores, "two": scores}, {("one", "two"): (anchor,)})
    figure = video_plot(video, {"a": scores}, explanation)
    (legend,) = figure.legends
    said = {text.get_text() for text in legend.get_texts()}
    marks = [mark for axis in figure.axes for mark in (*axis.lines, *axis.patches, *axis.collections)]
    assert len(marks) > 10
    assert {mark.get_label() for mark in marks} == said


@settings(max_examples=20, deadline=None)
@given(
    st.floats(-100, 100), st.floats(-6, 2).map(lambda power: 10**power), st.lists(st.floats(0, 1), min_size=2)
)
def test_a_panel_shows_its_values_and_little_else(base, spread, shares) -> None:
    """Whatever their scale, the curve fills most of its panel, and the axis says what it spans."""
    values = base + spread * np.array([0, 1, *shares])
    video = made_video(seed=3, n_picks=len(values))
    axis = video_plot(video, {"ours": values - values.min()}, Explanation({"one": values}, {})).axes[0]
    low, high = axis.get_ylim()
    assert low <= values.min() < values.max() <= high
    assert np.ptp(values) > 0.8 * (high - low)
    assert axis.get_ylabel() == f"criterion\n{span(values.min(), values.max())}"
    shown = [tick for tick in axis.get_yticks() if low <= tick <= high]
    assert len(shown) >= 2


def test_a_narrow_curve_is_readable_by_its_ticks(video, scores) -> None:
    narrow = 0.48 + 0.04 * (scores - scores.min()) / np.ptp(scores)
    figure = video_plot(video, {"ours": narrow}, NOTHING)
    (axis,) = figure.axes
    assert axis.get_ylabel() == "score\n0.480 to 0.520"
    figure.draw_without_rendering()
    assert {"0.48", "0.50", "0.52"} <= {tick.get_text() for tick in axis.get_yticklabels()}
    assert axis.yaxis.get_offset_text().get_text() == ""


@pytest.mark.parametrize("value", [0.5, 0.0, np.nan])
def test_constant_scores_and_a_curve_that_failed_are_drawn(video, scores, value) -> None:
    constant = np.full_like(scores, value)
    figure = video_plot(video, {"ours": np.nan_to_num(constant)}, Explanation({"one": constant}, {}))
    assert svg(figure)
    assert figure.axes[1].get_ylabel() == f"score\n{np.nan_to_num(value):g} throughout"


@given(st.floats(-1e4, 1e4), st.floats(1e-6, 1e4))
def test_the_ends_of_a_span_are_told_apart(low, width) -> None:
    first, last = (float(end.replace("−", "-")) for end in span(low, low + width).split(" to "))
    assert (first, last) == pytest.approx((low, low + width), abs=0.06 * width)
    assert first < last


def test_a_curve_is_drawn_at_the_middle_of_each_picks_span(video, scores) -> None:
    explanation = Explanation({"one": 7 * scores - 3}, {})
    axis = video_plot(video, {"a": scores}, explanation).axes[0]
    (line,) = (line for line in axis.lines if line.get_color() == CURVE)
    np.testing.assert_array_equal(line.get_ydata(), 7 * scores - 3)
    ends = np.r_[video.timeline.picks, video.timeline.n_frames] / frames_a_second(video)
    np.testing.assert_allclose(line.get_xdata(), (ends[1:] + ends[:-1]) / 2)


def test_anchors_are_marked_where_they_are_with_their_neighbours_above(video, scores) -> None:
    found = (Anchor("first", 3, (1, 2)), Anchor("second", 9, (4, 20)))
    explanation = Explanation({"one": scores, "two": scores}, {("one", "two"): found})
    axis = video_plot(video, {"a": scores}, explanation).axes[1]
    times = middles(video.timeline)
    for anchor in found:
        upright, ticks = (line for line in axis.lines if line.get_color() == ANCHORS[anchor.meaning])
        assert set(upright.get_xdata()) == {times[anchor.pick]}
        np.testing.assert_array_equal(ticks.get_xdata(), times[list(anchor.neighbours)])
    said = {line.get_label() for line in axis.lines}
    assert {"one high, this low", "one low, this high", "their nearest neighbours"} <= said


def test_a_video_of_one_pick_is_drawn(video) -> None:
    timeline = replace(video.timeline, picks=video.timeline.picks[:1])
    short = replace(video, features=video.features[:1], timeline=timeline)
    short = annotated(short, user_scores=video.annotated.user_scores[:, :1])
    assert svg(video_plot(short, {"ours": np.ones(1, dtype=np.float32)}, NOTHING))


def test_names_from_data_are_shown_as_they_are(video, scores) -> None:
    odd = "a$\\frac{$<b>"
    figure = video_plot(replace(video, key=odd), {odd: scores}, Explanation({odd: scores}, {}))
    text = "".join(ElementTree.fromstring(svg(figure)).itertext())
    assert text.count(odd) == 3


def test_a_second_is_thirty_frames_unless_the_file_says_otherwise() -> None:
    timeline = Timeline(np.array([0, 15, 30, 45]), 58, np.array([[0, 57]]))
    np.testing.assert_allclose(seconds(timeline, np.array([30, 60])), [1, 2])
    np.testing.assert_allclose(edges(timeline), [0, 0.5, 1, 1.5, 58 / 30])
    np.testing.assert_allclose(middles(timeline), [0.25, 0.75, 1.25, (45 + 58) / 60])
    np.testing.assert_allclose(edges(replace(timeline, fps=60.0))[:4], [0, 0.25, 0.5, 0.75])


def test_a_video_that_nobody_annotated_is_drawn_without_people(video, scores) -> None:
    (axis,) = video_plot(replace(video, annotations=None), {"ours": scores}, NOTHING).axes
    assert not any(isinstance(patch, StepPatch) for patch in axis.patches)
    assert {"key-shots"} == {patch.get_label() for patch in axis.patches}


def test_a_notebook_is_shown_the_same_picture_as_a_run_leaves(video, scores) -> None:
    figure = vsumlab.plot(video, {"ours": scores})
    assert isinstance(figure, Figure)
    assert svg(figure) == svg(video_plot(video, {"ours": scores.astype(np.float64)}, NOTHING))
    assert figure._repr_png_().startswith(b"\x89PNG")


@pytest.mark.parametrize("kind", [np.asarray, torch.from_numpy, list])
def test_scores_of_any_kind_are_plotted(video, scores, kind) -> None:
    assert svg(vsumlab.plot(video, kind(scores))) == svg(vsumlab.plot(video, {"given": scores}))


def test_scores_that_carry_a_gradient_are_plotted(video, scores) -> None:
    assert vsumlab.plot(video, torch.from_numpy(scores).requires_grad_()).axes


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda scores: scores[1:], r"of shape \(29,\), expected one for each of its 30 picks"),
        (lambda scores: scores[None], r"of shape \(1, 30\), expected one for each of its 30 picks"),
        (lambda scores: scores[0], r"of shape \(\), expected one for each of its 30 picks"),
        (lambda scores: scores - 1, "scale scores to"),
        (lambda scores: scores * np.nan, "not finite"),
        (lambda scores: {}, "no scores to plot"),
    ],
)
def test_scores_that_cannot_be_plotted_are_an_error(video, scores, change, said) -> None:
    with pytest.raises(UserError, match=said):
        vsumlab.plot(video, change(scores))


def test_the_package_is_imported_without_matplotlib_and_torch() -> None:
    code = "import sys, vsumlab; vsumlab.plot; print({'matplotlib', 'torch', 'numpy'} & {*sys.modules})"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "set()\n"
