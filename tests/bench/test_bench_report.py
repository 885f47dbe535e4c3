"""How quick a page of dozens of runs on hundreds of videos is to open, and one that shows many of them."""

import shutil
import subprocess
import time
from pathlib import Path
from statistics import median

import numpy as np
import pandas as pd
import pytest
from support import run_folders
from support.run_folders import made_run

from vsumlab.callbacks.video_plot import video_plot
from vsumlab.data.feature_file.reader import VideoFile
from vsumlab.methods.explanation import NOTHING
from vsumlab.plotting import svg
from vsumlab.report.page import html_report
from vsumlab.runs.folder import fold_folder, plot_path
from vsumlab.runs.reading import find_runs

CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")
RUNS, VIDEOS, MANY, EPOCHS, ROUNDS = 24, 200, 30, 20, 3
LOSSES = [f"train/{part}/loss_{i}" for part in ("summarizer", "decoder", "discriminator") for i in range(4)]


@pytest.fixture(scope="module")
def runs(demo_folder, tmp_path_factory) -> Path:
    """Runs that trained on two folds and drew every test video."""
    folder = tmp_path_factory.mktemp("runs")
    videos = VideoFile(demo_folder / "demo.h5")
    video = videos[videos.keys[0]]
    drawn = svg(video_plot(video, {"ours": np.linspace(0, 1, video.n_picks, dtype=np.float32)}, NOTHING))
    half = VIDEOS // 2
    by_fold = {fold: tuple(f"video_{fold * half + i}" for i in range(half)) for fold in (0, 1)}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(run_folders, "VIDEOS", by_fold)
        for number in range(RUNS):
            run = folder / str(number)
            made_run(run, {"ours": 0.3 + number / 100}, overrides=(f"x={number}",))
            for fold, keys in by_fold.items():
                own = fold_folder(run, fold)
                plot_path(own, "any").parent.mkdir(parents=True)
                for key in keys:
                    plot_path(own, key).write_bytes(drawn)
                values = np.random.default_rng(number).random((EPOCHS, len(LOSSES)))
                logged = pd.DataFrame(values, columns=LOSSES).rename_axis("epoch").reset_index()
                logged.to_csv(own / "metrics.csv", index=False)
    return folder


def seconds_to_show(page: Path) -> float:
    """From starting Chromium to a picture of the page's first screen."""
    flags = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking"]
    own = [f"--user-data-dir={page.parent}/profile", f"--screenshot={page.parent}/shown.png"]
    started = time.perf_counter()
    subprocess.run([CHROMIUM, *flags, *own, page.as_uri()], capture_output=True, timeout=300, check=True)
    took = time.perf_counter() - started
    assert (page.parent / "shown.png").stat().st_size > 0
    return took


@pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium")
def test_opening_a_page(benchmark, runs, tmp_path, capsys) -> None:
    found = find_runs([runs])
    chosen = {"three": [f"video_{i}" for i in range(3)], "many": [f"video_{i}" for i in range(MANY)]}
    pages = {name: tmp_path / f"{name}.html" for name in ("empty", *chosen)}
    pages["empty"].write_text("<!doctype html><title>empty</title>")
    for name, keys in chosen.items():
        started = time.perf_counter()
        pages[name].write_text(html_report(found, videos=keys))
        built = time.perf_counter() - started
    times: dict[str, list[float]] = {name: [] for name in pages}

    def open_each() -> None:
        for name, page in pages.items():
            times[name].append(seconds_to_show(page))

    benchmark.pedantic(open_each, rounds=ROUNDS)
    if benchmark.disabled:
        return
    empty, three, many = (median(times[name]) for name in pages)
    size = {name: page.stat().st_size / 1e6 for name, page in pages.items()}
    with capsys.disabled():
        print(
            f"\n{RUNS} runs on {VIDEOS} videos: built in {built:.0f} s; three videos shown: "
            f"{size['three']:.1f} MB, {three:.2f} s to see it; {MANY} videos shown: {size['many']:.1f} MB, "
            f"{many:.2f} s; an empty page {empty:.2f} s; over that {(many - empty) / (three - empty):.1f} "
            "times as fast"
        )
