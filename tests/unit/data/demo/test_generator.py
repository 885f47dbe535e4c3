import h5py
import numpy as np
import pytest
from scipy.stats import kendalltau

from vsumlab.data.demo.generator import FEATURE_DIM, demo_features, write_demo
from vsumlab.data.feature_file.reader import VideoFile, open_videos
from vsumlab.errors import UserError


@pytest.fixture(scope="module")
def demo_path(tmp_path_factory):
    path = tmp_path_factory.mktemp("demo") / "new" / "demo.h5"
    write_demo(path)
    return path


@pytest.fixture(scope="module")
def videos(demo_path):
    file = open_videos(demo_path)
    return [file[key] for key in file.keys]


def mean_tau(scores, video):
    return np.mean([kendalltau(scores, annotator).statistic for annotator in video.annotations.user_scores])


def test_is_a_feature_file_of_the_whole_schema(demo_path):
    file = VideoFile(demo_path)
    assert file.keys == tuple(f"video_{i}" for i in range(1, 11))
    assert (file.feature_dim, file.has_user_scores) == (1024, True)
    assert file.labelled == {*file.keys}
    with h5py.File(demo_path) as content:
        for key in file.keys:
            assert set(content[key]) == {
                *("features", "picks", "n_frames", "n_steps", "change_points", "n_frame_per_seg"),
                *("user_summary", "user_scores", "gtscore", "gtsummary", "video_name"),
            }


def test_the_same_seed_gives_the_same_bytes_and_another_gives_others(demo_path, tmp_path):
    write_demo(tmp_path / "again.h5", seed=0)
    write_demo(tmp_path / "other.h5", seed=1)
    sums = [path.read_bytes() for path in (demo_path, tmp_path / "again.h5", tmp_path / "other.h5")]
    assert sums[0] == sums[1] != sums[2]


def test_sizes(videos):
    for video in videos:
        assert 60 <= video.n_picks <= 100
        np.testing.assert_array_equal(np.diff(video.timeline.picks), 15)
        assert 0 < video.timeline.n_frames - video.timeline.picks[-1] <= 15
        assert len(video.annotations.user_scores) == len(video.annotations.user_summary) == 12
        assert 8 <= len(video.timeline.shots) <= 33


def test_features_are_like_pool5(videos):
    """Real TVSum: 22 % zeros, 99 % quantile 0.12, median distance of neighbours 0.08, of any two 0.54."""
    for video in videos:
        x = video.features.double().numpy()
        assert (x >= 0).all()
        np.testing.assert_allclose(np.linalg.norm(x, axis=1), 1, atol=2e-3)
        assert 0.15 < (x == 0).mean() < 0.3
        assert 0.1 < np.quantile(x, 0.99) < 0.14
        cosine_distance = 1 - x @ x.T
        assert 0.02 < np.median(np.diag(cosine_distance, 1)) < 0.15
        assert 0.4 < np.median(cosine_distance) < 0.75


def test_scores_are_whole_and_nobody_scores_all_the_same(videos):
    scores = np.concatenate([video.annotations.user_scores for video in videos], axis=1)
    assert set(np.unique(scores)) == {1, 2, 3, 4, 5}
    assert all((np.ptp(video.annotations.user_scores, axis=1) > 0).all() for video in videos)


def test_gtscore_is_the_scaled_mean(demo_path, videos):
    for video in videos:
        mean = video.annotations.user_scores.mean(0)
        gtscore = open_videos(demo_path).features(video.key).gtscore
        np.testing.assert_allclose(gtscore, (mean - mean.min()) / np.ptp(mean), atol=1e-6)


def best_value(values, lengths, capacity):
    """The knapsack's optimum by a plain loop over shots and capacities."""
    best = np.zeros(capacity + 1)
    for value, length in zip(values, lengths, strict=True):
        for room in range(capacity, length - 1, -1):
            best[room] = max(best[room], best[room - length] + value)
    return best[capacity]


def test_summaries_are_the_best_whole_shots_within_the_budget(videos):
    for video in videos[:4]:
        step = np.repeat(video.annotations.user_scores, 15, axis=1)[:, : video.timeline.n_frames]
        lengths = video.timeline.shots[:, 1] - video.timeline.shots[:, 0] + 1
        capacity = int(0.15 * video.timeline.n_frames)
        for scores, summary in list(zip(step, video.annotations.user_summary, strict=True))[:3]:
            values = [scores[first : last + 1].mean() for first, last in video.timeline.shots]
            chosen = [summary[first] for first, _ in video.timeline.shots]
            np.testing.assert_array_equal(summary, np.repeat(chosen, lengths))
            assert summary.sum() <= capacity
            assert np.dot(chosen, values) == pytest.approx(best_value(values, lengths, capacity))


def test_gtsummary_is_at_picks(demo_path):
    with h5py.File(demo_path) as content:
        for group in content.values():
            share = group["gtsummary"][()].mean()
            assert group["gtsummary"].shape == group["picks"].shape
            assert 0.05 < share < 0.2


def test_people_agree_a_little_and_their_mean_beats_random_and_simple_methods(videos):
    rng = np.random.default_rng(0)
    pairs, others, random_scores, motion = [], [], [], []
    for video in videos:
        U = video.annotations.user_scores
        pairs.append(np.mean([kendalltau(U[i], U[j]).statistic for i in range(len(U)) for j in range(i)]))
        others.append(
            np.mean([kendalltau(np.delete(U, i, 0).mean(0), U[i]).statistic for i in range(len(U))])
        )
        random_scores.append(np.mean([mean_tau(rng.random(video.n_picks), video) for _ in range(5)]))
        steps = np.linalg.norm(np.diff(video.features, axis=0), axis=1)
        motion.append(mean_tau(np.r_[steps, steps[-1]], video))
    assert 0.2 < np.mean(pairs) < 0.4
    assert abs(np.mean(random_scores)) < 0.05
    assert min(others) > max(random_scores)
    assert np.mean(others) > 2 * abs(np.mean(motion))
    assert abs(np.mean(motion)) < np.mean(pairs)


def test_annotators_differ_in_more_than_noise(videos):
    """Some are stricter than others over all videos: a bias, which independent noise would average out."""
    means = np.array([video.annotations.user_scores.mean(1) for video in videos])  # (videos, annotators)
    assert means.mean(0).std() > 2 * (means - means.mean(1, keepdims=True)).std(0).mean() / np.sqrt(
        len(videos)
    )


def test_videos_share_backgrounds(videos):
    """Some frames of one video are nearer to another video's than two unrelated frames ever are."""
    x, y = (np.concatenate([v.features for v in half]) for half in (videos[:5], videos[5:]))
    cosine = x @ y.T
    assert np.quantile(cosine, 0.5) < 0.4
    assert cosine.max() > 0.6


def test_an_existing_file_is_replaced_whole_and_nothing_is_left_beside_it(tmp_path, demo_path):
    path = tmp_path / "demo.h5"
    path.write_text("half a file")
    with path.open() as already_open:
        write_demo(path)
        assert already_open.read() == "half a file"  # so nobody ever sees a mixture
    assert path.read_bytes() == demo_path.read_bytes()
    assert list(tmp_path.iterdir()) == [path]


def test_a_failed_write_keeps_the_old_file_and_leaves_nothing(tmp_path, monkeypatch):
    path = tmp_path / "demo.h5"
    path.write_text("old")

    def fail(*_, **__):
        raise OSError("No space left on device")

    monkeypatch.setattr(h5py.Group, "create_dataset", fail)
    with pytest.raises(UserError, match=r"demo\.h5: cannot be written \(No space left"):
        write_demo(path)
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_refuses_a_folder_that_is_a_file(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(UserError, match="cannot be written"):
        write_demo(tmp_path / "file" / "demo.h5")


def test_further_videos_are_features_alone_and_depend_on_their_seed():
    one, again, other = ([*demo_features(3, seed)] for seed in (5, 5, 6))
    for ours, same, theirs in zip(one, again, other, strict=True):
        assert ours.shape[1] == FEATURE_DIM
        assert 60 <= len(ours) <= 100
        np.testing.assert_array_equal(ours, same)
        assert ours.tobytes() != theirs.tobytes()
        np.testing.assert_allclose(np.linalg.norm(ours.astype(float), axis=1), 1, atol=2e-3)
