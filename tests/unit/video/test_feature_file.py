"""A feature file of one's own videos."""

from pathlib import Path

import h5py
import numpy as np
import pytest
from support.full_disk import full_disk
from support.summaries import seen_at
from support.videos import encode_numbered

from vsumlab.data.feature_file.reader import VideoFile
from vsumlab.errors import UserError
from vsumlab.video.feature_file import FeatureFile
from vsumlab.video.people import ScoreTable

NETWORK = {"name": "small", "sha256": "ab" * 32}
SHOTS = np.array([[0, 19], [20, 59], [60, 99]])


def filled(path: Path, videos: list[Path], network: dict[str, str] = NETWORK) -> FeatureFile:
    file = FeatureFile(path, network)
    for i, video in enumerate(videos):
        file.add(video.stem, video, seen_at(i, 20, 6), SHOTS)
    return file


@pytest.fixture
def videos(tmp_path: Path) -> list[Path]:
    return [encode_numbered(tmp_path / f"{name}.mp4", 3) for name in ("b", "a b", "über")]


def test_it_is_read_as_it_was_written(tmp_path: Path, videos: list[Path]) -> None:
    path = tmp_path / "clips.h5"
    assert filled(path, videos).join() == 3
    found = VideoFile(path, evaluated=False)
    assert sorted(found.keys) == ["a b", "b", "über"]
    assert found.backbone == NETWORK
    for i, video in enumerate(videos):
        assert np.array_equal(found.features(video.stem).features.numpy(), seen_at(i, 20, 6).features)
    with h5py.File(path) as file:
        group = file["a b"]
        assert group["picks"][()].tolist() == list(range(0, 100, 5))
        assert (group["n_frames"][()], group["n_steps"][()], group["fps"][()]) == (100, 20, 10.0)
        assert np.array_equal(group["change_points"][()], SHOTS)
        assert group["n_frame_per_seg"][()].tolist() == [20, 40, 40]
        assert group["video_name"].asstr()[()] == "a b.mp4"
    assert [path.name for path in tmp_path.iterdir() if "clips" in path.name] == ["clips.h5"]


def test_an_interrupted_one_goes_on(tmp_path: Path, videos: list[Path]) -> None:
    path = tmp_path / "clips.h5"
    filled(path, videos[:2])  # and then its process is gone
    assert not path.exists()
    file = FeatureFile(path, NETWORK)
    assert [file.has(video.stem, video) for video in videos] == [True, True, False]
    file.add("über", videos[2], seen_at(2, 20, 6), SHOTS)
    assert file.join() == 3


def test_videos_are_added_to_a_file_that_is_there(tmp_path: Path, videos: list[Path]) -> None:
    path = tmp_path / "clips.h5"
    filled(path, videos[:1]).join()
    file = FeatureFile(path, NETWORK)
    assert [file.has(video.stem, video) for video in videos] == [True, False, False]
    file.add("a b", videos[1], seen_at(1, 20, 6), SHOTS)
    assert file.join() == 2


def test_a_video_that_has_changed_is_not_done(tmp_path: Path, videos: list[Path]) -> None:
    path = tmp_path / "clips.h5"
    filled(path, videos).join()
    encode_numbered(videos[0], 4)
    file = FeatureFile(path, NETWORK)
    assert not file.has("b", videos[0])
    file.add("b", videos[0], seen_at(9, 20, 6), SHOTS)
    assert file.join() == 3
    found = VideoFile(path, evaluated=False).features("b").features.numpy()
    assert np.array_equal(found, seen_at(9, 20, 6).features)


def test_features_of_another_network_are_never_in_one_file(tmp_path: Path, videos: list[Path]) -> None:
    path, other = tmp_path / "clips.h5", {"name": "large", "sha256": "cd" * 32}
    filled(path, videos).join()
    with pytest.raises(UserError, match=r"has features of small \(abababab\), not of large \(cdcdcdcd\)"):
        FeatureFile(path, other)
    path.unlink()
    filled(path, videos[:1])  # left unfinished
    file = FeatureFile(path, other)
    assert not file.has("b", videos[0])
    file.add("a b", videos[1], seen_at(1, 20, 6), SHOTS)
    assert file.join() == 1


def test_a_file_that_is_not_from_here_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "clips.h5"
    with h5py.File(path, "w") as file:
        file["video_1/features"] = np.zeros((2, 2))
    before = path.read_bytes()
    with pytest.raises(UserError, match="is there, and not from vsumlab extract: name another file"):
        FeatureFile(path, NETWORK)
    assert path.read_bytes() == before


def test_what_people_said_makes_it_a_test_set(tmp_path: Path, videos: list[Path]) -> None:
    path, table = tmp_path / "clips.h5", tmp_path / "people.csv"
    rows = [
        f"{video.name},{time},{who},{(time + len(who)) % 5}"
        for video in videos
        for time in range(10)
        for who in ("me", "you")
    ]
    table.write_text("video,time,annotator,score\n" + "\n".join(rows))
    filled(path, videos).join(ScoreTable(table))
    found = VideoFile(path)
    assert found.has_user_scores
    people = found["b"].annotated
    assert people.user_scores.shape == (2, 20)
    assert people.user_summary.shape == (2, 100)
    table.write_text("video,time,annotator,score\n" + "\n".join(rows[: len(rows) // 3]))
    FeatureFile(path, NETWORK).join(ScoreTable(table))  # of the first video alone; the others keep theirs
    assert len(VideoFile(path)) == 3


def test_a_place_that_cannot_be_written_is_refused_in_one_line(tmp_path: Path, videos: list[Path]) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(UserError, match="cannot be written") as error:
        filled(tmp_path / "file" / "clips.h5", videos)
    assert "\n" not in str(error.value)


def test_another_video_of_the_same_name_is_refused_and_nothing_lost(tmp_path: Path) -> None:
    for folder in ("x", "y"):
        (tmp_path / folder).mkdir()
        encode_numbered(tmp_path / folder / "a.mp4", 3 if folder == "x" else 4)
    path = tmp_path / "clips.h5"
    filled(path, [tmp_path / "x" / "a.mp4"]).join()
    file = FeatureFile(path, NETWORK)
    with pytest.raises(UserError, match=r"has another video of the name a, of x/a\.mp4: rename one"):
        file.has("a", tmp_path / "y" / "a.mp4")
    assert file.has("x_a.mp4", tmp_path / "x" / "a.mp4")  # under whatever key it would have today
    assert not file.has("y_a.mp4", tmp_path / "y" / "a.mp4")


def test_a_long_name_in_any_script_is_a_key(tmp_path: Path) -> None:
    video = encode_numbered(tmp_path / ("в" * 100 + ".mp4"), 3)
    path = tmp_path / "clips.h5"
    file = filled(path, [video])
    assert file.has(video.stem, video)
    assert file.join() == 1


@pytest.mark.parametrize("room", [0, 3_000])
def test_a_full_disk_is_one_line_and_what_was_done_stays(
    room: int, tmp_path: Path, videos: list[Path]
) -> None:
    path = tmp_path / "clips.h5"
    filled(path, videos[:1]).join()
    before = path.read_bytes()
    with (
        full_disk(room),
        pytest.raises(UserError, match=r"cannot be written \(File too large\): make room") as error,
    ):
        filled(path, videos)
    assert "\n" not in str(error.value)
    waiting = filled(path, videos)
    with full_disk(room), pytest.raises(UserError, match=r"cannot be written \(File too large\)"):
        waiting.join()
    assert path.read_bytes() == before
    assert not [*tmp_path.rglob("*.writing")]
    assert waiting.join() == len(videos)
