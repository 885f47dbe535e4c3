"""The bytes of YouTube-8M and what they stand for."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from vsumlab.data.quantization import as_floats, dequantize, quantize


def test_every_byte_as_in_the_formula() -> None:
    features = torch.arange(256, dtype=torch.uint8).reshape(2, 128)
    expected = torch.tensor([[x * 4 / 255 + 4 / 512 - 2 for x in row] for row in features.tolist()])
    dequantized = dequantize(features)
    assert dequantized.dtype == torch.float32
    torch.testing.assert_close(dequantized, expected, rtol=0, atol=3e-7)
    assert (features == torch.arange(256).reshape(2, 128)).all()  # left as it was


def test_every_byte_stands_for_itself() -> None:
    features = torch.arange(256, dtype=torch.uint8)
    np.testing.assert_array_equal(quantize(dequantize(features).numpy()), features.numpy())


@given(arrays(np.float64, 20, elements=st.floats(-3, 3)))
def test_no_other_byte_is_nearer(features) -> None:
    stands_for = np.array([x * 4 / 255 + 4 / 512 - 2 for x in range(256)])
    distances = abs(features[:, None] - stands_for)
    found = quantize(features)
    assert found.dtype == np.uint8
    np.testing.assert_allclose(distances[range(20), found], distances.min(axis=1), rtol=0, atol=1e-12)


@pytest.mark.parametrize("dtype", [torch.float32, torch.float16])
def test_floats_stay_as_they_are(dtype) -> None:
    features = torch.rand(3, 4).to(dtype)
    assert as_floats(features) is features
    assert as_floats(torch.zeros(3, 4, dtype=torch.uint8)).dtype == torch.float32
