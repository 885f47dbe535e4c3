"""A training step of CSNet-GAN at the paper's sizes, against LSTMs unrolled cell by cell."""

import time
from collections import Counter

import pytest
import torch
from support.loaders import write_labelled
from support.steps import seconds_a_step
from support.unrolled import unroll
from torch import Tensor, nn

from vsumlab.config import build
from vsumlab.data.feature_file.reader import VideoFile
from vsumlab.methods.csnet import CSNet
from vsumlab.train import denormals_as_zero, torch_threads

T, D = 470, 1024  # the mean length of a TVSum video, and GoogLeNet's features


@pytest.fixture(scope="module")
def file(tmp_path_factory) -> VideoFile:
    path = write_labelled(tmp_path_factory.mktemp("data") / "videos.h5", [T] * 8, D)
    return VideoFile(path, evaluated=False)


def method(composed) -> CSNet:
    torch.manual_seed(0)
    return build(composed("method=csnet").method, feature_dim=D)


def multiplied(csnet: CSNet) -> Counter[str]:
    """Counts the floating-point operations of all LSTMs' products, forwards and backwards.

    oneDNN's backward pass makes the products for inputs and for weights, whichever are asked for.
    """
    counted: Counter[str] = Counter()

    def forward(lstm: nn.LSTM, inputs: tuple[Tensor, ...], outputs: tuple[Tensor, object]) -> None:
        per_frame = 2 * 4 * lstm.hidden_size * (lstm.input_size + lstm.hidden_size)
        flops = inputs[0].shape[:2].numel() * per_frame
        counted["flops"] += flops
        if outputs[0].requires_grad:  # gradients of inputs and of weights: a product each
            outputs[0].register_hook(lambda _: counted.update(flops=2 * flops))

    for module in csnet.modules():
        if isinstance(module, nn.LSTM):
            module.register_forward_hook(forward)
    return counted


def gflops_of_a_product(rows: int, size: int = 1024, products: int = 20) -> float:
    """What torch reaches on a plain product of (rows, size) and (size, size)."""
    left, right = torch.rand(rows, size), torch.rand(size, size)
    left @ right
    started = time.perf_counter()
    for _ in range(products):
        left @ right
    return products * 2 * rows * size**2 / (time.perf_counter() - started) / 1e9


def test_unrolled_scores_are_the_same(composed, file) -> None:
    features = file.features(file.keys[0]).features[:50]
    fused, unrolled = method(composed), unroll(method(composed))
    torch.testing.assert_close(unrolled.score(features), fused.score(features), atol=1e-5, rtol=0)


def test_training_step(composed, file, benchmark) -> None:
    measured = {}

    def measure() -> None:
        measured["denormals"] = seconds_a_step(method(composed), file, batch_size=1, steps=3)
        measured["product"] = gflops_of_a_product(1024)
        measured["vector"] = gflops_of_a_product(1)
        with denormals_as_zero():  # as `train` does
            measured["unrolled"] = seconds_a_step(unroll(method(composed)), file, batch_size=1, steps=3)
            for batch_size in (1, 4, 8):
                measured[batch_size] = seconds_a_step(method(composed), file, batch_size, steps=3)

    counted_method = method(composed)
    counted = multiplied(counted_method)
    seconds_a_step(counted_method, file, batch_size=1, steps=1)
    with torch_threads(composed("method=csnet").threads):
        benchmark.pedantic(measure, rounds=1)
    print(f"\nA training step of CSNet-GAN on videos of {T} frames, one thread:")
    for batch_size in (1, 4, 8):
        frames = batch_size * T / measured[batch_size]
        print(f"  batch {batch_size}: {measured[batch_size]:.3f} s, {frames:,.0f} frames per second")
    gflop = counted["flops"] / 2 / 1e9  # of the two steps that were counted
    print(
        f"  batch 1: its LSTMs multiply {gflop:.1f} GFLOP, {gflop / measured[1]:.0f} GFLOPS; a plain one of "
        f"1024 rows {measured['product']:.0f}, of one row, as frame by frame, {measured['vector']:.0f}"
    )
    ratio = measured["unrolled"] / measured[1]
    print(f"  batch 1, LSTMs unrolled cell by cell: {measured['unrolled']:.3f} s, {ratio:.1f} times as long")
    ratio = measured["denormals"] / measured[1]
    print(f"  batch 1, with numbers below 1e-38: {measured['denormals']:.3f} s, {ratio:.1f} times as long")
    assert all(seconds > 0 for seconds in measured.values())
