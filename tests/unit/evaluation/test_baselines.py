from itertools import combinations, permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support import plain
from support.made import annotated, made_video

from vsumlab.data.feature_file.reader import open_videos
from vsumlab.evaluation.baselines import evaluate_human, mean_annotator_scores, random_scores
from vsumlab.evaluation.protocol import evaluate_scores


def plain_human(video, reference):
    """F1 by mean and maximum, tau, rho: every annotator with every other, in loops."""
    summaries = video.annotations.user_summary
    users = range(len(summaries))
    f1 = {(i, j): plain.f1_scores(summaries[i], summaries[j : j + 1])[0] for i, j in permutations(users, 2)}
    best = [max(f1[i, j] for j in users if j != i) for i in users]
    rows = plain.annotator_scores(video, reference)
    pairs = [plain.rank_correlations(rows[i], rows[j : j + 1]) for i, j in combinations(range(len(rows)), 2)]
    defined = [pair for pair in pairs if not np.isnan(pair[0])]
    tau, rho = np.mean(defined, axis=0) if defined else (np.nan, np.nan)
    return [sum(f1.values()) / len(f1), sum(best) / len(best), tau, rho, np.nan]


@settings(max_examples=30)
@given(st.integers(0, 10_000), st.integers(2, 5), st.sampled_from(["user_scores", "user_summary"]))
def test_people_by_every_pair(seed, n_annotators, reference):
    video = made_video(seed, n_annotators=n_annotators)
    if seed % 3 == 0:
        video.annotations.user_scores[0] = 2.0
    np.testing.assert_allclose(
        evaluate_human(video, reference), plain_human(video, reference), rtol=0, atol=1e-12
    )


@pytest.mark.filterwarnings("error")
def test_people_without_scores_or_company():
    video = made_video(0)
    without = annotated(video, user_scores=np.empty((0, video.n_picks)))
    assert np.isnan(evaluate_human(without, "user_scores")).tolist() == [False, False, True, True, True]
    assert np.isnan(evaluate_human(made_video(0, n_annotators=1), "user_scores")).all()


def test_random_scores_are_the_videos_own():
    one, other = made_video(1, n_picks=50), made_video(2, n_picks=50)
    scores = random_scores(one, draws=4)
    assert scores.shape == (4, 50)
    np.testing.assert_array_equal(scores, random_scores(one, draws=4))
    np.testing.assert_array_equal(scores[:2], random_scores(one, draws=2))
    assert len({row.tobytes() for row in scores}) == 4
    assert not np.isin(scores, random_scores(other, draws=4)).any()
    assert not np.isin(scores, random_scores(one, draws=4, seed=1)).any()


def test_random_scores_are_uniform():
    scores = random_scores(made_video(1, n_picks=100), draws=200)
    assert scores.min() >= 0
    assert scores.max() < 1
    np.testing.assert_allclose(np.histogram(scores, 10, (0, 1))[0] / scores.size, 0.1, atol=0.01)


@pytest.mark.parametrize("reference", ["user_scores", "user_summary"])
def test_the_mean_annotator(reference):
    video = made_video(3)
    rows = plain.annotator_scores(video, reference).tolist()
    means = [sum(column) / len(column) for column in zip(*rows, strict=True)]
    expected = [(mean - min(means)) / (max(means) - min(means)) for mean in means]
    assert mean_annotator_scores(video, reference).tolist() == pytest.approx(expected)


@pytest.fixture(scope="module")
def tvsum(real_data):
    """All real videos."""
    videos = open_videos(real_data / "tvsum.h5")
    return [videos[key] for key in videos.keys]


@pytest.mark.data
def test_chance_on_tvsum(tvsum):
    """As computed independently: F1 55.3, tau 0.003, rho 0.004."""
    metrics = [evaluate_scores(random_scores(video, 4), video, "user_scores") for video in tvsum]
    f1, _, tau, rho, _ = np.mean(metrics, axis=(0, 1))
    assert f1 == pytest.approx(0.553, abs=0.01)
    assert abs(tau) < 0.01
    assert abs(rho) < 0.01


@pytest.mark.data
def test_people_on_a_real_video_by_every_pair(tvsum):
    shortest = min(tvsum, key=lambda video: video.timeline.n_frames)
    found, expected = (f(shortest, "user_scores") for f in (evaluate_human, plain_human))
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-12)


@pytest.mark.slow
@pytest.mark.data
def test_people_on_tvsum(tvsum):
    """As computed independently, and by Otani et al. (2019): tau 0.177, rho 0.204."""
    _, _, tau, rho, _ = np.mean([evaluate_human(video, "user_scores") for video in tvsum], axis=0)
    assert tau == pytest.approx(0.177, abs=0.001)
    assert rho == pytest.approx(0.204, abs=0.001)
