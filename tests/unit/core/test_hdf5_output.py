"""HDF5 files that are whole, or an error: never a crash."""

import sys
from pathlib import Path

import h5py
import numpy as np
import pytest
from support.full_disk import full_disk
from support.runs import process

from vsumlab.core.hdf5_output import hdf5_output

SMALL = """
import sys, numpy as np
from pathlib import Path
from support.full_disk import full_disk
from vsumlab.core.hdf5_output import hdf5_output
for room in range(0, 9000, 450):
    try:
        with full_disk(room), hdf5_output(Path(sys.argv[1])) as file:
            for i in range(9):
                file[f"group_{i}/array"] = np.arange(20)
    except OSError as error:
        assert error.strerror == "File too large", error
        print("full")
"""


def test_what_is_written_is_read(tmp_path) -> None:
    with hdf5_output(tmp_path / "a.h5") as file:
        file["a/b"] = np.arange(1000)
    with h5py.File(tmp_path / "a.h5") as file:
        assert (file["a/b"][()] == np.arange(1000)).all()


def test_an_error_in_the_block_is_that_error(tmp_path) -> None:
    with pytest.raises(ZeroDivisionError), hdf5_output(tmp_path / "a.h5"):
        _ = 1 / 0


def write_and_read(path: Path) -> None:
    with hdf5_output(path) as file:
        file["a/b"] = np.arange(10_000)
        file["c"] = file["a/b"][()]


def test_a_full_disk_says_so_where_a_large_array_is_written(tmp_path) -> None:
    """HDF5 itself would only say that there is nothing to be read back."""
    with full_disk(5000), pytest.raises(OSError, match="File too large"):
        write_and_read(tmp_path / "a.h5")


def test_a_full_disk_is_no_crash_however_little_room_there_is(tmp_path) -> None:
    """In a process of its own, since a crash would take the tests along."""
    done = process(sys.executable, "-c", SMALL, tmp_path / "a.h5", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("full") > 10
    assert done.stderr == ""
