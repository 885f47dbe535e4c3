"""Annotation files of TVSum that are damaged or made to harm: read rightly, or one line."""

from itertools import chain

import h5py
import numpy as np
import pytest
import scipy.io
from support.fuzz import Case, damages, faults
from support.hostile_hdf5 import h5_cases
from support.tvsum import made_scores, write_mat, write_tsv

from vsumlab.data.tvsum_annotations import AnnotationFile

N_VIDEOS = 3


def read(path):
    """Reads all videos: scores are finite numbers, a row a person."""
    annotations = AnnotationFile(path)
    for number in range(1, N_VIDEOS + 1):
        scores = annotations.frame_scores(f"video_{number}")
        assert scores.ndim == 2
        assert np.isfinite(scores).all()


@pytest.fixture
def contents(tmp_path):
    """The bytes of good files, by ending."""
    mat, tsv = tmp_path / "good.mat", tmp_path / "good.tsv"
    write_mat(mat, made_scores(N_VIDEOS))
    write_tsv(tsv, made_scores(N_VIDEOS))
    old = tmp_path / "version5.mat"
    scipy.io.savemat(old, {"tvsum50": {"user_anno": made_scores(1)[0]}})
    return {file.name: file.read_bytes() for file in (mat, tsv, old)}


def some_damages(contents, seeds):
    return chain(*(damages(name, content, seeds) for name, content in contents.items()))


def test_damaged_annotations_are_read_or_refused(contents, tmp_path):
    assert faults([*some_damages(contents, range(15))], read, tmp_path) == {}


@pytest.mark.slow
def test_many_damaged_annotations_are_read_or_refused(contents, tmp_path):
    assert faults([*some_damages(contents, range(100, 300))], read, tmp_path) == {}


def test_scores_that_are_not_in_the_file_are_refused(tmp_path):
    good = write_mat(tmp_path / "good.mat", made_scores(N_VIDEOS))
    assert faults([*h5_cases(good, ["tvsum50/user_anno"])], read, tmp_path) == {}

    def missing(path):
        path.write_bytes(good.read_bytes())
        with h5py.File(path, "a") as file:
            references = file["tvsum50/user_anno"]
            references[1, 0] = file.create_dataset("#refs#/none", (3, 10**9), "f8", chunks=(1, 1000)).ref

    def of_nothing(path):
        path.write_bytes(good.read_bytes())
        with h5py.File(path, "a") as file:
            file["tvsum50/user_anno"][1, 0] = h5py.Reference()

    cases = [Case("missing.mat", missing, "refused"), Case("of_nothing.mat", of_nothing, "refused")]
    assert faults(cases, read, tmp_path) == {}


@pytest.mark.parametrize(
    "line",
    [
        b"a\tb\t" + b"1," * 5_000_000,
        b"x" * 10_000_000,
        b"\t" * 1_000_000,
        b"\0",
        b"\x1b[2J\t\xff\t9",
        b"a\tb\t",
    ],
    ids=range(6),
)
def test_lines_may_be_anything(line, tmp_path):
    cases = [Case("lines.tsv", lambda path: path.write_bytes(line + b"\n"), "refused")]
    assert faults(cases, read, tmp_path) == {}
