"""Features of a video are those of its frames at the picks."""

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from support.networks import backbone, write_network
from support.videos import encode

from vsumlab.errors import UserError
from vsumlab.video.features import extract_features, resized
from vsumlab.video.source import SourceVideo

SIZE = 32


def noise(n: int) -> np.ndarray:
    return np.random.default_rng(1).integers(0, 256, (n, SIZE, SIZE, 3), dtype=np.uint8)


@pytest.mark.parametrize("fps", [10, 24, 25, Fraction(30_000, 1001)])
def test_features_are_the_network_run_by_hand_on_the_frames_at_the_picks(
    tmp_path: Path, fps: Fraction | int
) -> None:
    """Of pictures that are stored without loss, in the network's size."""
    images = noise(600)
    source = SourceVideo(encode(tmp_path / "a.mkv", images, fps, codec="ffv1", pixels="bgr0"))
    network = backbone(write_network(tmp_path / "small.onnx", size=SIZE), size=SIZE).load()
    done: list[float] = []
    found = extract_features(source, network, done.append)
    nearest = np.floor(np.arange(0, 600 / float(fps), 0.5) * float(fps) + 0.5)
    assert found.picks.tolist() == nearest[nearest < 600].tolist()
    np.testing.assert_allclose(found.features, network(images[found.picks]), atol=1e-6)
    assert (found.n_frames, found.fps, found.remarks) == (600, pytest.approx(float(fps)), ())
    assert done == sorted(done)
    assert done[-1] == pytest.approx(found.picks[-1] / float(fps))
    assert found.features.dtype == np.float32


def test_a_picture_that_is_shown_for_long_has_its_feature_at_each_pick(tmp_path: Path) -> None:
    images = noise(3)
    times = [Fraction(0), Fraction(1), Fraction(4)]
    path = encode(tmp_path / "a.mkv", images, 10, times=times, codec="ffv1", pixels="bgr0")
    network = backbone(write_network(tmp_path / "small.onnx", size=SIZE), size=SIZE).load()
    found = extract_features(SourceVideo(path), network)
    expected = network(images)[[0, 0, 1, 1, 1, 1, 1, 1, 2]]
    np.testing.assert_allclose(found.features, expected, atol=1e-6)


def test_pictures_of_another_size_are_fed_by_means_of_pixels(tmp_path: Path) -> None:
    """Four flat quarters, much larger than the network's input, stay four flat quarters."""
    colours = np.array([[[250, 10, 10], [10, 250, 10]], [[10, 10, 250], [120, 120, 120]]], np.uint8)
    large = colours.repeat(150, axis=0).repeat(201, axis=1)
    path = encode(tmp_path / "a.mkv", [large] * 12, codec="ffv1", pixels="bgr0")
    network = backbone(write_network(tmp_path / "small.onnx", size=SIZE), size=SIZE).load()
    small = colours.repeat(SIZE // 2, axis=0).repeat(SIZE // 2, axis=1)
    found = extract_features(SourceVideo(path), network).features
    np.testing.assert_allclose(found, network(small[None]).repeat(3, axis=0), atol=0.01)


def test_a_rotated_video_is_seen_upright(tmp_path: Path) -> None:
    image = noise(1)[0]
    flat = encode(tmp_path / "a.mp4", [image] * 12, options={"crf": "1"}, pixels="yuv444p")
    turned = encode(
        tmp_path / "b.mp4", [np.rot90(image, -1)] * 12, options={"crf": "1"}, pixels="yuv444p", rotation=90
    )
    first, second = (resized(next(iter(SourceVideo(path).read())).picture, 8) for path in (flat, turned))
    assert np.abs(first.astype(int) - second).mean() < 4
    assert np.abs(first.astype(int) - np.rot90(second)).mean() > 10


@pytest.mark.parametrize("n_frames", [1, 2])
def test_a_video_of_one_pick_is_too_short(tmp_path: Path, n_frames: int) -> None:
    path = encode(tmp_path / "a.mkv", noise(n_frames), codec="ffv1", pixels="bgr0")
    network = backbone(write_network(tmp_path / "small.onnx", size=SIZE), size=SIZE).load()
    with pytest.raises(UserError, match=r"a\.mkv: only (one frame|2 frames) long: take a video of a second"):
        extract_features(SourceVideo(path), network)
