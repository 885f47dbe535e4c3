import subprocess
import sys

import h5py
import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.stats import ortho_group
from support import plain_boundaries as plain
from support.forms import FORMS
from support.made import made_features, made_timeline

from vsumlab.core.timeline import Timeline
from vsumlab.errors import UserError
from vsumlab.summary.boundaries import shot_boundaries, shots_between


def drawn_features(most_frames):
    """Of scales at which few and at which most frames begin a shot."""
    return st.builds(
        lambda seed, n_frames, dim, scale: scale * made_features(seed, n_frames, dim),
        st.integers(0, 10_000),
        n_frames=st.integers(1, most_frames),
        dim=st.integers(1, 8),
        scale=st.sampled_from([0.3, 1.0, 3.0]),
    )


tied_features = st.integers(1, 25).flatmap(
    lambda n: arrays(np.int64, (n, 2), elements=st.sampled_from([0, 0, 0, 1, 3]))
)


@given(drawn_features(9))
def test_no_segmentation_is_better(features):
    found = plain.criterion(features, shot_boundaries(features))
    least = min(plain.criterion(features, points) for points in plain.every_segmentation(len(features)))
    assert found == pytest.approx(least, abs=1e-8)


@given(drawn_features(50) | tied_features, st.none() | st.integers(1, 60))
def test_as_the_plain_dynamic_programme_over_all_numbers_of_changes(features, longest_shot):
    found = shot_boundaries(features, longest_shot)
    assert found.dtype == np.int64
    assert found.tolist() == plain.boundaries(features, longest_shot)


@pytest.mark.parametrize("seed", range(3))
def test_as_the_plain_one_over_several_blocks(seed):
    features = made_features(seed, 200, 64)
    found = shot_boundaries(features).tolist()
    assert found == plain.boundaries(features)
    assert 5 < len(found) < 50


@pytest.mark.slow
def test_as_the_plain_one_on_a_thousand_frames():
    features = made_features(0, 1000, 128)
    assert shot_boundaries(features).tolist() == plain.boundaries(features, most=150)


@given(st.lists(st.integers(5, 150), min_size=1, max_size=6))
def test_blocks_of_identical_frames_are_shots(lengths):
    features = np.repeat(np.eye(6)[: len(lengths)], lengths, axis=0)
    assert shot_boundaries(features).tolist() == np.cumsum(lengths)[:-1].tolist()


@given(drawn_features(80))
def test_only_distances_between_frames_count(features):
    features = features.astype(np.float64)
    expected = shot_boundaries(features).tolist()
    dim = features.shape[1]
    rotation = ortho_group.rvs(dim, random_state=0) if dim > 1 else -np.eye(1)
    assert shot_boundaries(features @ rotation).tolist() == expected
    assert shot_boundaries(features[:, ::-1]).tolist() == expected
    assert shot_boundaries(features + 7.0).tolist() == expected


@given(drawn_features(80))
def test_a_limit_that_no_shot_reaches_changes_nothing(features):
    free = shot_boundaries(features)
    longest = int(np.diff(np.r_[0, free, len(features)]).max())
    assert shot_boundaries(features, longest_shot=longest).tolist() == free.tolist()


@given(drawn_features(80), st.integers(1, 30))
def test_no_shot_is_longer_than_the_limit(features, longest_shot):
    boundaries = shot_boundaries(features, longest_shot)
    assert np.diff(np.r_[0, boundaries, len(features)]).max() <= longest_shot


def test_all_are_found_where_no_two_frames_are_close():
    assert shot_boundaries(10 * np.eye(30)).tolist() == list(range(1, 30))


@pytest.mark.parametrize("n_frames", [1, 2, 3, 500])
def test_identical_frames_are_one_shot(n_frames):
    assert shot_boundaries(np.full((n_frames, 4), 0.1)).tolist() == []


def test_two_frames():
    assert shot_boundaries([[0.0], [1.0]]).tolist() == []
    assert shot_boundaries([[0.0], [3.0]]).tolist() == [1]


@pytest.mark.parametrize("form", FORMS)
def test_features_of_any_form(form):
    features = np.repeat([[0.0, 1.0], [1.0, 0.0]], 20, axis=0)
    assert shot_boundaries(FORMS[form](features)).tolist() == [20]


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.uint8])
def test_features_of_any_type(dtype):
    features = torch.eye(2).repeat_interleave(20, dim=0).to(dtype)
    assert shot_boundaries(features).tolist() == [20]


def test_features_stay_as_they_were():
    features = made_features(0, 30, 4).astype(np.float64)
    before = features.copy()
    shot_boundaries(features)
    assert (features == before).all()


@pytest.mark.parametrize("wrong", [np.zeros(3), np.zeros((0, 4)), [], np.zeros((2, 2, 2))], ids=str)
def test_other_shapes_are_refused(wrong):
    with pytest.raises(UserError, match=r"features: found the shape .* give \(T, D\)"):
        shot_boundaries(wrong)


@pytest.mark.parametrize("wrong", [np.nan, np.inf])
def test_what_is_not_finite_is_refused_with_its_row(wrong):
    features = np.zeros((5, 3))
    features[3, 1] = wrong
    with pytest.raises(UserError, match="NaN or infinity in row 3"):
        shot_boundaries(features)


def test_a_longest_shot_of_nothing_is_refused():
    with pytest.raises(UserError, match="longest_shot: found 0"):
        shot_boundaries(np.zeros((5, 3)), longest_shot=0)


@given(st.integers(0, 10_000), st.integers(1, 30), st.integers(0, 10))
def test_each_shot_begins_at_its_first_picks_frame(seed, n_picks, first_pick):
    rng = np.random.default_rng(seed)
    timeline = made_timeline(rng, n_picks, first_pick)
    boundaries = np.flatnonzero(rng.random(n_picks - 1) < 0.3) + 1
    shots = shots_between(boundaries, timeline.picks.astype(np.int32), timeline.n_frames)
    assert shots.dtype == np.int64
    assert shots[0, 0] == 0
    assert shots[1:, 0].tolist() == (shots[:-1, 1] + 1).tolist() == timeline.picks[boundaries].tolist()
    assert shots[-1, 1] == timeline.n_frames - 1
    of_pick = Timeline(timeline.picks, timeline.n_frames, shots).shot_of_pick
    assert of_pick.tolist() == np.searchsorted(boundaries, np.arange(n_picks), side="right").tolist()


@pytest.mark.data
def test_the_change_points_of_all_videos_of_tvsum(real_data):
    """Which an exact solver of the same criterion found on the same features, over all numbers of changes."""
    with h5py.File(real_data / "tvsum.h5") as file:
        for video in file.values():
            picks, n_frames = video["picks"][:], int(video["n_frames"][()])
            shots = shots_between(shot_boundaries(video["features"][:]), picks, n_frames)
            assert shots.tolist() == video["change_points"][:].tolist(), video.name
            assert np.diff(shots, axis=1)[:, 0].tolist() == (video["n_frame_per_seg"][:] - 1).tolist()
        assert len(file) == 50


PEAK = """
import re, sys
from pathlib import Path
import numpy as np
from vsumlab.summary.boundaries import shot_boundaries

boundaries = shot_boundaries(np.load(sys.argv[1]))
print(len(boundaries), re.search(r"VmHWM:\\s+(\\d+) kB", Path("/proc/self/status").read_text())[1])
"""


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="peaks of memory are read as Linux has them")
@pytest.mark.parametrize(("scale", "shortest"), [(1.0, 5), (0.35, 50)], ids=["short shots", "long shots"])
def test_two_hours_take_less_than_a_gigabyte_in_all(tmp_path, scale, shortest):
    n_frames, path = 14_400, tmp_path / "features.npy"
    np.save(path, scale * made_features(0, n_frames, 1024))
    done = subprocess.run([sys.executable, "-c", PEAK, path], stdout=subprocess.PIPE, text=True, check=True)
    n_boundaries, kilobytes = map(int, done.stdout.split())
    assert shortest < n_frames / (n_boundaries + 1) < 10 * shortest
    assert kilobytes * 1024 < 1e9
