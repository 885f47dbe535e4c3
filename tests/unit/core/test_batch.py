"""What a batch knows of its videos."""

import torch

from vsumlab.core.batch import Batch, length_mask


def made(gtscore: torch.Tensor | None = None) -> Batch:
    lengths = torch.tensor([2, 5, 0])
    return Batch(("a", "b", "c"), torch.zeros(3, 5, 4), lengths, gtscore)


def test_the_mask_is_true_at_the_videos_own_frames() -> None:
    mask = made().mask
    assert mask.dtype == torch.bool
    for row, length in zip(mask.tolist(), [2, 5, 0], strict=True):
        assert row == [pick < length for pick in range(5)]


def test_a_mask_may_be_longer_or_shorter_than_the_videos() -> None:
    for n_frames in (0, 3, 9):
        mask = length_mask(torch.tensor([2, 5, 0]), n_frames)
        assert mask.shape == (3, n_frames)
        assert mask.sum(dim=-1).tolist() == [min(length, n_frames) for length in (2, 5, 0)]


def test_its_length_is_how_many_videos_it_has() -> None:
    assert len(made()) == 3


def test_all_of_it_goes_to_another_device_and_the_first_stays() -> None:
    batch = made(torch.ones(3, 5))
    there = batch.to("meta", non_blocking=True)
    assert there.keys == batch.keys
    for tensor in (there.features, there.lengths, there.gtscore, there.mask):
        assert tensor.device.type == "meta"
    assert batch.features.device.type == batch.lengths.device.type == "cpu"
    assert made().to("meta").gtscore is None
