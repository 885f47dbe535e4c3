"""The frames that show what two criteria do: where one or both are high, and what is near them."""

import pytest
import torch

from vsumlab.methods.contrastive.anchors import NEIGHBOURS, TOP, anchors


def test_anchors_are_where_one_or_both_are_high() -> None:
    generator = torch.Generator().manual_seed(0)
    features = torch.randn(40, 8, generator=generator)
    first, second = torch.rand(40, generator=generator), torch.rand(40, generator=generator)
    a, b = ((x - x.min()) / (x.max() - x.min()) for x in (first, second))
    found = anchors(features, first, second)
    heights = {"first": a * (1 - b), "both": a * b, "second": (1 - a) * b}
    assert [anchor.meaning for anchor in found] == list(heights)
    for anchor in found:
        assert heights[anchor.meaning][anchor.pick] == heights[anchor.meaning].max()
        cosine = torch.nn.functional.cosine_similarity(features, features[anchor.pick], dim=-1)
        ranked = [i for i in cosine.argsort(descending=True).tolist() if i != anchor.pick]
        assert set(anchor.neighbours) <= set(ranked[:TOP])
        assert len(anchor.neighbours) == NEIGHBOURS


def test_neighbours_are_spread_over_the_nearest() -> None:
    """On an arc the nearest frames are the next ones: every other of the ten is shown."""
    angle = torch.arange(40) * 0.01 * (1 + torch.arange(40) * 1e-3)
    features = torch.stack([angle.cos(), angle.sin()], dim=-1).double()
    high = torch.zeros(40)
    high[0] = 1
    first = anchors(features, high, 1 - high)[0]
    assert first.pick == 0
    assert first.neighbours == (1, 3, 5, 7, 9)


@pytest.mark.parametrize("n_frames", [1, 2, 4, 11])
def test_anchors_of_short_videos(n_frames) -> None:
    found = anchors(torch.randn(n_frames, 8), torch.rand(n_frames), torch.rand(n_frames))
    assert len(found) == 3
    for anchor in found:
        assert len(set(anchor.neighbours)) == len(anchor.neighbours) < max(n_frames, 1)
        assert anchor.pick not in anchor.neighbours
        assert all(0 <= neighbour < n_frames for neighbour in anchor.neighbours)
