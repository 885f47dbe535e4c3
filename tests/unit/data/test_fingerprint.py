"""The same video is recognised however it is stored, and no other is taken for it."""

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from vsumlab.data.feature_file.reader import open_videos
from vsumlab.data.fingerprint import close, fingerprint, same_video, unit
from vsumlab.data.quantization import dequantize, quantize


def made(seed: int, n_picks: int = 60, dim: int = 64) -> torch.Tensor:
    """Features that point about one way, as those of one video do."""
    generator = torch.Generator().manual_seed(seed)
    direction, noise = (
        torch.randn(1, dim, generator=generator),
        torch.randn(n_picks, dim, generator=generator),
    )
    return F.normalize(direction + 0.7 * noise, dim=-1)


VIDEOS = [made(seed) for seed in range(12)]
FORMS = {
    "float16": lambda x: x.half(),
    "float64": lambda x: x.double(),
    "bytes": lambda x: torch.from_numpy(quantize(x.numpy())),
    "dequantized bytes": lambda x: dequantize(torch.from_numpy(quantize(x.numpy()))),
    "another scale": lambda x: 37 * x,
    "one pick fewer": lambda x: x[:-1],
    "another first pick": lambda x: x[1:],
}


@pytest.mark.parametrize("form", FORMS)
def test_a_video_is_known_in_another_form_and_others_are_not(form) -> None:
    stored = [FORMS[form](video) for video in VIDEOS]
    pairs = [*close([*map(fingerprint, VIDEOS)], [*map(fingerprint, stored)])]
    assert pairs == [(i, i) for i in range(len(VIDEOS))]
    assert all(same_video(VIDEOS[i], stored[j]) == (i == j) for i in range(12) for j in range(12))


def test_fingerprints_are_of_unit_length_and_do_not_depend_on_the_order() -> None:
    one = fingerprint(VIDEOS[0])
    assert one.n_picks == 60
    assert one.direction.dtype == np.float32
    assert np.linalg.norm(one.direction) == pytest.approx(1)
    by_hand = sum(row / np.linalg.norm(row) for row in VIDEOS[0].double().numpy())
    np.testing.assert_allclose(one.direction, by_hand / np.linalg.norm(by_hand), atol=1e-6)
    np.testing.assert_allclose(one.direction, fingerprint(VIDEOS[0].flip(0)).direction, atol=1e-6)


def test_the_same_direction_is_not_enough() -> None:
    """Neither for another length, nor for the same frames in another order."""
    assert not list(close([fingerprint(VIDEOS[0])], [fingerprint(VIDEOS[0].repeat(2, 1))]))
    turned = VIDEOS[0].flip(0)
    assert list(close([fingerprint(VIDEOS[0])], [fingerprint(turned)])) == [(0, 0)]
    assert not same_video(VIDEOS[0], turned)


def test_of_nothing_nothing_is_close() -> None:
    ours = [fingerprint(VIDEOS[0])]
    assert not list(close([], ours))
    assert not list(close(ours, []))


@pytest.mark.parametrize("largest", [1e-30, 1e30])
def test_units_of_tiny_and_huge_features_are_not_lost(largest) -> None:
    features = largest * torch.tensor([[3.0, 4.0], [0.0, 0.0]])
    torch.testing.assert_close(unit(features), torch.tensor([[0.6, 0.8], [0.0, 0.0]]))


@pytest.mark.data
def test_real_videos_are_known_by_their_bytes(real_data) -> None:
    file = open_videos(real_data / "tvsum.h5")
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
