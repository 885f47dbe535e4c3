"""Directions that ship: what they are, where they come from, and what is refused."""

import hashlib
import importlib.util
import json
import re

import numpy as np
import pytest
import torch
from support import PROJECT
from support.methods import made_method
from support.training import fit, made_data, quiet_trainer

from vsumlab.data.feature_file.reader import VideoFile
from vsumlab.errors import UserError
from vsumlab.methods.consensus.directions import FOLDER, load_direction, shipped


@pytest.mark.parametrize("name", shipped())
def test_what_ships_says_what_it_was_made_from(name) -> None:
    provenance = json.loads((FOLDER / f"{name}.json").read_text())
    file = FOLDER / f"{name}.npy"
    assert provenance["direction"]["sha256"] == hashlib.sha256(file.read_bytes()).hexdigest()
    assert re.fullmatch("[0-9a-f]{64}", provenance["features"]["sha256"])
    assert re.fullmatch("[0-9a-f]{40}", provenance["commit"])
    assert provenance["uncommitted code"] is None
    assert len(provenance["videos"]) >= 40
    assert file.stat().st_size < 10_000
    assert load_direction(name, len(np.load(file))).abs().sum() > 0


def test_a_direction_scores_a_video_without_training(video_file, tmp_path) -> None:
    path = video_file(n_videos=6)
    trained = made_method("method=consensus", "method.uniqueness_weight=0", feature_dim=8)
    fit(trained, made_data(path, n_folds=3))
    np.save(tmp_path / "mine.npy", trained.direction.detach().numpy())
    method = made_method("method=consensus", f"method.direction={tmp_path / 'mine.npy'}", feature_dim=8)
    assert not method.learns
    video = VideoFile(path)["video_1"]
    scores = method.score(video.features, video.timing)
    torch.testing.assert_close(scores, trained.eval().score(video.features, video.timing))

    trainer = quiet_trainer()
    trainer.strategy.connect(method)
    trainer.save_checkpoint(tmp_path / "kept.ckpt", weights_only=True)
    (tmp_path / "mine.npy").unlink()
    loaded = type(method).load_from_checkpoint(tmp_path / "kept.ckpt", map_location="cpu").eval()
    torch.testing.assert_close(loaded.score(video.features, video.timing), scores, atol=0, rtol=0)


def test_what_is_made_of_a_file_is_the_direction_of_all_its_videos(video_file, tmp_path) -> None:
    file = PROJECT / "experiments" / "consensus" / "direction.py"
    spec = importlib.util.spec_from_file_location("direction", file)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    path = video_file(n_videos=4)
    module.make(path, "mine", tmp_path)
    method = made_method("method=consensus", feature_dim=8)
    data = made_data(path, n_folds=2)
    data.setup()
    data.fold = module.AllVideos("all").folds(data.dataset, data.pool)[0]
    fit(method, data)
    np.testing.assert_allclose(np.load(tmp_path / "mine.npy"), method.direction.detach(), atol=1e-7)
    provenance = json.loads((tmp_path / "mine.json").read_text())
    assert provenance["features"] == {
        "file": path.name,
        "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
    }
    assert provenance["videos"] == ["video_1", "video_2", "video_3", "video_4"]


@pytest.mark.parametrize(
    ("numbers", "says"),
    [
        (None, "no such direction: expected "),
        (np.zeros(9), r"found float64 of shape \(9,\): expected 8 finite numbers"),
        (np.zeros((8, 1)), r"shape \(8, 1\)"),
        (np.full(8, np.nan), "expected 8 finite numbers"),
        (np.arange(8), "found int64"),
    ],
)
def test_what_is_no_direction_is_refused_in_a_line(numbers, says, tmp_path) -> None:
    file = tmp_path / "mine.npy"
    if numbers is not None:
        np.save(file, numbers)
    with pytest.raises(UserError, match=says) as error:
        load_direction(str(file), 8)
    assert "\n" not in str(error.value)
    file.write_text("no array")
    with pytest.raises(UserError, match="no such direction"):
        load_direction(str(file), 8)


def test_a_direction_on_another_run_is_refused() -> None:
    with pytest.raises(UserError, match=r"^method\.direction and method\.base: "):
        made_method("method=consensus", "method.direction=mine.npy", "method.base=run")
    alone = ("method.rarity_weight=0", "method.edge_weight=0")  # uniqueness, which there is none of then
    with pytest.raises(UserError, match="all are 0"):
        made_method("method=consensus", "method.direction=efficientnet_lite0", *alone, feature_dim=1280)
