import pickle
import tracemalloc

import h5py
import numpy as np
import pandas as pd
import pytest
from support.tvsum import N_FRAMES, N_USERS, WRITERS, made_scores, without_scores, write_mat, write_tsv

from vsumlab.config import compose_config
from vsumlab.data.feature_file.reader import VideoFile
from vsumlab.data.feature_file.schema import FRAME_TOLERANCE
from vsumlab.data.foreign_scores.scores import ForeignScores
from vsumlab.data.tvsum_annotations import AnnotationFile
from vsumlab.errors import UserError
from vsumlab.evaluate import evaluate
from vsumlab.runs.reading import read_run

PICKS = np.arange(12) * 15


@pytest.fixture(params=WRITERS)
def written(request, tmp_path):
    return lambda of_videos: WRITERS[request.param](tmp_path / request.param, of_videos)


ALL = ("video_1", "video_2", "video_3")


def test_frame_scores_are_those_of_the_file_by_order(written):
    scores = made_scores(12)
    annotations = AnnotationFile(written(scores))
    for i in (0, 1, 9, 11):
        np.testing.assert_array_equal(annotations.frame_scores(f"video_{i + 1}"), scores[i])


def test_a_tsv_of_windows_is_the_same(tmp_path):
    path = write_tsv(tmp_path / "a.tsv", made_scores(), end="\r\n")
    np.testing.assert_array_equal(AnnotationFile(path).frame_scores("video_3"), made_scores()[2])


def test_videos_that_lack_user_scores_get_them_at_their_picks(written, video_file):
    path = written(made_scores())
    file = VideoFile(video_file(changes=without_scores(*ALL)), annotations=path)
    assert file.has_user_scores
    for i, key in enumerate(file.keys):
        scores = file[key].annotations.user_scores
        assert (scores.dtype, scores.shape) == (np.float64, (N_USERS, len(PICKS)))
        for user in range(N_USERS):
            for pick, frame in enumerate(PICKS):
                assert scores[user, pick] == made_scores()[i][user, frame]


def test_videos_keep_user_scores_of_their_own(written, video_file, video_arrays):
    file = VideoFile(video_file(changes=without_scores("video_2")), annotations=written(made_scores()))
    np.testing.assert_array_equal(file["video_1"].annotations.user_scores, video_arrays(1)["user_scores"])
    np.testing.assert_array_equal(file["video_2"].annotations.user_scores, made_scores()[1][:, PICKS])


def test_what_is_only_trained_on_needs_no_annotations(tmp_path, video_file):
    nothing = write_tsv(tmp_path / "empty.tsv", [])
    path = video_file(changes=without_scores(*ALL))
    assert not VideoFile(path, evaluated=False, annotations=nothing).has_user_scores
    assert VideoFile(video_file(), annotations=nothing).has_user_scores


@pytest.mark.parametrize("difference", [-FRAME_TOLERANCE, -6, FRAME_TOLERANCE])
def test_a_few_frames_more_or_fewer_are_let_pass(difference, written, video_file):
    scores = made_scores(1, N_FRAMES + difference)
    file = VideoFile(video_file(1, without_scores("video_1")), annotations=written(scores))
    last = scores[0].shape[1] - 1
    expected = [[row[min(pick, last)] for pick in PICKS] for row in scores[0]]
    np.testing.assert_array_equal(file["video_1"].annotations.user_scores, expected)


@pytest.mark.parametrize(
    ("of_videos", "found"),
    [
        (made_scores(1, N_FRAMES + FRAME_TOLERANCE + 1), "3 people and 186 frames; expected 3 and 170"),
        (made_scores(1, N_FRAMES - FRAME_TOLERANCE - 1), "3 people and 154 frames; expected 3 and 170"),
        ([made_scores(1)[0][:2]], "2 people and 170 frames; expected 3 and 170"),
    ],
)
def test_another_video_is_refused_by_its_counts(of_videos, found, written, video_file):
    annotations, path = written(of_videos), video_file(1, without_scores("video_1"))
    with pytest.raises(UserError) as refusal:
        VideoFile(path, annotations=annotations)
    message = str(refusal.value)
    assert message.startswith(f"{annotations}: video_1: found {found} as in {path}; ")
    assert "\n" not in message


@pytest.mark.parametrize("key", ["video_4", "video_0", "video_01", "1", "video_1b", "Air_Force_One", ""])
def test_keys_of_another_form_are_refused_by_name(key, written):
    annotations = AnnotationFile(written(made_scores()))
    with pytest.raises(UserError, match="no such video; expected video_1 to video_3") as refusal:
        annotations.frame_scores(key)
    assert str(refusal.value).startswith(f"{annotations.path}: {key}: ")


GOOD = b"a\tVT\t1,2,3\n"
BAD_TSV = {
    "nothing": (b"", "found 0 videos in 0 runs"),
    "a page": (b"<html>404</html>", "line 1: found '<html>404</html>'"),
    "a header": (b"video_id\tcategory\tscores\n" + GOOD, "line 1: found 'video_id"),
    "a column missing": (GOOD + b"a\t1,2,3\n", "line 2: found"),
    "a score of 6": (GOOD + b"a\tVT\t1,6,3\n", "line 2: found"),
    "a score of 0": (GOOD + b"a\tVT\t1,0,3\n", "line 2: found"),
    "two digits": (GOOD + b"a\tVT\t1,12,3\n", "line 2: found"),
    "a fraction": (GOOD + b"a\tVT\t1.5,2,3\n", "line 2: found"),
    "semicolons": (GOOD + b"a\tVT\t1;2;3\n", "line 2: found"),
    "cut short": (GOOD + b"a\tVT\t1,2,\n", "line 2: found"),
    "no scores": (GOOD + b"a\tVT\t\n", "line 2: found"),
    "an empty line": (GOOD + b"\n" + GOOD, "line 2: found"),
    "binary": (b"\x89HDF\r\n\x1a\n\xff\xfe", "line 1: found"),
    "unequal lines": (GOOD + b"a\tVT\t1,2\n", "a: found lines of 2 and 3 scores"),
    "scattered lines": (GOOD + b"b\tVT\t1,2,3\n" + GOOD, "found 2 videos in 3 runs of lines"),
}


@pytest.mark.parametrize("case", BAD_TSV)
def test_a_tsv_of_another_form_is_refused_in_one_line(case, tmp_path):
    content, found = BAD_TSV[case]
    path = tmp_path / "ydata-tvsum50-anno.tsv"
    path.write_bytes(content)
    with pytest.raises(UserError) as refusal:
        AnnotationFile(path).frame_scores("video_1")
    message = str(refusal.value)
    assert message.startswith(f"{path}: {found}")
    assert "\n" not in message


def spoil_nothing(path):
    path.write_bytes(b"MATLAB 5.0 MAT-file, Platform: GLNXA64")


def spoil_truncated(path):
    path.write_bytes(write_mat(path, made_scores()).read_bytes()[:3000])


def spoil_other(path):
    with h5py.File(path, "w") as file:
        file["video_1/features"] = np.ones((3, 4))


def spoil_group(path):
    with h5py.File(path, "w") as file:
        file.create_group("tvsum50/user_anno/video_1")


def spoil_numbers(path):
    with h5py.File(path, "w") as file:
        file["tvsum50/user_anno"] = np.ones((3, 1))


def spoil_axes(path):
    write_mat(path, [np.ones(5)])


def spoil_nan(path):
    write_mat(path, [np.full((3, N_FRAMES), np.nan)])


def spoil_empty(path):
    write_mat(path, [np.ones((0, 4))])


@pytest.mark.parametrize(
    "spoil",
    [
        spoil_nothing,
        spoil_truncated,
        spoil_other,
        spoil_group,
        spoil_numbers,
        spoil_axes,
        spoil_nan,
        spoil_empty,
    ],
)
def test_a_mat_of_another_form_is_refused_in_one_line(spoil, tmp_path):
    path = tmp_path / "ydata-tvsum50.mat"
    spoil(path)
    with pytest.raises(UserError, match="found no annotations of TVSum") as refusal:
        AnnotationFile(path).frame_scores("video_1")
    assert str(refusal.value).startswith(f"{path}: ")
    assert "\n" not in str(refusal.value)


def test_a_missing_file_is_refused_with_its_source(tmp_path, video_file):
    with pytest.raises(UserError, match=r"none\.mat: no such file: .*https://github.com/yalesong/tvsum"):
        VideoFile(video_file(), annotations=tmp_path / "none.mat")


def test_annotations_survive_pickling(written, video_file):
    file = VideoFile(video_file(changes=without_scores(*ALL)), annotations=written(made_scores()))
    copy = pickle.loads(pickle.dumps(file))
    np.testing.assert_array_equal(
        copy["video_2"].annotations.user_scores, file["video_2"].annotations.user_scores
    )


def test_a_mat_is_held_a_video_at_a_time(tmp_path):
    path = write_mat(tmp_path / "a.mat", [np.ones((20, 5000))] * 12)
    annotations = AnnotationFile(path)
    tracemalloc.start()
    for i in range(12):
        annotations.frame_scores(f"video_{i + 1}")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 3.5 * 20 * 5000 * 8


@pytest.fixture(scope="module")
def public_tvsum(real_data, tmp_path_factory):
    """The real TVSum file as it is public, without each person's scores, but for its large features."""
    path = tmp_path_factory.mktemp("tvsum") / "tvsum.h5"
    with h5py.File(real_data / "tvsum.h5") as real, h5py.File(path, "w") as public:
        for key, group in real.items():
            public[f"{key}/features"] = group["features"][:, :4]
            for name in {*group} - {"user_scores", "features"}:
                real.copy(group[name], public[key], name)
    return path


@pytest.mark.data
def test_real_annotations_give_the_user_scores_of_the_whole_file(real_data, public_tvsum):
    joined = VideoFile(public_tvsum, annotations=real_data / "ydata-tvsum50.mat")
    assert not VideoFile(public_tvsum).has_user_scores
    assert joined.has_user_scores
    assert len(joined.keys) == 50
    with h5py.File(real_data / "tvsum.h5") as whole:
        for key in joined.keys:
            np.testing.assert_array_equal(joined[key].annotations.user_scores, whole[key]["user_scores"][()])


@pytest.mark.data
def test_real_annotations_as_tsv_give_the_same(real_data, public_tvsum, tmp_path):
    annotations = AnnotationFile(real_data / "ydata-tvsum50.mat")
    of_videos = [annotations.frame_scores(f"video_{i}") for i in range(1, 51)]
    tsv = write_tsv(tmp_path / "ydata-tvsum50-anno.tsv", of_videos)
    joined = VideoFile(public_tvsum, annotations=tsv)
    with h5py.File(real_data / "tvsum.h5") as whole:
        for key in ("video_1", "video_12", "video_50"):
            np.testing.assert_array_equal(joined[key].annotations.user_scores, whole[key]["user_scores"][()])


@pytest.mark.data
def test_evaluation_of_real_tvsum_is_the_same_with_joined_scores(real_data, public_tvsum, tmp_path):
    split = tmp_path / "split.json"
    split.write_text('[{"train_keys": ["video_2"], "test_keys": ["video_1"]}]')
    with h5py.File(public_tvsum) as public, h5py.File(tmp_path / "mine.h5", "w") as file:
        file["video_1"] = np.random.default_rng(0).random(len(public["video_1/picks"]))
    rows = []
    for path, annotations, runs in (
        (real_data / "tvsum.h5", "null", tmp_path / "whole"),
        (public_tvsum, real_data / "ydata-tvsum50.mat", tmp_path / "joined"),
    ):
        overrides = [
            "data=tvsum",
            f"data.file={path}",
            f"data.annotations={annotations}",
            f"paths.runs={runs}",
        ]
        config = compose_config([*overrides, f"data.splits={split}", "random_draws=2"], "evaluate")
        rows.append(read_run(evaluate(ForeignScores(tmp_path / "mine.h5"), config)).rows)
    pd.testing.assert_frame_equal(*rows, check_exact=True)
    assert len(rows[0]) == 4
    assert rows[0].drop(columns=["score_variance", "distinct_scores"]).notna().all(axis=None)
