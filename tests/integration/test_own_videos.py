"""From a folder of one's own videos to a trained method, and by it to a summary."""

import subprocess
import sys
from pathlib import Path

import h5py
import numpy as np
import pandas as pd
import pytest
import torch
from support.networks import SIZE, write_network
from support.runs import record
from support.videos import encode

import vsumlab
from vsumlab.core.video import Timing
from vsumlab.data.feature_file.reader import VideoFile

OTHERS = """\
# @package setting
others:
  clips: clips.h5
"""
DATA = """\
_target_: vsumlab.data.dataset.Dataset
name: mine
folder: ${paths.data}
file: mine.h5
"""


def vsum(folder: Path, command: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    words = [sys.executable, "-m", f"vsumlab.{command}", *arguments]
    return subprocess.run(words, cwd=folder, capture_output=True, text=True)


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    file = write_network(tmp_path_factory.mktemp("network") / "small.onnx")
    values = {"name": "small", "file": file, "size": SIZE, "output": "out", "feature_dim": 5}
    return ["backbone=googlenet", *(f"backbone.{name}={value}" for name, value in values.items())]


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory, small: list[str]) -> Path:
    """A folder of films, their feature files, and a run: trained on most films, tested on annotated ones."""
    folder = tmp_path_factory.mktemp("own")
    rng = np.random.default_rng(0)
    for i in range(8):
        (folder / ("clips" if i < 5 else "tests")).mkdir(exist_ok=True)
        scenes = rng.integers(0, 256, (12, 1, 1, 3), dtype=np.uint8)
        film = (np.broadcast_to(scenes[j // 15], (24, 32, 3)) for j in range(180))
        encode(folder / ("clips" if i < 5 else "tests") / f"film_{i}.mp4", film)
    rows = [
        f"film_{i}.mp4,{time},{who},{rng.integers(1, 6)}"
        for i in (5, 6, 7)
        for time in range(18)
        for who in "ab"
    ]
    (folder / "people.csv").write_text("video,time,annotator,score\n" + "\n".join(rows))
    (folder / "conf" / "data").mkdir(parents=True)
    (folder / "conf" / "data" / "mine.yaml").write_text(DATA)
    (folder / "conf" / "setting" / "others").mkdir(parents=True)
    (folder / "conf" / "setting" / "others" / "mine.yaml").write_text(OTHERS)
    (folder / "data").mkdir()
    for arguments in (
        ("extract", "clips", "-o", "data/clips.h5", *small),
        ("extract", "tests", "-o", "data/mine.h5", "--scores", "people.csv", *small),
        (
            "run",
            "--config-dir",
            "conf",
            "experiment=csnet_transfer",
            "data=mine",
            "debug=smoke",
            "method.hidden_size=8",
            "random_draws=5",
            "hydra.run.dir=runs/own",
        ),
    ):
        done = vsum(folder, *arguments)
        assert done.returncode == 0, done.stderr
    return folder


def test_a_folder_of_videos_is_trained_on_and_the_network_is_on_record(trained: Path) -> None:
    run = trained / "runs" / "own"
    assert record(run)["backbone"]["name"] == "small"
    assert vsumlab.load(run, fold=0).backbone == VideoFile(trained / "data" / "mine.h5").backbone


def test_a_run_scores_a_video_by_its_own_backbone(trained: Path, small: list[str]) -> None:
    """What the summary says is what the method makes of the features that `extract` writes."""
    done = vsum(trained, "summarize", "tests/film_6.mp4", "--run", "runs/own", "--budget", "30%", *small)
    assert done.returncode == 0, done.stderr
    assert "scored by csnet, fold 0 of runs/own" in done.stdout
    found = pd.read_csv(trained / "summaries" / "film_6" / "scores.csv")
    method = vsumlab.load(trained / "runs" / "own", fold=0)
    with h5py.File(trained / "data" / "mine.h5") as file:
        scores = method.score(file["film_6/features"][()])
    np.testing.assert_allclose(found["importance"], scores, atol=1e-5)
    assert 0 < found["selected"].mean() <= 0.31


def test_another_backbone_is_refused_by_name(trained: Path) -> None:
    for overrides in ([], ["backbone=efficientnet_lite0"]):
        done = vsum(trained, "summarize", "tests/film_6.mp4", "--run", "runs/own", *overrides)
        assert done.returncode == 2
        assert "small" in done.stderr
        assert done.stderr.count("\n") == 1


def test_features_of_two_networks_are_never_trained_on_together(trained: Path, tmp_path: Path) -> None:
    other = write_network(tmp_path / "other.onnx")
    values = {"name": "other", "file": other, "size": SIZE, "output": "out", "feature_dim": 5}
    overrides = ["backbone=googlenet", *(f"backbone.{name}={value}" for name, value in values.items())]
    assert vsum(trained, "extract", "clips", "-o", "data/other.h5", *overrides).returncode == 0
    run = ("run", "--config-dir", "conf", "experiment=csnet_transfer", "data=mine")
    done = vsum(trained, *run, "setting.others.clips=other.h5", "debug=smoke")
    assert done.returncode == 2
    assert "other.h5: features of other (" in done.stderr
    done = vsum(trained, "extract", "clips", "-o", "data/clips.h5", *overrides)
    assert done.returncode == 2
    assert "has features of small (" in done.stderr


@pytest.mark.data
def test_the_default_backbone_is_that_of_the_real_file_and_its_direction_scores(
    real_data: Path, tmp_path: Path
) -> None:
    """By the recipe of `tvsum_efficientnet.h5`: 224 x 224, RGB, (x - 127) / 128, the package's weights."""
    import av
    from PIL import Image

    from vsumlab.video.efficientnet_lite0 import LastConvolution

    network = LastConvolution()
    for name in ("big_buck_bunny_0_30.webm", "one-by-one-person-detection.mp4"):
        video = real_data / "videos" / name
        assert vsum(tmp_path, "extract", str(video), "-o", "own.h5").returncode == 0
        with h5py.File(tmp_path / "own.h5") as file:
            group = file[video.stem]
            features, picks, fps = group["features"][()], group["picks"][()], group["fps"][()]
        chosen = picks[:: max(1, len(picks) // 12)]
        with av.open(str(video)) as container:
            frames = [frame.to_image() for i, frame in enumerate(container.decode(video=0)) if i in chosen]
        small = np.stack(
            [np.asarray(frame.resize((224, 224), Image.Resampling.BILINEAR)) for frame in frames]
        )
        with torch.no_grad():
            fed = torch.from_numpy((small.astype(np.float32) - 127) / 128).permute(0, 3, 1, 2)
            expected = torch.nn.functional.normalize(network(fed), dim=1).numpy()
        likeness = (features[np.isin(picks, chosen)] * expected).sum(axis=1)
        assert likeness.min() > 0.99, likeness
        assert np.allclose(picks / fps, np.arange(len(picks)) / 2, atol=0.5 / fps)
        method = ready_method()
        done = vsum(tmp_path, "summarize", str(video))
        assert done.returncode == 0, done.stderr
        found = pd.read_csv(tmp_path / "summaries" / video.stem / "scores.csv")
        timing = Timing(2.0, torch.tensor(found["shot"].tolist()))
        np.testing.assert_allclose(found["importance"], method.score(features, timing), atol=1e-4)
        assert (tmp_path / "summaries" / video.stem / "summary.mp4").stat().st_size > 10_000


def ready_method():
    from vsumlab.video.efficientnet_lite0 import EfficientNetLite0
    from vsumlab.video.scorers import ready_made

    return ready_made(EfficientNetLite0()).method
