"""A training step of every method that learns, in bfloat16 and compiled, against float32 as it is.

`-k csnet` measures one method; all of them take a quarter of an hour on a CPU, most of it for compiling.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import product

import pytest
import torch
from support.flops import flops_a_step, product_flops
from support.loaders import write_labelled
from support.methods import clipping, learners, made_method
from support.steps import seconds_a_step

from vsumlab.data.feature_file.reader import VideoFile
from vsumlab.methods.compiled_steps import compile_steps
from vsumlab.methods.summarizer import Summarizer
from vsumlab.train import denormals_as_zero, torch_threads

T, D, BATCHES = 470, 1024, (1, 32)  # the mean length of a TVSum video, and GoogLeNet's features
DEVICE = "cuda" if torch.cuda.is_available() else "cpu"
PRECISIONS = {"fp32": torch.float32, "bf16": torch.bfloat16} | (
    {"tf32": torch.float32} if DEVICE == "cuda" else {}
)
PEAKS = {
    "A100": {"fp32": 19.5e12, "tf32": 156e12, "bf16": 312e12},
    "H100": {"fp32": 67e12, "tf32": 494e12, "bf16": 989e12},
    "H200": {"fp32": 67e12, "tf32": 494e12, "bf16": 989e12},
}
"""What data sheets say of cards, without sparsity."""


@pytest.fixture(scope="module")
def file(tmp_path_factory) -> VideoFile:
    path = write_labelled(tmp_path_factory.mktemp("data") / "videos.h5", [T] * max(BATCHES), D)
    return VideoFile(path, evaluated=False)


@contextmanager
def products_in(precision: str) -> Iterator[None]:
    """Has float32 products of a GPU made in TF32, or exactly."""
    torch.set_float32_matmul_precision("high" if precision == "tf32" else "highest")
    try:
        yield
    finally:
        torch.set_float32_matmul_precision("highest")


def made(name: str, compiled: bool = False) -> Summarizer:
    """An untrained method, at its file's sizes."""
    method = made_method(f"method={name}", feature_dim=D).train()
    if compiled:
        compile_steps(method, torch.device(DEVICE))
    return method


def peak(precision: str) -> float | None:
    """What the card's data sheet says."""
    name = torch.cuda.get_device_name() if DEVICE == "cuda" else ""
    return next((peaks[precision] for card, peaks in PEAKS.items() if card in name), None)


@pytest.mark.parametrize("name", learners())
def test_a_step_in_each_precision_compiled_or_not(name, file, benchmark) -> None:
    """Says each as it is measured: compiling all takes long."""
    seconds: dict[tuple[int, str, bool], float] = {}

    def measure(batch: int, precision: str, compiled: bool) -> None:
        with products_in(precision):
            plain = product_flops(PRECISIONS[precision], DEVICE)
            mixed = "bf16-mixed" if precision == "bf16" else "32-true"
            options = {"accelerator": DEVICE, "precision": mixed} | clipping(name)
            steps = 5 if batch == 1 else 2
            took = seconds_a_step(made(name, compiled), file, batch, steps, **options)
        seconds[batch, precision, compiled] = took
        reached, highest = flops[batch] / took, peak(precision)
        print(
            f"  batch {batch}, {precision}{', compiled' if compiled else ''}: {took:.3f} s, "
            f"{batch * T / took:,.0f} frames per second, {seconds[batch, 'fp32', False] / took:.2f} times as "
            f"fast, {reached / 1e9:,.0f} GFLOPS: {reached / plain:.0%} of a plain product"
            + (f", {reached / highest:.1%} of the card's peak" if highest else ""),
            flush=True,
        )

    def measure_all() -> None:
        for batch, compiled, precision in product(BATCHES, (False, True), PRECISIONS):
            measure(batch, precision, compiled)

    with torch_threads(1), denormals_as_zero():
        flops = {batch: flops_a_step(made(name), file, batch) for batch in BATCHES}
        print(f"\nA training step of {name} on videos of {T} frames of {D} numbers, {DEVICE}, one thread:")
        benchmark.pedantic(measure_all, rounds=1)
    assert all(took > 0 for took in seconds.values())
