"""`vsumlab summarize`: a folder for each video, with a page to look at."""

import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from support.networks import SIZE, write_network
from support.videos import encode

from vsumlab import summarize as door
from vsumlab.errors import UserError
from vsumlab.names import file_name
from vsumlab.summarize import main, summarize_all, with_backbone
from vsumlab.video.budget import Budget
from vsumlab.video.source import SourceVideo

FILES = ["scores.csv", "storyboard.png", "summary.html", "summary.mp4"]


@pytest.fixture
def small(tmp_path: Path) -> list[str]:
    file = write_network(tmp_path / "small.onnx")
    values = {"name": "small", "file": file, "size": SIZE, "output": "out", "feature_dim": 5}
    return ["backbone=googlenet", *(f"backbone.{name}={value}" for name, value in values.items())]


def film(path: Path, seed: int = 0, **options: object) -> Path:
    scenes = np.random.default_rng(seed).integers(0, 256, (10, 1, 1, 3), dtype=np.uint8)
    return encode(path, (np.broadcast_to(scenes[i // 20], (24, 32, 3)) for i in range(200)), **options)


def test_each_video_has_a_folder_of_its_own_and_one_that_fails_stops_no_other(
    tmp_path: Path, small: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "films"
    folder.mkdir()
    hostile = "<script>alert('\"')</script>".replace("/", "")
    for seed, name in enumerate(("one", "it's two", hostile)):
        film(folder / f"{name}.mp4", seed, tone=440.0)
    (folder / "broken.mp4").write_bytes(b"nothing")
    failed = summarize_all([folder], tmp_path / "out", small)
    assert [line.split(": ")[0] for line in failed] == [str(folder / "broken.mp4")]
    made = sorted(path.name for path in (tmp_path / "out").iterdir())
    written = file_name(hostile)
    assert made == sorted(["one", "it's two", written])
    for name in made:
        assert sorted(path.name for path in (tmp_path / "out" / name).iterdir()) == FILES
    clips = SourceVideo(tmp_path / "out" / "one" / "summary.mp4")
    assert clips.has_sound
    assert 0 < clips.stated_duration <= 3.05
    assert "<script>alert" not in (tmp_path / "out" / written / "summary.html").read_text()
    said = capsys.readouterr()
    assert said.out.startswith("scored by the contrastive criteria of small, without training\n")
    assert "network " in said.out
    assert "broken.mp4: no video, or a damaged one" in said.err


def test_the_summary_is_within_the_budget(tmp_path: Path, small: list[str]) -> None:
    film(tmp_path / "a.mp4")
    for budget, most in ((None, 3.0), (Budget.parse("6s"), 6.0), (Budget.parse("50%"), 10.0)):
        summarize_all([tmp_path / "a.mp4"], tmp_path / "out", small, budget=budget)
        table = pd.read_csv(tmp_path / "out" / "a" / "scores.csv")
        assert 0 < table["selected"].sum() / 2 <= most
        assert SourceVideo(tmp_path / "out" / "a" / "summary.mp4").stated_duration <= most + 0.05


def test_one_that_breaks_off_is_summarised_as_far_as_it_goes(
    tmp_path: Path, small: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    path = film(tmp_path / "a.webm", codec="libvpx")
    path.write_bytes(path.read_bytes()[: path.stat().st_size * 2 // 3])
    assert summarize_all([path], tmp_path / "out", small) == []
    assert "a.webm: The file breaks off: there are " in capsys.readouterr().err
    assert "The file breaks off" in (tmp_path / "out" / "a" / "summary.html").read_text()


def test_a_run_brings_its_own_backbone() -> None:
    trained_on = {"name": "efficientnet_lite0", "sha256": "ab"}
    assert with_backbone([], trained_on) == ["backbone=efficientnet_lite0"]
    assert with_backbone(["backbone=googlenet"], trained_on) == ["backbone=googlenet"]
    assert with_backbone([], None) == []


def test_the_folder_of_no_run_is_refused(tmp_path: Path, small: list[str]) -> None:
    with pytest.raises(UserError, match="holds no finished fold"):
        summarize_all([film(tmp_path / "a.mp4")], tmp_path / "out", small, run=tmp_path)
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "name a video, or a folder of videos"),
        (["a.mp4", "--budget", "much"], "--budget much: expected a share"),
        (["a.mp4", "--run", "nowhere"], "nowhere: holds no finished fold"),
        (["a.mp4", "--fold", "2"], "--fold: is of a run: name it with --run"),
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
    monkeypatch.setattr(sys, "argv", ["vsumlab summarize", *arguments])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 2
    assert message in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


def test_interrupted_it_leaves_nothing_half_written(
    tmp_path: Path, small: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    film(tmp_path / "a.mp4")

    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("vsumlab.video.output.storyboard", interrupted)
    arguments = ["vsumlab summarize", str(tmp_path / "a.mp4"), "-o", str(tmp_path / "out"), *small]
    monkeypatch.setattr(sys, "argv", arguments)
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 130
    assert list((tmp_path / "out").iterdir()) == []
    assert door.PAGE == "summary.html"
