"""Several files as one dataset: who opens which, and who has which videos."""

import h5py
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from vsumlab.data.feature_file import several
from vsumlab.data.feature_file.several import SeveralFiles
from vsumlab.errors import UserError

SIZES = (3, 9, 5, 8)


def write(path, n_videos, dim=8):
    with h5py.File(path, "w") as file:
        for video in range(n_videos):
            file.create_group(f"video_{video}")["features"] = np.full((4, dim), video, dtype=np.uint8)
    return path


@pytest.fixture(scope="module")
def paths(tmp_path_factory):
    folder = tmp_path_factory.mktemp("several")
    return [write(folder / f"part-{number}.h5", size) for number, size in enumerate(SIZES)]


@pytest.fixture
def opened(monkeypatch):
    """The names of the files that are opened."""
    names = []
    real = several.opened
    monkeypatch.setattr(several, "opened", lambda path: names.append(path.name) or real(path))
    return names


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(1, 4), st.integers(1, 9))
def test_shares_are_all_videos_once(paths, n_files, n_processes) -> None:
    shares = [SeveralFiles(paths[:n_files]).share(rank, n_processes) for rank in range(n_processes)]
    keys = [f"part-{file}.h5/video_{video}" for file in range(n_files) for video in range(SIZES[file])]
    assert [key for share in shares for key in share] == keys


@pytest.mark.parametrize("n_processes", [1, 2, 4])
def test_no_file_is_opened_by_two_processes_where_files_go_round(paths, opened, n_processes) -> None:
    for rank in range(n_processes):
        SeveralFiles(paths).share(rank, n_processes)
    assert opened == [path.name for path in paths]


def test_nothing_is_opened_before_a_share_is_taken(paths, opened) -> None:
    files = SeveralFiles(paths[::-1])
    assert (files.names, files.path, opened) == (tuple(path.name for path in paths), paths[0], [])
    files.record()
    assert opened == []


def test_pieces_of_files_are_equally_long_but_for_one_video_a_file(tmp_path) -> None:
    files = [write(tmp_path / f"{number}.h5", 10) for number in range(3)]
    lengths = [len(SeveralFiles(files).share(rank, 4)) for rank in range(4)]
    assert sum(lengths) == 30
    assert max(lengths) - min(lengths) <= 1


def test_a_video_is_read_from_its_file(paths) -> None:
    files = SeveralFiles(paths)
    files.share(0, 1)
    video = files.features("part-3.h5/video_7")
    assert video.features.shape == (4, 8)
    assert (video.features == 7).all()
    assert (files.feature_dim, files.signed) == (8, True), "the first one is of bytes that stand for -2"


def test_a_record_tells_other_files_and_sizes_apart(paths, tmp_path) -> None:
    whole = SeveralFiles(paths).record()
    assert whole == SeveralFiles(paths).record()
    assert whole["file"] == f"{paths[0]} and 3 more"
    others = [write(tmp_path / path.name, size + 1) for path, size in zip(paths, SIZES, strict=True)]
    assert (
        len(
            {
                each["sha256"]
                for each in (whole, SeveralFiles(paths[:3]).record(), SeveralFiles(others).record())
            }
        )
        == 3
    )


def test_what_cannot_be_used_is_one_line(paths, tmp_path) -> None:
    with pytest.raises(UserError, match="some have one name"):
        SeveralFiles([paths[0], write(tmp_path / "part-0.h5", 1)])
    with pytest.raises(UserError, match=r"empty\.h5: found no videos"):
        SeveralFiles([paths[0], write(tmp_path / "empty.h5", 0)]).share(0, 1)
    files = SeveralFiles([paths[0], write(tmp_path / "wide.h5", 1, dim=9)])
    keys = files.share(0, 1)
    with pytest.raises(UserError, match=r"wide\.h5: video_0: features: found 9 dimensions; expected 8"):
        files.features(keys[-1])
    files = SeveralFiles([paths[0], tmp_path / "missing.h5"])
    assert not files.are_there()
    with pytest.raises(UserError, match=r"missing\.h5: no such file"):
        files.share(0, 1)
