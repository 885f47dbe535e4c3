"""What is declared against what is there."""

import zlib

import h5py
import numpy as np
import pytest

from vsumlab.core.hdf5_array import UNPACKED, RefusedError, check, stored


@pytest.fixture
def file(tmp_path):
    with h5py.File(tmp_path / "arrays.h5", "w") as file:
        yield file


@pytest.mark.parametrize("shape", [(), (1,), (7, 5), (0, 4), (3, 0)])
@pytest.mark.parametrize("layout", [{}, {"chunks": True}, {"compression": "gzip", "shuffle": True}])
def test_what_is_there_is_read(shape, layout, file):
    values = np.random.default_rng(0).random(shape)
    layout = layout if values.size and shape else {}
    array = file.create_dataset("a", data=values, **layout)
    np.testing.assert_array_equal(stored(array), values)


def test_zeros_compress_well_and_are_read(file):
    values = np.zeros((20, 400_000))
    array = file.create_dataset("a", data=values, compression="gzip")
    assert values.nbytes > 500 * array.id.get_storage_size()
    assert not stored(array).any()


@pytest.mark.parametrize(
    "layout", [{}, {"chunks": (2, 2)}, {"chunks": (2, 2), "compression": "gzip"}, {"maxshape": (None, None)}]
)
@pytest.mark.parametrize("shape", [(5, 4), (10**6, 10**6)])
def test_what_was_never_written_is_not_taken_for_zeros(layout, shape, file):
    array = file.create_dataset("a", shape, dtype=np.float32, **layout)
    with pytest.raises(RefusedError, match=r"shape \(.*\), of which not all was written"):
        stored(array)


def test_what_was_written_in_part_is_not_filled_with_zeros(file):
    array = file.create_dataset("a", (10, 4), "f4", chunks=(4, 4))
    array[:8] = 1
    with pytest.raises(RefusedError, match="not all was written"):
        stored(array)
    array[8:] = 1
    assert stored(array).all()


def test_values_in_other_files_are_refused(file, tmp_path):
    (tmp_path / "raw").write_bytes(bytes(64))
    external = file.create_dataset("a", (8,), dtype="f8", external=[(str(tmp_path / "raw"), 0, 64)])
    layout = h5py.VirtualLayout((8,), "f8")
    layout[:] = h5py.VirtualSource("nowhere.h5", "b", shape=(8,))
    for array in (external, file.create_virtual_dataset("v", layout)):
        with pytest.raises(RefusedError, match="values in other files"):
            check(array)


def test_much_out_of_little_is_refused(file):
    rows = UNPACKED // 2**22 + 1
    array = file.create_dataset("a", (rows, 2**22), "u1", chunks=(1, 2**22), compression="gzip")
    zeros = zlib.compress(bytes(2**22))
    for row in range(rows):
        array.id.write_direct_chunk((row, 0), zeros)
    with pytest.raises(RefusedError, match=r"272,629,760 bytes declared by [\d,]+"):
        check(array)
