"""Over all processes every training video counts once, as PyTorch's own sampler deals them out."""

import pytest
from torch.utils.data import DistributedSampler

from vsumlab.methods.common.shares import dealt_first


@pytest.mark.parametrize("total", [1, 2, 7, 8, 9])
@pytest.mark.parametrize("world_size", [1, 2, 3, 5])
@pytest.mark.parametrize("batch_size", [1, 2, 4])
def test_every_video_counts_once(total, world_size, batch_size) -> None:
    kept = []
    for rank in range(world_size):
        dealt = [*DistributedSampler(range(total), world_size, rank, shuffle=True, seed=3)]
        for start in range(0, len(dealt), batch_size):
            batch = dealt[start : start + batch_size]
            mask = dealt_first(start, len(batch), rank, world_size, total).tolist()
            kept += [video for video, counts in zip(batch, mask, strict=True) if counts]
    assert sorted(kept) == [*range(total)]
