"""Files of importance scores in each of the forms that they may have, written by other libraries."""

import json
import struct
import tracemalloc
import zipfile
from pathlib import Path

import h5py
import numpy as np
import pytest

from vsumlab.data.foreign_scores.formats import FORMATS, read_scores
from vsumlab.data.foreign_scores.scores import ForeignScores
from vsumlab.errors import UserError

SCORES = {f"video_{n}": np.random.default_rng(n).random(4 + n) for n in (1, 2, 10)}


def write_json(path: Path) -> Path:
    path.write_text(json.dumps({key: scores.tolist() for key, scores in SCORES.items()}))
    return path


def write_npz(path: Path) -> Path:
    np.savez(path, **SCORES)
    return path


def write_groups(name: str):
    """The writer of an HDF5 file with a group a video, as `result.h5` of the field's code is."""

    def write(path: Path) -> Path:
        with h5py.File(path, "w") as file:
            for key, scores in SCORES.items():
                file[f"{key}/{name}"] = scores
                file[f"{key}/machine_summary"] = np.ones(100)
                file[f"{key}/fm"] = 0.5
                file[f"{key}/gtscore"] = 1 - scores
        return path

    return write


@pytest.mark.parametrize(
    ("write", "name"),
    [
        (write_json, "theirs.json"),
        (write_json, "THEIRS.JSON"),
        (write_npz, "theirs.npz"),
        (write_groups("score"), "result.h5"),
        (write_groups("importance_scores"), "result.hdf5"),
    ],
)
def test_scores_come_out_to_the_last_bit(write, name, tmp_path) -> None:
    path = write(tmp_path / name)
    by_scorer = read_scores(path)
    assert [*by_scorer] == [path.stem]
    found = by_scorer[path.stem]
    assert set(found) == set(SCORES)
    for key, scores in SCORES.items():
        ((fold, scored),) = found[key].items()
        assert (fold, scored.picks) == (None, None)
        np.testing.assert_array_equal(scored.scores, scores)


def test_every_form_is_said_and_has_a_name_of_its_own() -> None:
    suffixes = [suffix for form in FORMATS for suffix in form.suffixes]
    assert len(suffixes) == len(set(suffixes))
    assert all(form.forms for form in FORMATS)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.json", "[0.1, 0.2]"),
        ("a.json", "{}"),
        ("a.json", '{"video_1": "high"}'),
        ("a.json", '{"video_1": [0.1, [0.2]]}'),
        ("a.json", '{"video_1": {"score": [0.1]}}'),
        ("a.json", "{"),
        ("a.json", '{"video_1": [1' + 400 * "0" + "]}"),
        ("a.npz", "no archive"),
        ("a.npz", ""),
    ],
)
def test_json_and_npz_of_another_form_are_refused_in_one_line(name, content, tmp_path) -> None:
    path = tmp_path / name
    path.write_text(content)
    with pytest.raises(UserError, match="write it anew") as refusal:
        read_scores(path)
    assert str(refusal.value).startswith(f"{path}: ")
    assert "\n" not in str(refusal.value)


@pytest.mark.parametrize("suffix", [".json", ".npz", ".h5"])
def test_a_row_or_a_column_of_scores_is_scores(suffix, tmp_path) -> None:
    wanted = SCORES["video_1"]
    arrays = {
        "video_1": wanted[None],
        "video_2": wanted[:, None],
        "video_3": wanted,
        "video_4": wanted[:1, None],
    }
    path = tmp_path / f"mine{suffix}"
    if suffix == ".json":
        path.write_text(json.dumps({key: scores.tolist() for key, scores in arrays.items()}))
    elif suffix == ".npz":
        np.savez(path, **arrays)
    else:
        with h5py.File(path, "w") as file:
            for key, scores in arrays.items():
                file[key] = scores
    found = read_scores(path)["mine"]
    for key in ("video_1", "video_2", "video_3"):
        np.testing.assert_array_equal(found[key][None].scores, wanted)
    assert found["video_4"][None].scores.shape == (1,)


@pytest.mark.parametrize("suffix", [".npz", ".h5"])
@pytest.mark.filterwarnings("error")
def test_complex_numbers_are_no_scores(suffix, tmp_path) -> None:
    path = tmp_path / f"mine{suffix}"
    if suffix == ".npz":
        np.savez(path, video_1=np.ones(3) + 1j)
    else:
        with h5py.File(path, "w") as file:
            file["video_1"] = np.ones(3) + 1j
    with pytest.raises(UserError, match="write it anew") as refusal:
        read_scores(path)
    assert "\n" not in str(refusal.value)


def test_a_single_array_is_no_archive_of_them(tmp_path) -> None:
    np.save(tmp_path / "a.npy", np.ones(3))
    (tmp_path / "a.npy").rename(tmp_path / "a.npz")
    with pytest.raises(UserError, match="write it anew"):
        read_scores(tmp_path / "a.npz")


BAD_CSV = {
    "no header": ("video_1,0,0.5\n", "first line is not the header"),
    "another header": ("video,frame,score\nvideo_1,0,0.5\n", "first line is not the header"),
    "nothing": ("", "not a CSV file"),
    "the header alone": ("video,pick,score\n", "not a CSV file"),
    "a word for a score": ("video,pick,score\nvideo_1,0,much\n", "not a CSV file"),
    "a column missing": ("video,pick,score\nvideo_1,0\n", "not a CSV file"),
    "lines of unlike length": ("video,pick,score\nvideo_1,0,0.5\nvideo_1,15\n", "not a CSV file"),
}


@pytest.mark.parametrize("case", BAD_CSV)
def test_a_csv_of_another_form_is_refused_in_one_line(case, tmp_path) -> None:
    content, said = BAD_CSV[case]
    path = tmp_path / "mine.csv"
    path.write_text(content)
    with pytest.raises(UserError, match=said) as refusal:
        ForeignScores(path)
    assert str(refusal.value).startswith(f"{path}: ")
    assert "\n" not in str(refusal.value)


def test_a_csv_that_is_no_text_is_refused(tmp_path) -> None:
    (tmp_path / "mine.csv").write_bytes(b"\x89HDF\r\n\xff\xfe")
    with pytest.raises(UserError, match="not a CSV file"):
        ForeignScores(tmp_path / "mine.csv")


def text(file: h5py.File) -> None:
    file["video_1"] = "0.5, 0.6"


def groups(file: h5py.File) -> None:
    file["video_1/scores"] = np.ones(6)


def stray_in_a_fold(file: h5py.File) -> None:
    file["fold_0/video_1"] = np.ones(6)


def scorer_without_scores(file: h5py.File) -> None:
    file["fold_0/video_1/csnet/summary"] = np.ones(6)


@pytest.mark.parametrize(
    ("write", "said"),
    [
        (text, "expected an array of numbers"),
        (groups, "no scores: write an array"),
        (stray_in_a_fold, "expected an array of numbers"),
        (scorer_without_scores, "expected an array of numbers"),
        (lambda file: None, "no scores: write an array"),
    ],
)
def test_hdf5_of_another_form_is_refused_in_one_line(write, said, tmp_path) -> None:
    path = tmp_path / "mine.h5"
    with h5py.File(path, "w") as file:
        write(file)
    with pytest.raises(UserError, match=said) as refusal:
        ForeignScores(path)
    assert str(refusal.value).startswith(f"{path}: ")
    assert "\n" not in str(refusal.value)


def test_files_that_are_missing_or_no_hdf5_are_refused(tmp_path) -> None:
    with pytest.raises(UserError, match=r"none\.h5: no such file"):
        ForeignScores(tmp_path / "none.h5")
    (tmp_path / "mine.h5").write_text("video,pick,score\nvideo_1,0,0.5\n")
    with pytest.raises(UserError, match=r"mine\.h5: found no readable HDF5 file"):
        ForeignScores(tmp_path / "mine.h5")


def npy(shape: tuple[int, ...], descr: object = "<f8", data: bytes = b"") -> bytes:
    """An array as NumPy writes it, whose header says what it likes."""
    header = f"{{'descr': {descr!r}, 'fortran_order': False, 'shape': {shape!r}, }}\n".encode()
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header + data


def write_entries(path: Path, *entries: tuple[str, bytes]) -> Path:
    """An archive as `numpy.savez` makes it, of entries that it would not make."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries:
            archive.writestr(name, content)
    return path


def marked(path: Path, in_entry: int, in_directory: int, value: int) -> Path:
    """The archive of one entry with a number changed in both places that have it."""
    content = bytearray(write_entries(path, ("v.npy", npy((2,), data=bytes(16)))).read_bytes())
    struct.pack_into("<H", content, in_entry, value)
    struct.pack_into("<H", content, content.find(b"PK\x01\x02") + in_directory, value)
    path.write_bytes(content)
    return path


def pickled(path: Path) -> Path:
    np.savez(path, v=np.array([print, 1], dtype=object))
    return path


BAD_NPZ = {
    "more than any memory": (lambda path: write_entries(path, ("v.npy", npy((2**40,)))), "million"),
    "a bomb": (
        lambda path: write_entries(path, ("v.npy", npy((2**28,), "|b1", bytes(2**28)))),
        "more than 20 million scores",
    ),
    "a header without end": (
        lambda path: write_entries(path, ("v.npy", b"\x93NUMPY\x01\x00\x09\x00{(((((((\n")),
        "EOF",
    ),
    "times": (lambda path: write_entries(path, ("v.npy", npy((2,), "<M8[ns]", bytes(16)))), "no numbers"),
    "records": (
        lambda path: write_entries(path, ("v.npy", npy((2,), [("a", "<f8")], bytes(16)))),
        "no numbers",
    ),
    "no array": (lambda path: write_entries(path, ("v.txt", b"0.1")), "magic string"),
    "one name twice": (
        lambda path: write_entries(path, ("v.npy", npy((1,), data=bytes(8))), ("v", b"")),
        "'v' is there twice",
    ),
    "a pickle": (pickled, "Object arrays cannot be loaded"),
    "an encrypted entry": (lambda path: marked(path, 6, 8, 1), "encrypted"),
    "an unknown compression": (lambda path: marked(path, 8, 10, 99), "compression"),
    "what is no LZMA": (lambda path: marked(path, 8, 10, 14), "CRC"),
}


@pytest.mark.parametrize("case", BAD_NPZ)
def test_an_archive_of_another_form_is_refused_in_one_line_before_it_costs_memory(case, tmp_path) -> None:
    write, said = BAD_NPZ[case]
    path = write(tmp_path / "mine.npz")
    tracemalloc.start()
    with pytest.raises(UserError, match=said) as refusal:
        read_scores(path)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert str(refusal.value).startswith(f"{path}: not an archive of numpy.savez")
    assert "\n" not in str(refusal.value)
    assert len(str(refusal.value)) < 600
    assert peak < 50e6


BAD_TEXTS = {
    "a number of 4,300 digits": ("a.json", '{"v": [' + "1" * 4400 + "]}", "4300 digits"),
    "deep nesting": ("a.json", '{"v": ' + "[" * 200_000, "recursion"),
    "a video twice": ("a.json", '{"v": [0.1], "v": [0.2]}', "'v' is there twice"),
    "NaN": ("a.json", '{"v": [NaN, Infinity, 0.1]}', "v: 2 scores are not finite"),
    "a longer field than CSV has": ("a.csv", f'video,pick,score\nv,0,"{"1" * 200_000}"\n', "field limit"),
    "a long word": ("a.csv", f"video,pick,score\nv,0,{'x' * 100_000}\n", "line 2: not a CSV file"),
    "more than a number can be": (
        "a.csv",
        f"video,pick,score\nv,0,{'1' * 4400}\n",
        "1 scores are not finite",
    ),
}


@pytest.mark.parametrize("case", BAD_TEXTS)
def test_texts_that_no_scorer_writes_are_refused_in_one_short_line(case, tmp_path) -> None:
    name, content, said = BAD_TEXTS[case]
    path = tmp_path / name
    path.write_text(content)
    with pytest.raises(UserError, match=said) as refusal:
        ForeignScores(path)
    assert "\n" not in str(refusal.value)
    assert len(str(refusal.value)) < 600


def test_one_long_name_in_a_csv_does_not_cost_its_length_for_every_line(tmp_path) -> None:
    """As an array of texts, each as long as the longest, it would take 9.6 GB."""
    path = tmp_path / "mine.csv"
    path.write_text("video,pick,score\n" + "v" * 120_000 + ",0,0.5\n" + "v,0,0.1\n" * 20_000)
    tracemalloc.start()
    found = read_scores(path)["mine"]
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert [len(scored[None].scores) for scored in found.values()] == [1, 20_000]
    assert peak < 20e6


def virtual(file: h5py.File) -> None:
    layout = h5py.VirtualLayout(shape=(10,), dtype="f8")
    layout[:] = h5py.VirtualSource("nowhere.h5", "v", shape=(10,))
    file.create_virtual_dataset("v", layout)


def with_value(file: h5py.File, value: object) -> None:
    file["v"] = value


BAD_HDF5 = {
    "more than any memory": (
        lambda file: file.create_dataset("v", (10**11,), "f8", chunks=(1000,)),
        "more than 20 million scores",
    ),
    "never written": (lambda file: file.create_dataset("v", (10,), "f8"), "not all was written"),
    "never written in full": (
        lambda file: file.create_dataset("v", (10,), "f8", chunks=(5,)).write_direct(
            np.ones(5), dest_sel=np.s_[:5]
        ),
        "not all was written",
    ),
    "virtual": (virtual, "in other files"),
    "in another file": (
        lambda file: file.create_dataset("v", (10,), "f8", external=[("/etc/hostname", 0, 80)]),
        "in other files",
    ),
    "behind a link": (lambda file: with_value(file, h5py.ExternalLink("/dev/stdin", "/v")), ""),
    "nothing": (lambda file: with_value(file, h5py.Empty("f8")), ""),
    "a number of 5,000 digits": (
        lambda file: with_value(file.create_group(f"fold_{'9' * 5000}/v/s"), np.ones(3)),
        "",
    ),
}


@pytest.mark.parametrize("case", BAD_HDF5)
def test_hdf5_that_would_cost_memory_or_pass_for_zeros_is_refused(case, tmp_path) -> None:
    write, said = BAD_HDF5[case]
    path = tmp_path / "mine.h5"
    with h5py.File(path, "w") as file:
        write(file)
    with pytest.raises(UserError) as refusal:
        read_scores(path)
    assert said in str(refusal.value)
    assert "\n" not in str(refusal.value)
    assert len(str(refusal.value)) < 600
