"""How many floating-point operations a training step makes, and how many a second a plain product does."""

import time

import torch
from torch.utils.flop_counter import FlopCounterMode

from support.steps import seconds_a_step
from vsumlab.data.feature_file.reader import VideoFile
from vsumlab.methods.summarizer import Summarizer

Shape = tuple[int, ...]


def lstm_flops(sequences: Shape, inputs: Shape, recurrent: Shape, *_: object, **__: object) -> int:
    """Of an LSTM's products: of (T, B, input) or (B, T, input) with weights (4H, input) and (4H, H)."""
    return 2 * sequences[0] * sequences[1] * inputs[0] * (inputs[1] + recurrent[1])


def lstm_backward_flops(*shapes: Shape, **named: object) -> int:
    """The gradients of inputs and of weights: a product each."""
    return 2 * lstm_flops(*shapes, **named)


def cudnn_flops(sequences: Shape, weights: list[Shape], *_: object, **__: object) -> int:
    """The same on a GPU, where weights are a list."""
    return lstm_flops(sequences, *weights[:2])


def cudnn_backward_flops(*shapes: Shape, **named: object) -> int:
    """The same on a GPU."""
    return 2 * cudnn_flops(*shapes, **named)  # type: ignore[arg-type]


OF_LSTMS = {
    torch.ops.aten.mkldnn_rnn_layer: lstm_flops,
    torch.ops.aten.mkldnn_rnn_layer_backward: lstm_backward_flops,
    torch.ops.aten._cudnn_rnn: cudnn_flops,
    torch.ops.aten._cudnn_rnn_backward: cudnn_backward_flops,
}
"""What torch's own counter leaves out."""


def flops_a_step(method: Summarizer, file: VideoFile, batch_size: int) -> int:
    """Those of matrix products and convolutions, forwards and backwards."""
    with FlopCounterMode(display=False, custom_mapping=OF_LSTMS) as counter:
        seconds_a_step(method, file, batch_size, steps=1)
    return int(counter.get_total_flops()) // 2  # of the two steps that were made


def product_flops(dtype: torch.dtype, device: str, size: int = 2048, products: int = 5) -> float:
    """What torch reaches a second on a plain product of square matrices."""
    left, right = (torch.rand(size, size, device=device).to(dtype) for _ in range(2))
    seconds = []
    for _ in range(3):
        started = time.perf_counter()
        for _ in range(products):
            product = left @ right
        float(product[0, 0])  # waits for a GPU
        seconds.append(time.perf_counter() - started)
    return products * 2 * size**3 / min(seconds)
