"""Files that cannot be opened, or not read to their end."""

import h5py
import numpy as np
import pytest

from vsumlab.data.feature_file.hdf5 import opened
from vsumlab.data.feature_file.reader import VideoFile
from vsumlab.errors import UserError


def test_refuses_a_missing_file(tmp_path):
    with pytest.raises(UserError, match=r"nothing\.h5: no such file"):
        VideoFile(tmp_path / "nothing.h5")
    with pytest.raises(UserError, match="no such file"):
        VideoFile(tmp_path)


def test_refuses_what_is_not_hdf5(tmp_path):
    path = tmp_path / "page.h5"
    path.write_text("<html>404</html>")
    with pytest.raises(UserError, match="no readable HDF5 file") as refusal:
        VideoFile(path)
    assert "\n" not in str(refusal.value)


@pytest.mark.parametrize("share", [0.0, 0.1, 0.5, 0.9, 0.999])
def test_refuses_a_truncated_file(share, video_file):
    path = video_file()
    content = path.read_bytes()
    path.write_bytes(content[: int(len(content) * share)])
    with pytest.raises(UserError, match="no readable HDF5 file"):
        VideoFile(path)


def test_the_file_is_there_to_be_read_and_closed_afterwards(video_file):
    with opened(video_file()) as file:
        assert [*file] == ["video_1", "video_2", "video_3"]
        with pytest.raises((ValueError, OSError, KeyError)):
            file["more"] = np.ones(3)
    assert not file


def test_what_fails_while_it_is_read_is_one_line_and_other_errors_stay_what_they_are(video_file):
    path = video_file()
    with (
        pytest.raises(UserError, match=r"no readable HDF5 file \(.*nowhere") as refusal,
        opened(path) as file,
    ):
        file["nowhere"]
    assert str(refusal.value).startswith(f"{path}: ")
    assert "\n" not in str(refusal.value)
    with pytest.raises(UserError, match=r"^of its own$"), opened(path):
        raise UserError("of its own")
    with h5py.File(path, "a"):  # nothing has kept it open
        pass
