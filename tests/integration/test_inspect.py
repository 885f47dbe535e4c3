"""What a feature file is said to hold, and what is said to be wrong with it."""

import shutil
import subprocess
import sys

import h5py
import numpy as np
import pytest

from vsumlab.data.feature_file.inspection import Use, inspect_file
from vsumlab.data.feature_file.reader import VideoFile
from vsumlab.errors import UserError
from vsumlab.inspect.__main__ import main


@pytest.fixture
def inspect(monkeypatch, capsys):
    """Runs the command line in this process; gives exit code, standard output and error."""

    def run(path):
        monkeypatch.setattr(sys, "argv", ["vsumlab.inspect", str(path)])
        try:
            main()
            code = 0
        except SystemExit as end:
            code = end.code
        out, err = capsys.readouterr()
        return code, out, err

    return run


def rows(out):
    """The cells of a table's lines by video, and the lines after it."""
    table = {line.split()[0]: line.split()[1:] for line in out.splitlines() if "video_" in line.split(":")[0]}
    return table, [line for line in out.splitlines() if ".h5: " in line]


def key_frames(i):
    """A video as OVP's file has it: nothing to evaluate with, but features and gtscore."""
    return {"user_summary": np.eye(5, 12), "user_scores": None, "change_points": None}


def test_a_good_file_in_a_line_a_video(inspect, video_file):
    path = video_file(changes={"video_2": {"user_scores": None}, "video_3": {"gtscore": None}})
    code, out, err = inspect(path)
    table, said = rows(out)
    assert (code, err) == (0, "")
    assert table["video_1"] == ["12", "8", "170", "4", "3", "25", "✓", "✓"]
    assert table["video_2"] == table["video_3"] == ["12", "8", "170", "4", "3", "25", "✓"]
    assert ["3", "videos", "36", "8", "510", "12", "3", "75", "2", "2", "0"] in [
        line.split() for line in out.splitlines()
    ]
    assert "features of float32" in out
    assert said == [f"{path}: can be trained on and evaluated"]
    assert max(map(len, out.splitlines())) <= 80 + len(str(path))


def test_a_video_of_a_single_shot_is_a_line_and_the_file_of_use(inspect, video_file):
    single = {"change_points": np.array([[0, 169]]), "n_frame_per_seg": None}
    path = video_file(changes={"video_2": single})
    code, out, err = inspect(path)
    table, (said, last) = rows(out)
    assert (code, err) == (0, "")
    assert table["video_2"] == ["12", "8", "170", "1", "3", "25", "✓", "✓", "1"]
    assert said.startswith(f"{path}: video_2: change_points: found a single shot, longer than the 25 frames")
    assert "its summary is empty whatever the scores, so F1 says nothing; cut the video into" in said
    assert last == f"{path}: can be trained on and evaluated"


def test_all_that_is_wrong_is_said_a_line_each(inspect, video_file, video_arrays):
    features = video_arrays(2)["features"].copy()
    features[3, 2] = np.nan
    path = video_file(
        n_videos=4,
        changes={
            "video_2": {"features": features, "user_summary": np.full((3, 170), 2), "n_steps": 99},
            "video_3": {"picks": None, "user_scores": np.ones((2, 12)), "gtscore": np.ones(3)},
        },
    )
    with h5py.File(path, "a") as file:
        file["notes"] = np.ones(3)
    code, out, err = inspect(path)
    table, said = rows(out)
    assert (code, err) == (2, "")
    expected = [
        "notes: found an array outside any video",
        "video_2: features: found 1 of 96 values not finite, first at pick 3",
        "video_2: user_summary: found the value 2",
        "video_3: gtscore: found 3 for 12 rows of features",
        "video_3: picks: found no such key",
        "video_3: user_scores: found shape (2, 12) for 3 annotators",
        "cannot be used until this is mended",
    ]
    assert len(said) == len(expected)
    for line, start in zip(said, expected, strict=True):
        assert line.startswith(f"{path}: {start}")
    assert table["video_1"] == table["video_4"] == ["12", "8", "170", "4", "3", "25", "✓", "✓"]
    assert table["video_2"] == ["170", "4", "25", "2"]
    assert table["video_3"] == ["12", "8", "170", "4", "3", "25", "3"]


def test_a_fault_is_said_as_the_reader_says_it(video_file, video_arrays):
    path = video_file(changes={"video_2": {"picks": video_arrays(2)["picks"][::-1]}})
    with pytest.raises(UserError) as refusal:
        VideoFile(path)
    (fault,) = inspect_file(path).videos[1].faults
    assert str(refusal.value) == f"{path}: video_2: {fault.text}"


def test_key_frame_summaries_are_to_train_on(inspect, video_file):
    path = video_file(changes={f"video_{i}": key_frames(i) for i in (1, 2, 3)})
    code, out, _ = inspect(path)
    (said,) = rows(out)[1]
    assert code == 0
    assert said.startswith(
        f"{path}: can be trained on, not evaluated: video_1: user_summary: found shape (5, 12)"
    )
    file = VideoFile(path, evaluated=False)
    assert file.labelled == {*file.keys}


def test_key_frames_as_long_as_the_video_are_to_train_on(inspect, video_file):
    single = np.zeros((5, 170))
    single[:, [10, 40, 99]] = 1
    path = video_file(changes={f"video_{i}": {"user_summary": single} for i in (1, 2, 3)})
    code, out, _ = inspect(path)
    assert code == 0
    assert "can be trained on, not evaluated: video_1: user_summary: found single key frames" in out


def test_quantized_features_alone_are_to_train_on(inspect, tmp_path):
    path = tmp_path / "youtube8m.h5"
    rng = np.random.default_rng(0)
    with h5py.File(path, "w") as file:
        file.attrs["quantized"] = True
        for i in range(4):
            file[f"ab{i}C/features"] = rng.integers(0, 256, (20 + i, 16), dtype=np.uint8)
    code, out, _ = inspect(path)
    assert code == 0
    assert f"{path}: can be trained on, not evaluated: ab0C: user_summary: found no such key" in out
    assert "uint8" in out
    assert "quantized" in out
    assert VideoFile(path, evaluated=False).feature_dim == 16


@pytest.mark.parametrize(
    ("changes", "use"),
    [
        ({}, Use.EVALUATION),
        ({"video_1": {"picks": None}}, Use.TRAINING_UNTIL_MENDED),
        ({f"video_{i}": {"picks": None} for i in (1, 2, 3)}, Use.TRAINING_UNTIL_MENDED),
        ({"video_1": key_frames(1)}, Use.TRAINING_UNTIL_MENDED),
        ({f"video_{i}": key_frames(i) for i in (1, 2, 3)}, Use.TRAINING),
        ({**{f"video_{i}": key_frames(i) for i in (1, 2)}, "video_3": {"features": None}}, Use.NONE),
        ({"video_2": {"gtscore": np.full(12, np.nan)}}, Use.NONE),
        ({"video_2": {"features": np.ones((12, 9))}}, Use.NONE),
    ],
)
def test_the_reader_takes_a_file_for_what_it_is_said_to_be_of_use(changes, use, inspect, video_file):
    path = video_file(changes=changes)
    assert inspect_file(path).use is use
    assert inspect(path)[0] == (0 if use in (Use.EVALUATION, Use.TRAINING) else 2)
    for evaluated, good in ((True, use is Use.EVALUATION), (False, use is not Use.NONE)):
        try:
            VideoFile(path, evaluated=evaluated)
            assert good
        except UserError:
            assert not good


def test_other_dimensions_and_the_same_video_twice_are_said(inspect, video_file, video_arrays):
    same = video_arrays(1)["features"].astype(np.float16).astype(np.float64)
    path = video_file(4, changes={"video_2": {"features": same}, "video_4": {"features": np.ones((12, 9))}})
    with h5py.File(path, "a") as file:
        file["video_1/features"][...] = same
    code, out, _ = inspect(path)
    said = rows(out)[1]
    assert code == 2
    assert said[0].startswith(f"{path}: video_2: found the features of video_1")
    assert said[1].startswith(f"{path}: video_4: features: found 9 dimensions; expected 8 as in video_1")
    assert len(said) == 3


def test_a_video_that_cannot_be_read_is_not_the_end(inspect, video_file):
    path = video_file()
    with h5py.File(path, "a") as file:
        del file["video_2"]
        file["video_2"] = h5py.SoftLink("/nowhere")
    code, out, _ = inspect(path)
    table, said = rows(out)
    assert code == 2
    assert len(table["video_3"]) == 8
    assert said[0].startswith(f"{path}: video_2: found what cannot be read")
    assert said[1] == f"{path}: cannot be used until this is mended"


@pytest.mark.parametrize(
    "content", [b"", b"<html>404</html>", b"\x89HDF\r\n\x1a\n" + bytes(99)], ids=["empty", "page", "cut"]
)
def test_a_foreign_file_is_one_line(content, inspect, tmp_path):
    path = tmp_path / "foreign.h5"
    path.write_bytes(content)
    code, out, err = inspect(path)
    assert (code, out) == (2, "")
    assert err.startswith(f"vsumlab: {path}: found no readable HDF5 file")
    assert err.count("\n") == 1


def test_files_without_videos(inspect, tmp_path):
    path = tmp_path / "some.h5"
    assert inspect(path)[::2] == (
        2,
        f"vsumlab: {path}: no such file; give the path of an HDF5 feature file\n",
    )
    assert inspect(tmp_path)[0] == 2
    with h5py.File(path, "w") as file:
        pass
    code, _, err = inspect(path)
    assert code == 2
    assert "found no videos" in err
    with h5py.File(path, "w") as file:
        file["features"] = np.ones((4, 4))
    code, out, _ = inspect(path)
    assert code == 2
    assert f"{path}: features: found an array outside any video" in out


def test_as_a_command(video_file, tmp_path):
    path = shutil.copy(video_file(), tmp_path / "mine.h5")
    command = [sys.executable, "-m", "vsumlab.inspect", str(path)]
    ended = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=False)
    assert (ended.returncode, ended.stderr) == (0, "")
    assert ended.stdout.splitlines()[-1] == f"{path}: can be trained on and evaluated"


@pytest.mark.data
def test_real_tvsum(inspect, real_data):
    code, out, _ = inspect(real_data / "tvsum.h5")
    table, said = rows(out)
    assert code == 0
    assert table["video_1"] == ["707", "1024", "10597", "37", "20", "1589", "✓", "✓"]
    assert ["50", "videos"] in [line.split()[:2] for line in out.splitlines()]
    assert said == [f"{real_data / 'tvsum.h5'}: can be trained on and evaluated"]


@pytest.mark.data
def test_a_real_file_of_another_kind(inspect, real_data):
    code, out, err = inspect(real_data / "ydata-tvsum50.mat")
    assert (code, err) == (2, "")
    assert "tvsum50: features: found no such key" in out


def test_names_of_videos_are_shown_as_they_are_and_do_nothing(inspect, video_file, monkeypatch):
    """Escape sequences, a table's styles and a page's tags are text; a long name leaves room for numbers."""
    monkeypatch.setenv("COLUMNS", "200")
    path = video_file(4)
    names = ["a\x1b[2J\nb", "[red]x", "<script>alert(1)", "x" * 30_000]
    with h5py.File(path, "a") as file:
        for number, name in enumerate(names, 1):
            file.move(f"video_{number}", name)
        del file[names[0]]["picks"]
    code, out, err = inspect(path)
    assert (code, err) == (2, "")
    assert out.replace("\n", "").isprintable()
    for name in (r"a\x1b[2J\nb", "[red]x", "<script>alert(1)"):
        assert any(line.split()[:3] == [name, "12", "8"] for line in out.splitlines()), name
    assert max(map(len, out.splitlines())) < 3000
    assert rf"{path}: a\x1b[2J\nb: picks: found no such key" in out


def test_a_name_that_is_no_text_is_said_in_one_printable_line(inspect, video_file):
    path = video_file(1)
    with h5py.File(path, "a") as file:
        file.create_group(b"caf\xff\x1b[2J")
    code, out, _ = inspect(path)
    assert code == 2
    assert out.replace("\n", "").isprintable()
    assert "found what cannot be read" in out
