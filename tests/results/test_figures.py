"""What is in the pictures, read back from them."""

import xml.etree.ElementTree as ElementTree
from pathlib import Path
from urllib.parse import unquote

import numpy as np
import pytest
import torch
from hydra.utils import instantiate
from matplotlib.figure import Figure
from matplotlib.patches import StepPatch

from vsumlab.data.reader import VideoFile
from vsumlab.data.video import Video
from vsumlab.methods.contrastive.anchors import anchors
from vsumlab.methods.explanation import NOTHING, Anchor, Explanation
from vsumlab.results.drawing import drawn
from vsumlab.results.figures import (
    ANCHORS,
    BOUNDARY,
    PEOPLE,
    SELECTED,
    ForestRow,
    distribution_figure,
    forest_figure,
    svg,
    training_figure,
    variance_figure,
    video_figure,
)
from vsumlab.results.significance import Difference
from vsumlab.summary.keyshots import key_shot_summary
from vsumlab.train import train


@pytest.fixture(scope="module")
def video(demo_folder) -> Video:
    return VideoFile(demo_folder / "demo.h5")["video_3"]


@pytest.fixture(scope="module")
def scores(video) -> np.ndarray:
    return np.random.default_rng(0).random(video.n_picks).astype(np.float32)


def hexadecimal(colour) -> str:
    from matplotlib.colors import to_hex

    return to_hex(colour)


def test_bands_are_the_key_shots_and_the_line_is_the_scores(video, scores) -> None:
    figure = video_figure(video, {"ours": scores}, NOTHING)
    (axis,) = figure.axes
    frames_a_second = 2 * (video.picks[1] - video.picks[0])
    selected = np.zeros(video.n_frames, dtype=bool)
    bands = [
        patch
        for patch in axis.patches
        if not isinstance(patch, StepPatch) and hexadecimal(patch.get_facecolor()) == SELECTED
    ]
    for band in bands:
        begin, end = band.get_x(), band.get_x() + band.get_width()
        selected[round(begin * frames_a_second) : round(end * frames_a_second)] = True
    np.testing.assert_array_equal(selected, key_shot_summary(scores, video))
    (line,) = (line for line in axis.lines if line.get_label() == "importance score")
    np.testing.assert_array_equal(line.get_ydata()[:-1], scores)
    np.testing.assert_allclose(line.get_xdata()[:-1], video.picks / frames_a_second)


def test_the_area_is_the_peoples_mean_scaled(video, scores) -> None:
    (axis,) = video_figure(video, {"ours": scores}, NOTHING).axes
    area = next(
        patch
        for patch in axis.patches
        if isinstance(patch, StepPatch) and hexadecimal(patch.get_facecolor()) == PEOPLE
    )
    mean = video.user_scores.mean(axis=0)
    np.testing.assert_allclose(area.get_data().values, (mean - mean.min()) / np.ptp(mean))


def test_there_is_a_panel_for_every_curve_and_scorer(video, scores) -> None:
    curves = {"one": scores, "two": np.zeros_like(scores)}
    anchor = Anchor("both", 3, (1, 2))
    explanation = Explanation(curves, {("one", "two"): (anchor,)})
    figure = video_figure(video, {"a": scores, "b": scores}, explanation)
    titles = [axis.get_title(loc="left") for axis in figure.axes]
    assert titles == ["criterion: one", "criterion: two", "scores: a", "scores: b"]
    assert "seconds" in figure.axes[-1].get_xlabel()
    marked = [axis for axis in figure.axes if any(line.get_color() == ANCHORS["both"] for line in axis.lines)]
    assert marked == [figure.axes[1]]
    (legend,) = figure.legends
    said = [text.get_text() for text in legend.get_texts()]
    assert len(said) == len(set(said))
    assert {"people's mean", "key-shots", "importance score", "both high"} <= set(said)


def test_a_video_of_one_pick_is_drawn(video) -> None:
    from dataclasses import replace

    short = replace(
        video,
        features=video.features[:1],
        picks=video.picks[:1],
        user_scores=video.user_scores[:, :1],
        gtscore=None,
    )
    assert svg(video_figure(short, {"ours": np.ones(1, dtype=np.float32)}, NOTHING))


def figures() -> dict[str, Figure]:
    rng = np.random.default_rng(0)
    return {
        "training": training_figure(
            {
                "train/loss": {0: {0: 3, 1: 2, 2: 1}, 1: {0: 3, 1: 1, 2: 1}},
                "validation/loss": {0: {1: 2, 3: 1}},
            }
        ),
        "distribution": distribution_figure(
            {"a": rng.integers(0, 9, 40), "b": rng.integers(0, 9, 40)}, {"a": 0.1, "b": 0.2}
        ),
        "variance": variance_figure(
            [("a", {0: {0: 0.1, 1: 0.2}, 1: {0: 0.3, 1: 0.2}}), ("b", {0: {0: 0.1, 1: 0.01}})]
        ),
        "forest": forest_figure(
            2 * [ForestRow("a", Difference(1, 0, 2, 0.2, 9), Difference(1, 0, 2, 0.01, 9))]
        ),
    }


@pytest.mark.parametrize("name", list(figures()))
def test_pictures_are_svg_and_the_same_each_time(name) -> None:
    first, second = (svg(figures()[name]) for _ in range(2))
    assert first == second
    assert ElementTree.fromstring(first).tag.endswith("svg")


def test_training_curves_are_what_was_logged() -> None:
    training, validation, *_ = figures()["training"].axes
    assert [list(line.get_ydata()) for line in training.lines] == [[3, 2, 1], [3, 1, 1]]
    assert list(training.lines[0].get_xdata()) == [1, 2, 3]
    (every_other,) = validation.lines
    assert (list(every_other.get_xdata()), list(every_other.get_ydata())) == ([2, 4], [2, 1])


def test_the_variance_of_a_row_is_the_mean_over_folds_as_far_as_all_have_come() -> None:
    (axis,) = variance_figure(
        [("a", {0: {0: 0.1, 1: 0.2, 2: 0.5}, 1: {0: 0.3, 1: 0.2}}), ("b", {2: {0: 0.1}})]
    ).axes
    assert [line.get_label() for line in axis.lines] == ["a", "b"]
    np.testing.assert_allclose(axis.lines[0].get_ydata(), [0.2, 0.2])
    assert list(axis.lines[0].get_xdata()) == [1, 2]
    assert len({line.get_color() for line in axis.lines}) == 2
    (area,) = axis.collections
    np.testing.assert_allclose(
        sorted({point[1] for point in area.get_paths()[0].vertices.tolist()}), [0.1, 0.2, 0.3]
    )


def test_distributions_are_shares_of_all_frames() -> None:
    counts = np.zeros(40, dtype=np.int64)
    counts[[0, 39]] = 30, 10
    axis = distribution_figure({"ours": counts}, {"ours": 0.1875}).axes[0]
    (steps,) = axis.patches
    values, edges, _ = steps.get_data()
    assert (values[0], values[39], values.sum()) == (75, 25, 100)
    assert (edges[0], edges[-1]) == (0, 1)
    assert "0.1875" in axis.get_title(loc="left")


def test_names_from_data_are_shown_as_they_are() -> None:
    odd = "a$\\frac{$<b>"
    nothing = Difference(0.1, -0.1, 0.2, 0.5, 9)
    for figure in (
        forest_figure([ForestRow(odd, nothing, nothing)]),
        training_figure({odd: {0: {0: 1.0, 1: 2.0}}}),
        variance_figure([(odd, {0: {0: 0.1, 1: 0.2}})]),
        distribution_figure({odd: np.ones(40, dtype=np.int64)}, {odd: 0.1}),
    ):
        assert odd in "".join(ElementTree.fromstring(svg(figure)).itertext())


def test_rows_that_chance_could_make_are_grey() -> None:
    far, near = Difference(0.1, 0.05, 0.2, 0.001, 9), Difference(0.1, -0.1, 0.2, 0.5, 9)
    f1, tau = forest_figure([ForestRow("far", far, far), ForestRow("near", near, near)]).axes
    for axis, scale in ((f1, 100), (tau, 1)):
        intervals = [line for line in axis.lines if len(set(line.get_xdata())) == 2]
        assert [list(line.get_xdata()) for line in intervals] == [
            [scale * 0.05, scale * 0.2],
            [scale * -0.1, scale * 0.2],
        ]
        assert intervals[0].get_color() != intervals[1].get_color() == BOUNDARY


def test_anchors_are_where_one_or_both_are_high() -> None:
    generator = torch.Generator().manual_seed(0)
    features = torch.randn(40, 8, generator=generator)
    first, second = torch.rand(40, generator=generator), torch.rand(40, generator=generator)
    a, b = ((x - x.min()) / (x.max() - x.min()) for x in (first, second))
    found = anchors(features, first, second)
    heights = {"first": a * (1 - b), "both": a * b, "second": (1 - a) * b}
    assert [anchor.meaning for anchor in found] == list(heights)
    for anchor in found:
        assert heights[anchor.meaning][anchor.pick] == heights[anchor.meaning].max()
        cosine = torch.nn.functional.cosine_similarity(features, features[anchor.pick], dim=-1)
        ranked = [i for i in cosine.argsort(descending=True).tolist() if i != anchor.pick]
        assert set(anchor.neighbours) <= set(ranked[:10])
        assert len(anchor.neighbours) == 5


def test_anchors_of_short_videos() -> None:
    for n_frames in (1, 2, 4):
        found = anchors(torch.randn(n_frames, 8), torch.rand(n_frames), torch.rand(n_frames))
        assert all(
            len(set(anchor.neighbours)) == len(anchor.neighbours) < max(n_frames, 1) for anchor in found
        )


@pytest.mark.parametrize(
    ("overrides", "names"),
    [
        (("method=csnet", "method.hidden_size=8"), ["difference attention"]),
        (("method=csnet", "method.hidden_size=8", "method.difference_attention=false"), []),
        (("method=contrastive",), ["align", "uniform", "filter"]),
        (("method=contrastive", "refinement=none"), ["align", "uniform"]),
    ],
)
def test_methods_explain_a_video(overrides, names, composed, video) -> None:
    method = instantiate(
        composed(*overrides).method, feature_dim=video.features.shape[1], _convert_="all"
    ).eval()
    explanation = method.explain(video.features)
    assert list(explanation.curves) == names
    for curve in explanation.curves.values():
        assert curve.shape == (video.n_picks,)
        assert np.isfinite(curve).all()


def test_a_run_draws_a_handful_of_videos(composed, tmp_path) -> None:
    train(composed("experiment=contrastive_pretrained", "random_draws=2", run=tmp_path))
    record = sorted(path.relative_to(tmp_path) for path in tmp_path.glob("fold_*/figures/*"))
    assert len(record) == 10
    for fold in range(5):
        names = {path.name for path in record if path.parts[0] == f"fold_{fold}"}
        assert {Path(name).suffix for name in names} == {".svg", ".png"}
        assert len({Path(name).stem for name in names}) == 1


@pytest.mark.parametrize("key", ["video_1", "a b", "a_b", "Ä/ö %41", "../up", 30 * "視"])
def test_every_video_has_a_file_of_its_own_whose_name_says_which(tmp_path, key) -> None:
    file = drawn(tmp_path, 0, key)
    assert file.parent == tmp_path / "fold_0" / "figures"
    assert unquote(file.stem) == key
    assert len(file.name.encode()) < 255


def test_no_video_is_drawn_where_none_is_wanted(composed, tmp_path) -> None:
    small = ("experiment=contrastive_pretrained", "fold=0", "random_draws=2", "callbacks.figures.videos=0")
    train(composed(*small, run=tmp_path))
    assert not list(tmp_path.glob("fold_*/figures"))
