"""Rows of a fold: every scorer's, random scores' and people's, on every video."""

import numpy as np
import pandas as pd
import pytest
from support import plain
from support.forms import FORMS

from vsumlab.core.metric_names import METRICS
from vsumlab.data.dataset import Dataset
from vsumlab.errors import UserError
from vsumlab.evaluation.baselines import BASELINES, evaluate_human, mean_annotator_scores, random_scores
from vsumlab.evaluation.protocol import evaluate_scores
from vsumlab.evaluation.rows import COLUMNS, distinct_share, evaluate_fold
from vsumlab.metrics.rank import kendall_tau

KEYS = ("video_1", "video_3")
DRAWS = 4


@pytest.fixture
def dataset(video_file) -> Dataset:
    constant = {"video_3": {"user_scores": np.array([[3] * 12, [*range(12)], [5] * 12], dtype=np.uint8)}}
    path = video_file(changes=constant)
    return Dataset("tvsum", str(path.parent), path.name, "mean", "user_scores")


def drawn(*scorers):
    """Scores by scorer and video."""
    return {
        scorer: {key: np.random.default_rng([i, int(key[-1])]).random(12) for key in KEYS}
        for i, scorer in enumerate(scorers)
    }


@pytest.fixture
def evaluated(dataset):
    return evaluate_fold(drawn("csnet", "csnet (loss)"), dataset.open(), dataset, 2, seed=7, draws=DRAWS)


def test_there_is_a_row_for_each_video_and_scorer(evaluated) -> None:
    rows = evaluated.rows
    assert [*rows.columns] == COLUMNS
    assert [*zip(rows["video"], rows["scorer"], strict=True)] == [
        (key, scorer) for key in KEYS for scorer in ("csnet", "csnet (loss)", *BASELINES)
    ]
    assert {*rows["fold"]} == {2}
    assert {*rows["seed"]} == {7}
    assert {*rows["dataset"]} == {"tvsum"}


def test_a_rows_metrics_are_those_of_the_plain_protocol(evaluated, dataset) -> None:
    scores, videos = drawn("csnet", "csnet (loss)"), dataset.open()
    rows = evaluated.rows.set_index(["video", "scorer"])
    for key in KEYS:
        video = videos[key]
        people = video.annotations.user_scores.mean(axis=0)
        own = {scorer: of[key] for scorer, of in scores.items()}
        own["gtscore"] = (people - people.min()) / (people.max() - people.min())
        for scorer, of_video in own.items():
            expected = plain.evaluate(of_video, video, "user_scores")
            np.testing.assert_allclose(
                rows.loc[(key, scorer), [*METRICS]].astype(float), expected, atol=1e-12
            )
        random = [plain.evaluate(draw, video, "user_scores") for draw in random_scores(video, DRAWS)]
        found = rows.loc[(key, "random"), [*METRICS]].astype(float)
        np.testing.assert_allclose(found, np.mean(random, axis=0), atol=1e-12)
        human = rows.loc[(key, "human"), [*METRICS]].astype(float)
        np.testing.assert_array_equal(human, evaluate_human(video, "user_scores"))


def test_annotators_without_a_rank_correlation_are_counted_over_all_videos(evaluated) -> None:
    assert evaluated.constant_annotators == 2


@pytest.mark.parametrize("name", BASELINES)
def test_a_scorer_cannot_be_called_as_a_baseline(dataset, name) -> None:
    with pytest.raises(UserError, match=f"^{name}: is the name of a row of every table"):
        evaluate_fold(drawn("csnet", name), dataset.open(), dataset, 0, seed=0, draws=2)


def test_scores_of_another_length_are_refused_by_video(dataset) -> None:
    scores = drawn("csnet", "csnet (loss)")
    scores["csnet (loss)"]["video_3"] = np.ones(11)
    with pytest.raises(UserError, match=r"^video_3: found scores of shape \(11,\), expected .* 12 picks$"):
        evaluate_fold(scores, dataset.open(), dataset, 0, seed=0, draws=2)


def test_how_many_scores_are_different(dataset) -> None:
    scores = {"few": {key: np.arange(12) // 6 / 2 for key in KEYS}, "same": dict.fromkeys(KEYS, np.ones(12))}
    rows = evaluate_fold(scores, dataset.open(), dataset, 0, seed=0, draws=DRAWS).rows.set_index("scorer")
    shares = rows["distinct_scores"]
    assert {*shares["few"]} == {2 / 12}
    assert {*shares["same"]} == {1 / 12}
    assert {*shares["random"]} == {1.0}
    assert shares["human"].isna().all()
    for key, share in zip(KEYS, shares["gtscore"], strict=True):
        mean = mean_annotator_scores(dataset.open()[key], "user_scores")
        assert share == len({*mean.tolist()}) / 12


@pytest.mark.parametrize("has_gtscore", [True, False])
def test_without_peoples_scores_the_oracle_is_the_files_own_or_left_out(video_file, has_gtscore) -> None:
    lacks = {"user_scores": None} | ({} if has_gtscore else {"gtscore": None})
    path = video_file(changes={f"video_{i}": lacks for i in (1, 2, 3)})
    dataset = Dataset("tvsum", str(path.parent), path.name, "mean", "user_scores")
    videos = dataset.open()
    rows = evaluate_fold(drawn("csnet"), videos, dataset, 0, seed=0, draws=DRAWS).rows
    assert rows["kendall_tau"].isna().all()
    assert rows["f1_mean"].notna().all()
    oracle = rows[rows["scorer"] == "gtscore"]
    assert len(oracle) == (2 if has_gtscore else 0)
    for key, f1 in zip(oracle["video"], oracle["f1_mean"], strict=True):
        scores = videos.features(key).gtscore.numpy().astype(float)
        assert f1 == evaluate_scores(scores[None], videos[key], "user_scores")[0, 0]


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
def test_scores_of_every_form_have_the_same_rows(form, evaluated, dataset) -> None:
    formed = {
        scorer: {key: form(scores) for key, scores in of_videos.items()}
        for scorer, of_videos in drawn("csnet", "csnet (loss)").items()
    }
    rows = evaluate_fold(formed, dataset.open(), dataset, 2, seed=7, draws=DRAWS).rows
    pd.testing.assert_frame_equal(rows, evaluated.rows, check_exact=True)
    np.testing.assert_array_equal(distinct_share(form(np.eye(2, 4))), [0.5, 0.5])
    assert distinct_share(form(np.array([1.0, 1.0, 0.0]))) == 2 / 3


def test_a_few_levels_raise_tau_and_a_few_key_frames_lower_it() -> None:
    """What tables say of ties: of one order three levels have more, the best 2 % alone less than half."""
    generator = np.random.default_rng(0)
    scores = generator.standard_normal((60, 300))
    people = 0.3 * scores + generator.standard_normal((60, 300))
    order = scores.argsort(axis=1).argsort(axis=1)
    forms = {"all": order, "levels": order // 100, "key frames": order >= 294}
    taus = {name: np.mean(np.diagonal(kendall_tau(form, people))) for name, form in forms.items()}
    assert 1.02 * taus["all"] < taus["levels"] < 1.13 * taus["all"]
    assert taus["key frames"] < 0.5 * taus["all"]
