"""Means over videos, folds and both, against sums and the standard library's statistics."""

import math
import statistics

import numpy as np
import pandas as pd
import pytest

from vsumlab.core.metric_names import METRICS
from vsumlab.evaluation.averages import fold_means, summarize

FOLDS = {0: ("video_1", "video_2", "video_3"), 1: ("video_4",), 2: ("video_2", "video_5")}  # one is twice
SCORERS = ("csnet", "random", "anchor")  # not in the order of the alphabet
MISSING = {("csnet", 0, "video_2"), ("csnet", 1, "video_4")}


@pytest.fixture(scope="module")
def rows() -> pd.DataFrame:
    """Rows of three scorers on folds of unlike sizes; two have no rank correlation, one a whole fold's."""
    rng = np.random.default_rng(0)
    made = []
    for fold, videos in FOLDS.items():
        for video in videos:
            for scorer in SCORERS:
                values = dict(zip(METRICS, rng.random(5).tolist(), strict=True))
                if (scorer, fold, video) in MISSING:
                    values |= {"kendall_tau": math.nan, "spearman_rho": math.nan}
                made.append({"fold": fold, "seed": 0, "video": video, "scorer": scorer, **values})
    return pd.DataFrame(made)


def values_of(rows, metric, **where) -> list[float]:
    records = rows.to_dict("records")
    found = [record[metric] for record in records if all(record[name] == where[name] for name in where)]
    return [value for value in found if not math.isnan(value)]


def mean(values) -> float:
    return sum(values) / len(values) if values else math.nan


@pytest.mark.parametrize("metric", METRICS)
def test_a_folds_mean_is_over_its_videos_that_have_the_metric(rows, metric) -> None:
    means = fold_means(rows)
    assert [*means.index] == [(scorer, fold) for fold in FOLDS for scorer in SCORERS]
    for scorer, fold in means.index:
        expected = mean(values_of(rows, metric, scorer=scorer, fold=fold))
        assert means.loc[(scorer, fold), metric] == pytest.approx(expected, nan_ok=True)


@pytest.mark.parametrize("metric", METRICS)
@pytest.mark.parametrize("scorer", SCORERS)
def test_both_kinds_of_means_and_the_spread_over_folds(rows, scorer, metric) -> None:
    summary = summarize(rows)[scorer]
    by_fold = [mean(values_of(rows, metric, scorer=scorer, fold=fold)) for fold in FOLDS]
    assert [summary["folds"][fold][metric] for fold in FOLDS] == pytest.approx(by_fold, nan_ok=True)
    of_folds = [value for value in by_fold if not math.isnan(value)]
    assert summary["mean"][metric] == pytest.approx(mean(of_folds))
    assert summary["spread"][metric] == pytest.approx(statistics.stdev(of_folds))
    by_video = [mean(values_of(rows, metric, scorer=scorer, video=f"video_{i}")) for i in range(1, 6)]
    of_videos = [value for value in by_video if not math.isnan(value)]
    assert summary["videos"][metric] == pytest.approx(mean(of_videos))


def test_videos_are_counted_once_and_what_has_no_rank_correlation_too(rows) -> None:
    summary = summarize(rows)
    assert [*summary] == [*SCORERS]
    assert {scorer: summary[scorer]["n_videos"] for scorer in SCORERS} == dict.fromkeys(SCORERS, 5)
    assert [summary[scorer]["n_without_rank"] for scorer in SCORERS] == [2, 0, 0]


@pytest.mark.filterwarnings("error")
def test_of_one_fold_there_is_no_spread(rows) -> None:
    summary = summarize(rows[rows["fold"] == 1])["csnet"]
    assert all(math.isnan(spread) for spread in summary["spread"].values())
    assert math.isnan(summary["mean"]["kendall_tau"])
    assert summary["mean"]["f1_mean"] == summary["videos"]["f1_mean"]
