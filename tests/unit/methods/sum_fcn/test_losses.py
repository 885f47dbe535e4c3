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


def test_restoration_is_the_mean_over_frames_of_the_squared_distance() -> None:
    torch.manual_seed(0)
    restored, features = torch.randn(2, 2, 3, 4)
    for video, own, found in zip(restored, features, restoration_loss(restored, features), strict=True):
        distances = [
            sum((a - b) ** 2 for a, b in zip(*pair, strict=True)) for pair in zip(video, own, strict=True)
        ]
        torch.testing.assert_close(found, sum(distances) / 3)


def test_a_frame_at_unit_length_that_is_not_restored_at_all_costs_one() -> None:
    """However many dimensions it has, so that L_recon is of the size of L_div."""
    features = torch.nn.functional.normalize(torch.randn(1, 5, 1024), dim=-1)
    torch.testing.assert_close(restoration_loss(torch.zeros_like(features), features), torch.ones(1))
