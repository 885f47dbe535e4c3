"""Features stored as uint8: what training and evaluation make of them."""

import numpy as np
import pytest
import torch

from vsumlab.data.batch import Batch
from vsumlab.data.datamodule import VideoDataModule
from vsumlab.data.fingerprint import close, fingerprint, same_video
from vsumlab.data.folds import Fold
from vsumlab.data.guard import check_no_leak
from vsumlab.data.pool import VideoPool
from vsumlab.data.reader import VideoFile
from vsumlab.data.youtube8m.quantization import quantize
from vsumlab.errors import UserError

rng = np.random.default_rng(0)
BYTES = {f"video_{i}": rng.integers(0, 256, (12, 8), dtype=np.uint8) for i in (1, 2, 3)}
FLOATS = {key: (q * (4 / 255) + 4 / 512 - 2).astype(np.float32) for key, q in BYTES.items()}


@pytest.fixture
def stored(video_file):
    def make(name: str, features: dict[str, np.ndarray]):
        return video_file(changes={key: {"features": value} for key, value in features.items()}, name=name)

    return make


def test_evaluated_features_are_the_numbers_that_bytes_stand_for(stored) -> None:
    quantized, floats = VideoFile(stored("bytes.h5", BYTES)), VideoFile(stored("floats.h5", FLOATS))
    for key in quantized.keys:
        assert quantized[key].features.dtype == torch.float32
        torch.testing.assert_close(quantized[key].features, floats[key].features)
        assert quantized.unannotated(key).features.dtype == torch.uint8


def test_a_training_batch_travels_as_bytes_and_is_dequantized_where_it_arrives(stored) -> None:
    pool = VideoPool(VideoFile(stored("bytes.h5", BYTES)), {})
    data = VideoDataModule(pool, Fold(0, ("video_1", "video_2", "video_3"), ()), batch_size=3, seed=0)
    (batch,) = data.train_dataloader()
    assert batch.features.dtype == torch.uint8
    for key, features in zip(batch.keys, data.on_after_batch_transfer(batch, 0).features, strict=True):
        np.testing.assert_allclose(features.numpy(), FLOATS[key], rtol=1e-6, atol=1e-6)


def test_padding_is_zero_after_dequantization_too(stored) -> None:
    file = VideoFile(stored("bytes.h5", BYTES))
    short, long = file.unannotated("video_1"), file.unannotated("video_2")
    short = type(short).unannotated("short", short.features[:5], None)
    batch = Batch.collate([short, long]).dequantized()
    assert (batch.features[0, 5:] == 0).all()
    np.testing.assert_allclose(batch.features[0, :5].numpy(), FLOATS["video_1"][:5], rtol=1e-6, atol=1e-6)


def test_bytes_and_floats_may_share_a_batch(stored) -> None:
    quantized, floats = VideoFile(stored("bytes.h5", BYTES)), VideoFile(stored("floats.h5", FLOATS))
    batch = Batch.collate([quantized.unannotated("video_1"), floats.unannotated("video_2")])
    assert batch.features.dtype == torch.float32
    np.testing.assert_allclose(batch.features[0].numpy(), FLOATS["video_1"], rtol=1e-6, atol=1e-6)
    np.testing.assert_allclose(batch.features[1].numpy(), FLOATS["video_2"])


def test_the_guard_knows_a_video_by_its_bytes_and_by_its_numbers(stored) -> None:
    quantized = VideoFile(stored("bytes.h5", BYTES), evaluated=False)
    pool = VideoPool(VideoFile(stored("floats.h5", FLOATS)), {"youtube8m": quantized})
    with pytest.raises(UserError, match="video_2 is trained on as youtube8m/video_2"):
        check_no_leak(pool, [Fold(0, ("youtube8m/video_2",), ("video_2",))])
    check_no_leak(pool, [Fold(0, ("youtube8m/video_1",), ("video_2",))])


@pytest.mark.data
def test_the_guard_knows_real_videos_by_their_bytes(real_data) -> None:
    file = VideoFile(real_data / "tvsum.h5")
    features = {key: file[key].features for key in file.keys[:10]}
    stored = {key: torch.from_numpy(quantize(of.numpy())) for key, of in features.items()}
    ours, theirs = ([*map(fingerprint, of.values())] for of in (features, stored))
    pairs = set(close(ours, theirs))
    keys = [*features]
    assert {(i, i) for i in range(10)} <= pairs
    assert all(same_video(features[keys[i]], stored[keys[j]]) == (i == j) for i, j in pairs)
    one_less = fingerprint(features[keys[0]][:-1])
    assert next(close([one_less], ours)) == (0, 0)
    assert same_video(features[keys[0]][1:], features[keys[0]])
    assert not list(close([ours[0]], ours[1:]))
