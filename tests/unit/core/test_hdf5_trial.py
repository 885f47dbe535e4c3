"""A child process tries a file: it may die of it, or stand still."""

import os
import signal
import time
import zlib

import h5py
import numpy as np
import pytest

from vsumlab.core import hdf5_trial
from vsumlab.core.hdf5_trial import trial


@pytest.fixture
def path(tmp_path):
    with h5py.File(tmp_path / "good.h5", "w") as file:
        file["a/numbers"] = np.arange(3)
        file["a/name"] = "a name"
        file.attrs["said"] = "of variable length"
    return tmp_path / "good.h5"


@pytest.fixture
def instead(monkeypatch):
    """Has the child do something else with each file."""
    return lambda act: monkeypatch.setattr(hdf5_trial, "look_through", lambda file: iter(act, None))


def test_a_good_file_is_good_and_is_tried_once_until_it_changes(path, monkeypatch):
    forks = []
    fork = os.fork
    monkeypatch.setattr(os, "fork", lambda: forks.append(1) or fork())
    assert [trial(path), trial(path)] == ["", ""]
    assert len(forks) == 1
    with h5py.File(path, "a") as file:
        file["b"] = np.arange(300)
    assert trial(path) == ""
    assert len(forks) == 2


def test_a_crash_is_the_childs_alone(path, instead, capfd):
    instead(lambda: os.kill(os.getpid(), signal.SIGSEGV))
    assert trial(path) == "HDF5's library crashes on it"
    assert capfd.readouterr() == ("", "")


def test_what_stands_still_is_ended(path, instead, monkeypatch):
    monkeypatch.setattr(hdf5_trial, "SILENT", 0.3)
    instead(lambda: time.sleep(30))
    started = time.monotonic()
    assert trial(path) == "HDF5's library does not come to an end with it"
    assert time.monotonic() - started < 10


def test_what_goes_in_circles_is_ended(path, instead, monkeypatch):
    monkeypatch.setattr(hdf5_trial, "SILENT", 0.5)
    instead(lambda: time.sleep(0.01) or 1)
    assert trial(path) == "HDF5's library does not come to an end with it"


def test_memory_is_bounded(path, instead):
    instead(lambda: bytearray(2**32))
    assert trial(path) == "MemoryError"


def test_no_child_is_left(path, monkeypatch):
    made = []
    fork = os.fork
    monkeypatch.setattr(os, "fork", lambda: made.append(fork()) or made[-1])
    assert trial(path) == ""
    with pytest.raises(ChildProcessError):
        os.waitpid(made[0], os.WNOHANG)


def test_a_group_in_itself_is_met_once(path):
    with h5py.File(path, "a") as file:
        file["a/again"] = file["a"]
        file["a/root"] = file["/"]
        file["soft"] = h5py.SoftLink("/soft")
    assert trial(path) == ""


def test_groups_too_deep_are_refused(path):
    with h5py.File(path, "a") as file:
        file.create_group("g/" * 40)
    assert trial(path).endswith("is a group in more than 16 others")


def test_a_virtual_array_of_itself_is_refused(path):
    layout = h5py.VirtualLayout((8,), "f8")
    layout[:] = h5py.VirtualSource(".", "a/self", shape=(8,))
    with h5py.File(path, "a") as file:
        file.create_virtual_dataset("a/self", layout)
    assert trial(path) == "/a/self has its values in other files"


def gzip_bomb(path, unpacked, n_rows=4):
    """Four declared rows of 16 kB, of which the first one's gzip holds a thousand times what it takes up."""
    with h5py.File(path, "a") as file:
        array = file.create_dataset("bomb", (n_rows, 2**14), "u1", chunks=(1, 2**14), compression="gzip")
        array[...] = 1
        array.id.write_direct_chunk((0, 0), zlib.compress(bytes(unpacked), 1))


def test_a_chunk_that_unpacks_to_gigabytes_is_refused(path, monkeypatch):
    monkeypatch.setattr(hdf5_trial, "SMALL", 2**16)
    gzip_bomb(path, 2**28)
    assert trial(path) == ""
    monkeypatch.setattr(hdf5_trial, "MEMORY", 2**27)
    hdf5_trial._tried.cache_clear()
    assert trial(path).startswith("/bomb: ")


def test_small_chunks_are_not_unpacked_twice(path, monkeypatch):
    with h5py.File(path, "a") as file:
        gzip = file.create_dataset("gzip", data=np.arange(1000), chunks=(100,), compression="gzip")
        other = file.create_dataset("lzf", data=np.arange(1000), chunks=(100,), compression="lzf")
        assert [hdf5_trial._unpacks_to_little(array) for array in (gzip, other)] == [True, False]
        monkeypatch.setattr(hdf5_trial, "SMALL", 9)
        assert not hdf5_trial._unpacks_to_little(gzip)


def test_what_is_not_numbers_is_left_to_the_reader(path):
    with h5py.File(path, "a") as file:
        file["odd"] = np.array([(1, b"x")], dtype=[("i", "i4"), ("s", "S1")])
        file["names"] = ["one", "two"]
        file["nothing"] = h5py.Empty("f4")
        file["type"] = np.dtype("i4")
        file["unwritten"] = file["names"].ref
        file.create_dataset("declared", (10**9, 10**9), "f8")
    assert trial(path) == ""
