import torch

from vsumlab.data.youtube8m.quantization import dequantize


def test_every_byte_as_in_the_formula():
    features = torch.arange(256, dtype=torch.uint8).reshape(2, 128)
    expected = torch.tensor([[x * 4 / 255 + 4 / 512 - 2 for x in row] for row in features.tolist()])
    dequantized = dequantize(features)
    assert dequantized.dtype == torch.float32
    torch.testing.assert_close(dequantized, expected, rtol=0, atol=3e-7)
    assert (features == torch.arange(256).reshape(2, 128)).all()  # left as it was
