"""SUM-FCN's losses against torch's own and plain loops."""

import pytest
import torch
import torch.nn.functional as F

from vsumlab.methods.sum_fcn.losses import balanced_cross_entropy, restoration_loss


@pytest.mark.parametrize("n_key", [1, 3, 9])
def test_classes_weigh_by_the_median_of_their_frequencies(n_key) -> None:
    torch.manual_seed(0)
    decoded, labels = torch.randn(2, 10, 2), torch.zeros(2, 10, dtype=torch.bool)
    labels[0, :n_key] = labels[1, -n_key:] = True
    frequencies = torch.tensor([10 - n_key, n_key]) / 10
    weights = frequencies.quantile(0.5) / frequencies
    for video, of_frames, found in zip(decoded, labels, balanced_cross_entropy(decoded, labels), strict=True):
        expected = F.cross_entropy(video, of_frames.long(), weights, reduction="none").mean()
        torch.testing.assert_close(found, expected)


def test_both_classes_have_the_same_say() -> None:
    decoded, labels = torch.tensor([[[2.0, 0.0]] * 9 + [[0.0, 2.0]]]), torch.arange(10)[None] == 9
    swapped = torch.tensor([[[2.0, 0.0]] + [[0.0, 2.0]] * 9])
    torch.testing.assert_close(
        balanced_cross_entropy(decoded, labels), balanced_cross_entropy(swapped, ~labels.flip(-1))
    )


def test_restoration_is_the_mean_squared_error_of_each_video() -> None:
    restored, features = torch.randn(2, 2, 3, 4)
    expected = torch.stack([F.mse_loss(*pair) for pair in zip(restored, features, strict=True)])
    torch.testing.assert_close(restoration_loss(restored, features), expected)
