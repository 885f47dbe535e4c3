"""Small feature files in the field's schema, and the folder of real ones."""

import logging
import os
import sys

if "--benchmark-only" not in sys.argv:
    # small tensors gain nothing by a second thread, and processes next to each other lose much by it
    os.environ.setdefault("OMP_NUM_THREADS", "1")  # read when torch is imported

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest
from hydra.core.global_hydra import GlobalHydra
from hydra.core.hydra_config import HydraConfig
from omegaconf import DictConfig

from vsumlab.config import compose_config
from vsumlab.data.demo.generator import write_demo

Arrays = dict[str, Any]

N_PICKS, N_FRAMES, N_USERS, DIM = 12, 170, 3, 8


def good_video(seed: int) -> Arrays:
    """All keys of the schema, with picks every 15 frames and four shots, of which a summary has one."""
    rng = np.random.default_rng(seed)
    ends = np.array([20, 40, 120, N_FRAMES])
    shots = np.stack([np.r_[0, ends[:-1]], ends - 1], axis=1)
    gtscore = rng.random(N_PICKS, dtype=np.float32)
    return {
        "features": rng.random((N_PICKS, DIM), dtype=np.float32),
        "picks": np.arange(N_PICKS, dtype=np.int32) * 15,
        "n_frames": N_FRAMES,
        "n_steps": N_PICKS,
        "fps": 30.0,
        "change_points": shots.astype(np.int32),
        "n_frame_per_seg": np.diff(shots, axis=1)[:, 0] + 1,
        "user_summary": rng.integers(0, 2, (N_USERS, N_FRAMES), dtype=np.uint8),
        "user_scores": rng.integers(1, 6, (N_USERS, N_PICKS), dtype=np.uint8),
        "gtscore": gtscore,
        "gtsummary": (gtscore > 0.5).astype(np.uint8),
        "video_name": f"name {seed}",
    }


@pytest.fixture(autouse=True)
def logging_as_before() -> Iterator[None]:
    """Takes away what a command that ran in this process logs to, which is a test's own captured stream."""
    before = [*logging.root.handlers]
    yield
    logging.root.handlers[:] = [handler for handler in logging.root.handlers if handler in before]


@pytest.fixture(autouse=True)
def no_hydra() -> None:
    """No test finds what Hydra has kept of another one's command."""
    GlobalHydra.instance().clear()
    HydraConfig.instance().cfg = None


@pytest.fixture
def video_arrays() -> Callable[[int], Arrays]:
    """The arrays of a good video by its number."""
    return good_video


def write_videos(path: Path, n_videos: int, changes: Mapping[str, Mapping[str, Any]]) -> Path:
    """Writes `video_1` .. `video_n` to a file, as `video_file` says."""
    with h5py.File(path, "w") as file:
        for i in range(1, n_videos + 1):
            key = f"video_{i}"
            group = file.create_group(key)
            for entry, value in (good_video(i) | dict(changes.get(key, {}))).items():
                if value is not None:
                    group[entry] = value
    return path


@pytest.fixture
def video_file(tmp_path: Path) -> Callable[..., Path]:
    """Writes `video_1` .. `video_n` to a file; `changes` replaces a video's keys, or removes them by None."""

    def write(
        n_videos: int = 3, changes: Mapping[str, Mapping[str, Any]] | None = None, name: str = "videos.h5"
    ) -> Path:
        return write_videos(tmp_path / name, n_videos, changes or {})

    return write


@pytest.fixture(scope="session")
def tiny_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Ten videos that are trained on and scored in no time; not to be written to.

    Their shots are short enough to be selected, so that F1 differs.
    """
    begins = np.arange(0, N_FRAMES, 10)
    lengths = np.full(len(begins), 10)
    shots = {"change_points": np.stack([begins, begins + 9], axis=1), "n_frame_per_seg": lengths}
    changes = {f"video_{i}": shots for i in range(1, 11)}
    return write_videos(tmp_path_factory.mktemp("tiny") / "videos.h5", 10, changes)


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The folder of real data, named by VSUMLAB_DATA."""
    folder = os.environ.get("VSUMLAB_DATA")
    if not folder:
        pytest.skip("VSUMLAB_DATA does not name the folder of real data")
    return Path(folder)


@pytest.fixture(scope="session")
def demo_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that holds the demo dataset."""
    folder = tmp_path_factory.mktemp("data")
    write_demo(folder / "demo.h5")
    return folder


@pytest.fixture(scope="session")
def composed(demo_folder: Path) -> Callable[..., DictConfig]:
    """Composes a run's configuration, on the demo data unless overridden."""

    def compose(*overrides: str, run: Path | str = "unused") -> DictConfig:
        return compose_config([f"paths.data={demo_folder}", f"paths.run={run}", *overrides])

    return compose
