"""`vsumlab extract`: a feature file of one's own videos."""

import json
import subprocess
import sys
from pathlib import Path

import h5py
import numpy as np
import pytest
from support.networks import SIZE, backbone, write_network
from support.videos import encode, encode_numbered

from vsumlab.data.feature_file.reader import VideoFile
from vsumlab.errors import UserError
from vsumlab.extract import extract_all, main
from vsumlab.video.features import extract_features
from vsumlab.video.source import SourceVideo


@pytest.fixture
def small(tmp_path: Path) -> list[str]:
    """Overrides that name a small network, by the configuration of a large one."""
    file = write_network(tmp_path / "small.onnx")
    values = {"name": "small", "file": file, "size": SIZE, "output": "out", "feature_dim": 5}
    return ["backbone=googlenet", *(f"backbone.{name}={value}" for name, value in values.items())]


@pytest.fixture
def clips(tmp_path: Path) -> Path:
    folder = tmp_path / "clips"
    folder.mkdir()
    rng = np.random.default_rng(0)
    for name in ("one", "two", "three"):
        scenes = rng.integers(0, 256, (6, 1, 1, 3), dtype=np.uint8)
        encode(folder / f"{name}.mp4", (np.broadcast_to(scenes[i // 20], (24, 32, 3)) for i in range(120)))
    return folder


def test_a_folder_of_videos_becomes_a_feature_file(
    tmp_path: Path, clips: Path, small: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    output = tmp_path / "clips.h5"
    assert extract_all([clips], output, small) == []
    found = VideoFile(output, evaluated=False)
    assert sorted(found.keys) == ["one", "three", "two"]
    assert found.backbone is not None
    assert found.backbone["name"] == "small"
    network = backbone(tmp_path / "small.onnx", mean=[104.0, 117.0, 123.0], scale=1.0, channels="bgr").load()
    expected = extract_features(SourceVideo(clips / "two.mp4"), network).features
    np.testing.assert_array_equal(found.features("two").features.numpy(), expected)
    said = capsys.readouterr().out.splitlines()
    assert said[-1] == f"{output}: 3 videos, features of small"
    assert "24 picks, " in said[0]
    assert "decoding " in said[0]


def test_what_is_done_is_not_done_again(
    tmp_path: Path, clips: Path, small: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    output = tmp_path / "clips.h5"
    extract_all([clips / "one.mp4"], output, small)
    seen = []
    from vsumlab import extract as door

    real = door.extract
    monkeypatch.setattr(door, "extract", lambda path, *rest: (seen.append(path.name), real(path, *rest))[1])
    extract_all([clips], output, small)
    assert sorted(seen) == ["three.mp4", "two.mp4"]
    assert len(VideoFile(output, evaluated=False)) == 3


def test_one_that_fails_does_not_stop_the_others(
    tmp_path: Path, clips: Path, small: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    (clips / "broken.mp4").write_bytes(b"nothing")
    failed = extract_all([clips, clips / "missing.mp4"], tmp_path / "clips.h5", small)
    assert len(failed) == 2
    assert len(VideoFile(tmp_path / "clips.h5", evaluated=False)) == 3
    said = capsys.readouterr().err.splitlines()
    assert [line.partition(": ")[2] for line in said] == failed
    with pytest.raises(UserError, match="not written, since none of the videos could be done"):
        extract_all([clips / "broken.mp4"], tmp_path / "other.h5", small)
    assert not (tmp_path / "other.h5").exists()


def test_people_make_a_test_set_of_it(
    tmp_path: Path, clips: Path, small: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    table = tmp_path / "people.csv"
    rows = [
        f"{video},{time},{who},{time % 3 + len(who)}"
        for video in ("one.mp4", "two", "three.mp4", "four.mp4")
        for time in range(12)
        for who in ("me", "you", "them")
    ]
    table.write_text("video,time,annotator,score\n" + "\n".join(rows))
    extract_all([clips], tmp_path / "clips.h5", small, table)
    assert VideoFile(tmp_path / "clips.h5")["two"].annotated.user_scores.shape == (3, 24)
    assert "people.csv: four.mp4: not among the videos" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["-o", "a.h5"], "name a video, or a folder of videos"),
        (["missing.mp4", "-o", "a.h5"], "missing.mp4: no such file"),
        (["missing.mp4", "-o", "a.h5", "backbone=gogglenet"], "gogglenet"),
        (["missing.mp4", "-o", "a.h5", "backbone=googlenet"], "backbone.file"),
        (["missing.mp4", "-o", "a.h5", "--scores", "none.csv"], "none.csv: cannot be read"),
    ],
)
def test_what_cannot_be_done_is_one_line_and_exit_code_2(
    tmp_path: Path,
    arguments: list[str],
    message: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "argv", ["vsumlab extract", *arguments])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 2
    assert message in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


def test_without_the_extra_it_says_what_to_install(tmp_path: Path) -> None:
    code = (
        "import runpy, sys; sys.modules['av'] = None; sys.argv = ['x', 'a.mp4']; "
        "runpy.run_module({!r}, run_name='__main__')"
    )
    for door in ("vsumlab.extract", "vsumlab.summarize"):
        done = subprocess.run(
            [sys.executable, "-c", code.format(door)], capture_output=True, text=True, cwd=tmp_path
        )
        assert done.returncode == 2
        assert done.stderr.strip() == "vsumlab: av is not installed: pip install 'vsumlab[video]'"


def test_the_network_is_on_record_in_the_file(tmp_path: Path, small: list[str]) -> None:
    encode_numbered(tmp_path / "a.mp4", 30)
    extract_all([tmp_path / "a.mp4"], tmp_path / "a.h5", small)
    with h5py.File(tmp_path / "a.h5") as file:
        said = json.loads(file.attrs["backbone"])
    assert said["name"] == "small"
    assert (said["channels"], said["mean"], said["size"]) == ("bgr", [104.0, 117.0, 123.0], SIZE)
    assert len(said["sha256"]) == 64
