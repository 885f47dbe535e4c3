"""Small feature files in the field's schema, and the folder of real ones."""

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest

Arrays = dict[str, Any]

N_PICKS, N_FRAMES, N_USERS, DIM = 12, 170, 3, 8


def good_video(seed: int) -> Arrays:
    """All keys of the schema, with picks every 15 frames and four shots."""
    rng = np.random.default_rng(seed)
    ends = np.array([40, 87, 120, N_FRAMES])
    shots = np.stack([np.r_[0, ends[:-1]], ends - 1], axis=1)
    gtscore = rng.random(N_PICKS, dtype=np.float32)
    return {
        "features": rng.random((N_PICKS, DIM), dtype=np.float32),
        "picks": np.arange(N_PICKS, dtype=np.int32) * 15,
        "n_frames": N_FRAMES,
        "n_steps": N_PICKS,
        "change_points": shots.astype(np.int32),
        "n_frame_per_seg": np.diff(shots, axis=1)[:, 0] + 1,
        "user_summary": rng.integers(0, 2, (N_USERS, N_FRAMES), dtype=np.uint8),
        "user_scores": rng.integers(1, 6, (N_USERS, N_PICKS), dtype=np.uint8),
        "gtscore": gtscore,
        "gtsummary": (gtscore > 0.5).astype(np.uint8),
        "video_name": f"name {seed}",
    }


@pytest.fixture
def video_arrays() -> Callable[[int], Arrays]:
    """The arrays of a good video by its number."""
    return good_video


@pytest.fixture
def video_file(tmp_path: Path) -> Callable[..., Path]:
    """Writes `video_1` .. `video_n` to a file; `changes` replaces a video's keys, or removes them by None."""

    def write(
        n_videos: int = 3, changes: Mapping[str, Mapping[str, Any]] | None = None, name: str = "videos.h5"
    ) -> Path:
        path = tmp_path / name
        with h5py.File(path, "w") as file:
            for i in range(1, n_videos + 1):
                key = f"video_{i}"
                group = file.create_group(key)
                for entry, value in (good_video(i) | dict((changes or {}).get(key, {}))).items():
                    if value is not None:
                        group[entry] = value
        return path

    return write


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
    from vsumlab.data.demo import write_demo

    folder = tmp_path_factory.mktemp("data")
    write_demo(folder / "demo.h5")
    return folder


@pytest.fixture(scope="session")
def composed(demo_folder: Path) -> Callable[..., Any]:
    """Composes a run's configuration, on the demo data unless overridden."""
    from hydra import compose, initialize_config_dir
    from hydra.core.hydra_config import HydraConfig
    from omegaconf import open_dict

    from vsumlab.config import find_conf

    def make(*overrides: str, run: Path | str = "unused") -> Any:
        with initialize_config_dir(str(find_conf()), version_base="1.3"):
            config = compose(
                "config",
                [f"paths.data={demo_folder}", f"paths.run={run}", *overrides],
                return_hydra_config=True,
            )
        HydraConfig.instance().set_config(config)
        with open_dict(config):
            del config["hydra"]
        return config

    return make
