"""Key frames against plain loops over each video's frames."""

import numpy as np
import pytest
import torch
from support.padded import each

from vsumlab.methods.common.keyframes import top_frames, top_indices, top_of_each_run


def plain_top(scores: np.ndarray, share: float) -> list[int]:
    """The frames of the highest scores; of more equal ones than are wanted those nearest to even steps."""
    wanted = max(1, min(round(share * len(scores)), len(scores) - 1))
    chosen: list[int] = []
    for score in sorted({*scores.tolist()}, reverse=True):
        tied = [t for t, other in enumerate(scores.tolist()) if other == score]
        more = min(wanted - len(chosen), len(tied))
        chosen += evenly(tied, more)
    return sorted(chosen)


def evenly(frames: list[int], wanted: int) -> list[int]:
    """Walks along the frames and takes one whenever its share of them is due, the first after half a step."""
    found, due = [], len(frames) // 2
    for frame in frames:
        due += wanted
        if due >= len(frames):
            due -= len(frames)
            found.append(frame)
    return found


def plain_runs(scores: np.ndarray, share: float) -> list[int]:
    runs: list[list[int]] = []
    for frame in plain_top(scores, share):
        if runs and runs[-1][-1] == frame - 1:
            runs[-1].append(frame)
        else:
            runs.append([frame])
    best = [[t for t in run if scores[t] == max(scores[run])] for run in runs]
    return [frames[(len(frames) - 1) // 2] for frames in best]


@pytest.mark.parametrize("share", [0.01, 0.3, 0.6, 1.0])
@pytest.mark.parametrize("levels", [2, 3, 1000])
@pytest.mark.parametrize(("ours", "plain"), [(top_frames, plain_top), (top_of_each_run, plain_runs)])
def test_keyframes_are_those_of_a_plain_loop(scores, mask, share, levels, ours, plain) -> None:
    scores = (scores * levels).floor() / levels  # with few levels there are many equal scores
    found = ours(scores, mask, share)
    assert not (found & ~mask).any(), "none in the padding"
    for video, own in zip(each(scores), found, strict=True):
        assert own.nonzero().flatten().tolist() == plain(video, share)


@pytest.mark.parametrize("share", [0.01, 0.3, 0.99])
@pytest.mark.parametrize("n_frames", [1, 2, 9])
def test_indices_are_of_the_same_frames_in_order_of_time(n_frames, share) -> None:
    scores = torch.rand(3, n_frames, generator=torch.Generator().manual_seed(0))
    found = top_indices(scores, share)
    frames = top_frames(scores, torch.ones_like(scores, dtype=torch.bool), share)
    assert torch.equal(torch.zeros_like(frames).scatter(1, found, True), frames)
    assert (found.diff(dim=-1) > 0).all()
    assert frames.sum(dim=-1).tolist() == [max(1, min(round(share * n_frames), n_frames - 1))] * 3


def test_no_keyframe_of_a_run_is_next_to_another() -> None:
    gtscore = torch.rand(3, 400, generator=torch.Generator().manual_seed(0))
    found = top_of_each_run(gtscore, torch.ones(3, 400, dtype=torch.bool), 0.5)
    assert not (found[:, 1:] & found[:, :-1]).any()
    assert found.any(dim=-1).all()
