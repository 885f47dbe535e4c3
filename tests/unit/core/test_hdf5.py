"""What is opened, and what is one line instead."""

import os

import h5py
import numpy as np
import pytest

from vsumlab.core.hdf5 import opened
from vsumlab.errors import UserError


@pytest.fixture
def path(tmp_path):
    with h5py.File(tmp_path / "good.h5", "w") as file:
        file["a/numbers"] = np.arange(3)
    return tmp_path / "good.h5"


def read(path):
    with opened(path, "a file of numbers", "numbers; write it anew") as file:
        return {name: [*group] for name, group in file.items()}


def test_a_good_file_is_read(path):
    assert read(path) == {"a": ["numbers"]}


def test_a_pipe_is_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "pipe.h5")
    with pytest.raises(UserError, match="no regular file; give the path of a file of numbers"):
        read(tmp_path / "pipe.h5")


def test_a_link_to_another_file_is_refused_before_it_is_followed(path, tmp_path):
    os.mkfifo(tmp_path / "pipe.h5")
    with h5py.File(path, "a") as file:
        file["b"] = h5py.ExternalLink(str(tmp_path / "pipe.h5"), "/a")
    says = r"good\.h5: found no readable HDF5 file \(/b is a link to another file\); expected numbers; write"
    with pytest.raises(UserError, match=says):
        read(path)


@pytest.mark.parametrize("error", [KeyError("'k'"), MemoryError("much"), OSError("a\nb")])
def test_what_fails_in_the_block_is_one_line(error, path):
    with pytest.raises(UserError, match="found no readable HDF5 file") as refusal, opened(path, "", ""):
        raise error
    assert "\n" not in str(refusal.value)


def test_other_errors_stay_what_they_are(path):
    for error in (UserError("of its own"), ZeroDivisionError()):
        with pytest.raises(type(error)), opened(path, "", ""):
            raise error
