"""Two processes that share a batch train every method as one process with the whole batch does."""

from typing import Any

import pytest
import torch
from support.methods import METHOD_FILES, made_method
from support.together import train_all

LEARNERS = [name for name in METHOD_FILES if made_method(f"method={name}").learns]
LONGEST = 12
N_STEPS = 10
"""Two epochs of ten videos, two a step."""


@pytest.fixture(scope="module")
def trainings(tmp_path_factory) -> tuple[dict[str, Any], dict[str, Any]]:
    """By one process, two videos a step; by two processes, a video a step each."""
    from conftest import good_video, write_videos

    folder, changes = tmp_path_factory.mktemp("together"), {}
    for number in range(1, 21):  # of five lengths, so that batches are padded
        n_picks, video = LONGEST - number % 5, good_video(number)
        cut = {name: video[name][:n_picks] for name in ("features", "picks", "gtscore", "gtsummary")}
        scores = video["user_scores"][:, :n_picks]
        changes[f"video_{number}"] = cut | {"n_steps": n_picks, "user_scores": scores}
    file = write_videos(folder / "videos.h5", 20, changes)
    alone = train_all(file, folder / "alone.pt", n_processes=1, batch_size=2)
    return alone, train_all(file, folder / "shared.pt", n_processes=2, batch_size=1)


@pytest.mark.parametrize("name", LEARNERS)
def test_two_processes_train_as_one(name, trainings) -> None:
    alone, shared = (training[name] for training in trainings)
    assert len(alone["losses"]) == 2
    for one, other in zip(alone["losses"], shared["losses"], strict=True):
        assert one.keys() == other.keys()
        for loss, value in one.items():
            assert other[loss] == pytest.approx(value, rel=1e-5, abs=1e-5), loss
    assert alone["weights"].keys() == shared["weights"].keys()
    for parameter, value in alone["weights"].items():
        torch.testing.assert_close(shared["weights"][parameter], value, rtol=0, atol=1e-5, msg=parameter)


@pytest.mark.parametrize("name", LEARNERS)
def test_they_make_as_many_steps(name, trainings) -> None:
    alone, shared = (training[name] for training in trainings)
    assert shared["steps"] == alone["steps"]
    assert alone["steps"] % N_STEPS == 0
