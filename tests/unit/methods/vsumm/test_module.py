"""VSUMM on made videos of a few scenes."""

import pytest
import torch
from support.methods import made_method

from vsumlab.methods.common import evenly_spaced

SCENES = (30, 20, 40, 30)


def video(order: tuple[int, ...] = (0, 1, 2, 3)) -> torch.Tensor:
    """Scenes that look quite different, each with frames that nearly look the same."""
    draws = torch.Generator().manual_seed(0)
    parts = [torch.eye(12)[scene].expand(length, -1) for scene, length in zip(order, SCENES, strict=True)]
    return torch.cat(parts) + 0.05 * torch.rand(sum(SCENES), 12, generator=draws)


def counts(scores: torch.Tensor) -> list[int]:
    assert {*scores.tolist()} <= {0.0, 1.0}
    return [int(part.sum()) for part in scores.split(SCENES)]


def test_each_scene_has_a_key_frame() -> None:
    assert counts(made_method("method=vsumm").score(video())) == [1, 1, 1, 1]


def test_a_scene_that_comes_back_has_one_key_frame() -> None:
    first, second, third, again = counts(made_method("method=vsumm").score(video((0, 1, 2, 0))))
    assert (second, third) == (1, 1)
    assert first + again == 1


def test_more_steps_are_large_the_lower_the_bar() -> None:
    features = torch.rand(120, 12, generator=torch.Generator().manual_seed(0))
    few, many = (made_method("method=vsumm", f"method.jump={jump}").score(features) for jump in (2.5, 1.0))
    assert 0 < few.sum() < many.sum()


@pytest.mark.parametrize("seed", [1, 2])
def test_nothing_is_drawn(seed) -> None:
    method = made_method("method=vsumm")
    features = torch.rand(200, 12, generator=torch.Generator().manual_seed(0))
    first = method.score(features)
    torch.manual_seed(seed)
    assert torch.equal(method.score(features), first)


def test_of_a_long_video_frames_that_are_evenly_spaced_are_clustered(monkeypatch) -> None:
    monkeypatch.setattr(evenly_spaced, "CLUSTERED", 40)
    scores = made_method("method=vsumm").score(video())
    assert counts(scores) == [1, 1, 1, 1]
    assert (scores.nonzero() % 3 == 0).all()
