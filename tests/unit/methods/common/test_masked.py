"""Means, medians and variances of padded batches against numpy on each video alone."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from support.padded import each
from torch.nn.utils.rnn import pad_sequence

from vsumlab.methods.common.masked import masked_mean, masked_median, masked_variance


def test_mean_and_median_are_numpys(scores, mask) -> None:
    torch.testing.assert_close(
        masked_mean(scores, mask), torch.tensor([p.mean() for p in each(scores)]).float()
    )
    torch.testing.assert_close(
        masked_median(scores, mask), torch.tensor([np.median(p) for p in each(scores)]).float()
    )


def test_the_variance_is_the_mean_squared_distance_from_the_centre(scores, mask) -> None:
    np.testing.assert_allclose(masked_variance(scores, mask), [np.var(p) for p in each(scores)], rtol=1e-5)
    expected = [np.mean((p - np.median(p)) ** 2) for p in each(scores)]
    np.testing.assert_allclose(masked_variance(scores, mask, "median"), expected, rtol=1e-5, atol=1e-12)


numbers = st.floats(-8, 8, width=32)


@given(st.lists(st.lists(numbers, min_size=1, max_size=9), min_size=1, max_size=5), numbers)
def test_what_stands_in_the_padding_changes_nothing(videos, padding) -> None:
    values = pad_sequence([torch.tensor(video) for video in videos], True, padding)
    own = torch.arange(values.shape[1]) < torch.tensor([len(video) for video in videos]).unsqueeze(-1)
    for name, function, expected in (
        ("mean", masked_mean, np.mean),
        ("median", masked_median, np.median),
        ("variance", masked_variance, np.var),
    ):
        truth = torch.tensor([expected(np.float64(video)) for video in videos]).float()
        torch.testing.assert_close(function(values, own), truth, atol=1e-5, rtol=1e-4, msg=name)


@pytest.mark.parametrize("centre", ["mean", "median"])
def test_the_gradient_stays_in_a_videos_own_frames(scores, mask, centre) -> None:
    learned = scores.clone().requires_grad_()
    masked_variance(learned, mask, centre).sum().backward()
    assert learned.grad is not None
    assert not learned.grad[~mask].any()
    assert learned.grad[-1].any()
