"""Padding, and bytes that become features."""

import numpy as np
import pytest
import torch

from vsumlab.core.batch import Batch
from vsumlab.core.video import VideoFeatures
from vsumlab.data.collate import collate, dequantized
from vsumlab.data.feature_file.reader import VideoFile

rng = np.random.default_rng(0)
BYTES = {f"video_{i}": rng.integers(0, 256, (12, 8), dtype=np.uint8) for i in (1, 2, 3)}
FLOATS = {key: (q * (4 / 255) + 4 / 512 - 2).astype(np.float32) for key, q in BYTES.items()}


def stored_as(arrays: dict[str, np.ndarray], key: str, length: int = 12) -> VideoFeatures:
    return VideoFeatures(key, torch.from_numpy(arrays[key])[:length])


def test_a_batch_is_its_videos_padded_with_zeros(demo_folder) -> None:
    file = VideoFile(demo_folder / "demo.h5")
    videos = [file.features(key) for key in file.keys[:4]]
    batch = collate(videos)
    assert len({len(video.features) for video in videos}) > 1, "the point is different lengths"
    assert batch.keys == file.keys[:4]
    assert batch.features.shape[1] == max(len(video.features) for video in videos)
    for row, (video, mask) in enumerate(zip(videos, batch.mask, strict=True)):
        T = len(video.features)
        assert torch.equal(batch.features[row, :T], video.features)
        assert not batch.features[row, T:].any()
        assert batch.lengths[row] == T == mask.sum()
        assert mask[:T].all()
        assert torch.equal(batch.gtscore[row, :T], video.gtscore)
        assert not batch.gtscore[row, T:].any()


def test_without_gtscore_in_one_video_the_batch_has_none(video_file) -> None:
    file = VideoFile(video_file(changes={"video_2": {"gtscore": None}}))
    assert collate([file.features("video_1"), file.features("video_2")]).gtscore is None
    assert collate([file.features("video_1"), file.features("video_3")]).gtscore is not None


def test_bytes_stay_bytes_until_they_are_dequantized() -> None:
    batch = collate([stored_as(BYTES, key) for key in BYTES])
    assert batch.features.dtype == torch.uint8
    numbers = dequantized(batch)
    assert numbers.features.dtype == torch.float32
    for key, features in zip(batch.keys, numbers.features, strict=True):
        np.testing.assert_allclose(features.numpy(), FLOATS[key], rtol=1e-6, atol=1e-6)
    assert (numbers.keys, numbers.lengths, numbers.gtscore) == (batch.keys, batch.lengths, None)


def test_padding_is_zero_after_dequantization_too() -> None:
    batch = dequantized(collate([stored_as(BYTES, "video_1", 5), stored_as(BYTES, "video_2")]))
    assert (batch.features[0, 5:] == 0).all()
    np.testing.assert_allclose(batch.features[0, :5].numpy(), FLOATS["video_1"][:5], rtol=1e-6, atol=1e-6)


def test_bytes_and_floats_may_share_a_batch() -> None:
    batch = collate([stored_as(BYTES, "video_1", 7), stored_as(FLOATS, "video_2")])
    assert batch.features.dtype == torch.float32
    np.testing.assert_allclose(batch.features[0, :7].numpy(), FLOATS["video_1"][:7], rtol=1e-6, atol=1e-6)
    assert (batch.features[0, 7:] == 0).all()
    np.testing.assert_allclose(batch.features[1].numpy(), FLOATS["video_2"])


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_what_is_not_quantized_stays_as_it_is(dtype) -> None:
    batch = Batch(("a",), torch.rand(1, 3, 4).to(dtype), torch.tensor([3]), None)
    assert dequantized(batch) is batch


def test_a_batch_has_its_videos_timings(video_file) -> None:
    file = VideoFile(video_file())
    bare = VideoFeatures("bare", torch.zeros(4, 8))
    timing, none = collate([file.features("video_1"), bare]).timings
    assert timing.rate == file["video_1"].timing.rate
    assert none is None
    assert collate([bare]).to("cpu").timings == (None,)
