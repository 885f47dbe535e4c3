"""What is in the plots of a report, read back from them."""

import xml.etree.ElementTree as ElementTree

import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure

from vsumlab.evaluation.significance import Difference
from vsumlab.plotting import BOUNDARY, svg
from vsumlab.report.plots import (
    ForestRow,
    distribution_plot,
    forest_plot,
    heat_map_plot,
    training_plot,
    variance_plot,
)


def logged(values: dict[str, dict[int, dict[int, float]]]) -> pd.DataFrame:
    """Curves as traces have them, from values by name, fold and epoch."""
    frame = pd.DataFrame(
        [
            {"fold": fold, "epoch": epoch, name: value}
            for name, folds in values.items()
            for fold, epochs in folds.items()
            for epoch, value in epochs.items()
        ]
    )
    return frame.groupby(["fold", "epoch"], as_index=False).first()


def variances(values: dict[int, dict[int, float]]) -> pd.DataFrame:
    return logged({"train/score_variance": values})


def made() -> dict[str, Figure]:
    rng = np.random.default_rng(0)
    grid = pd.DataFrame([[0.1, 0.2], [0.3, 0.4]], index=["a=1", "a=2"], columns=["b=1", "b=2"])
    return {
        "training": training_plot(
            logged(
                {
                    "train/loss": {0: {0: 3, 1: 2, 2: 1}, 1: {0: 3, 1: 1, 2: 1}},
                    "validation/loss": {0: {1: 2, 3: 1}},
                }
            )
        ),
        "distribution": distribution_plot(
            {"a": rng.integers(0, 9, 40), "b": rng.integers(0, 9, 40)}, {"a": 0.1, "b": 0.2}
        ),
        "variance": variance_plot(
            [
                ("a", variances({0: {0: 0.1, 1: 0.2}, 1: {0: 0.3, 1: 0.2}})),
                ("b", variances({0: {0: 0.1, 1: 0.01}})),
            ]
        ),
        "forest": forest_plot(
            2 * [ForestRow("a", Difference(1, 0, 2, 0.2, 9), Difference(1, 0, 2, 0.01, 9))]
        ),
        "heat map": heat_map_plot([("one", grid), ("two", grid)]),
    }


@pytest.mark.parametrize("name", list(made()))
def test_plots_are_svg_and_the_same_each_time(name) -> None:
    first, second = (svg(made()[name]) for _ in range(2))
    assert first == second
    assert ElementTree.fromstring(first).tag.endswith("svg")


def test_training_curves_are_what_was_logged() -> None:
    training, validation, *_ = made()["training"].axes
    assert [list(line.get_ydata()) for line in training.lines] == [[3, 2, 1], [3, 1, 1]]
    assert list(training.lines[0].get_xdata()) == [1, 2, 3]
    (every_other,) = (line for line in validation.lines if len(line.get_xdata()))
    assert (list(every_other.get_xdata()), list(every_other.get_ydata())) == ([2, 4], [2, 1])


def test_the_variance_of_a_row_is_the_mean_over_folds_as_far_as_all_have_come() -> None:
    (axis,) = variance_plot(
        [
            ("a", variances({0: {0: 0.1, 1: 0.2, 2: 0.5}, 1: {0: 0.3, 1: 0.2}})),
            ("b", variances({2: {0: 0.1}})),
        ]
    ).axes
    assert [line.get_label() for line in axis.lines] == ["a", "b"]
    np.testing.assert_allclose(axis.lines[0].get_ydata(), [0.2, 0.2])
    assert list(axis.lines[0].get_xdata()) == [1, 2]
    assert len({line.get_color() for line in axis.lines}) == 2
    (area,) = axis.collections
    np.testing.assert_allclose(
        sorted({point[1] for point in area.get_paths()[0].vertices.tolist()}), [0.1, 0.2, 0.3]
    )


def test_many_rows_are_told_apart_by_colour_and_dashes() -> None:
    (axis,) = variance_plot([(f"{i}", variances({0: {0: 0.1, 1: 0.2}})) for i in range(25)]).axes
    styles = {(line.get_color(), line.get_linestyle()) for line in axis.lines}
    assert len(styles) == 25


def test_distributions_are_shares_of_all_frames() -> None:
    counts = np.zeros(40, dtype=np.int64)
    counts[[0, 39]] = 30, 10
    axis = distribution_plot({"ours": counts}, {"ours": 0.1875}).axes[0]
    (steps,) = axis.patches
    values, edges, _ = steps.get_data()
    assert (values[0], values[39], values.sum()) == (75, 25, 100)
    assert (edges[0], edges[-1]) == (0, 1)
    assert "0.1875" in axis.get_title(loc="left")


def test_a_heat_map_has_every_value_at_its_place_on_one_scale() -> None:
    first = pd.DataFrame(
        [[0.1, 0.2, 0.3], [0.4, 0.5, 0.6]], index=["a=1", "a=2"], columns=["b=1", "b=2", "b=3"]
    )
    second = first - 0.5
    figure = heat_map_plot([("one", first), ("two", second)])
    one, two = figure.axes
    for axis, title, values in ((one, "one", first), (two, "two", second)):
        assert axis.get_title(loc="left") == title
        (image,) = axis.images
        np.testing.assert_array_equal(image.get_array(), values.to_numpy())
        assert image.get_clim() == (-0.4, 0.6), "one colour is one value in all of them"
        assert [label.get_text() for label in axis.get_xticklabels()] == ["1", "2", "3"]
        assert axis.get_xlabel() == "b"
        assert [label.get_text() for label in axis.get_yticklabels()] == ["a=1", "a=2"]
        written = {text.get_position(): text.get_text() for text in axis.texts}
        assert written == {
            (column, row): f"{values.iloc[row, column]:.3f}" for row in (0, 1) for column in (0, 1, 2)
        }


def test_names_from_data_are_shown_as_they_are() -> None:
    odd = "a$\\frac{$<b>"
    nothing = Difference(0.1, -0.1, 0.2, 0.5, 9)
    for figure in (
        forest_plot([ForestRow(odd, nothing, nothing)]),
        training_plot(logged({odd: {0: {0: 1.0, 1: 2.0}}})),
        variance_plot([(odd, variances({0: {0: 0.1, 1: 0.2}}))]),
        distribution_plot({odd: np.ones(40, dtype=np.int64)}, {odd: 0.1}),
        heat_map_plot([(odd, pd.DataFrame([[0.1]], index=["a"], columns=["b"]))]),
        heat_map_plot([("one", pd.DataFrame([[0.1]], index=[odd], columns=["b"]))]),
        heat_map_plot([("one", pd.DataFrame([[0.1]], index=["a"], columns=[odd]))]),
    ):
        assert odd in "".join(ElementTree.fromstring(svg(figure)).itertext())


def test_rows_that_chance_could_make_are_grey() -> None:
    far, near = Difference(0.1, 0.05, 0.2, 0.001, 9), Difference(0.1, -0.1, 0.2, 0.5, 9)
    f1, tau = forest_plot([ForestRow("far", far, far), ForestRow("near", near, near)]).axes
    for axis, scale in ((f1, 100), (tau, 1)):
        intervals = [line for line in axis.lines if len(set(line.get_xdata())) == 2]
        assert [list(line.get_xdata()) for line in intervals] == [
            [scale * 0.05, scale * 0.2],
            [scale * -0.1, scale * 0.2],
        ]
        assert intervals[0].get_color() != intervals[1].get_color() == BOUNDARY


@pytest.mark.filterwarnings("error")
def test_a_long_name_leaves_room_for_the_plot() -> None:
    """Rows may be named by folders of runs, which would take the whole width."""
    difference = Difference(mean=0.1, low=0.0, high=0.2, p=0.01, n_videos=10)
    name = f"consensus (base={'runs/' * 40}method=vs_lstm)"
    figure = forest_plot([ForestRow(name, difference, difference)])
    svg(figure)
    assert all(axis.get_position().width > 0.15 for axis in figure.axes)
    (shown,) = (tick.get_text() for tick in figure.axes[0].get_yticklabels())
    assert shown.startswith("consensus (base=")
    assert shown.endswith("method=vs_lstm)")
