"""A training step of every method that learns, against LSTMs unrolled cell by cell, and torch's own Adam."""

import pytest
from pytorch_lightning.utilities.types import OptimizerLRScheduler
from support.loaders import write_labelled
from support.methods import clipping, learners, made_method, method_config
from support.steps import seconds_a_step
from support.unrolled import unroll
from torch import nn

from vsumlab.data.feature_file.reader import VideoFile
from vsumlab.methods.summarizer import Summarizer
from vsumlab.train import denormals_as_zero, torch_threads

T, D, VIDEOS = 470, 1024, 40  # a fold of TVSum


def made(name: str) -> Summarizer:
    """An untrained method, at its file's sizes."""
    return made_method(f"method={name}", feature_dim=D).train()


def with_torchs_adam(method: Summarizer) -> Summarizer:
    """Has the method's optimizers step as torch's do by default, which SGD's do anyway."""
    configure = method.configure_optimizers

    def configured() -> OptimizerLRScheduler:
        made = configure()
        optimizers = made[0] if isinstance(made, tuple) else made  # beside schedules
        for optimizer in optimizers if isinstance(optimizers, list) else [optimizers]:
            optimizer.param_groups[0]["fused"] = False
        return made

    method.configure_optimizers = configured
    return method


@pytest.fixture(scope="module")
def file(tmp_path_factory) -> VideoFile:
    path = write_labelled(tmp_path_factory.mktemp("data") / "videos.h5", [T] * VIDEOS, D)
    return VideoFile(path, evaluated=False)


def test_a_step_of_each_method(file, benchmark) -> None:
    measured: dict[str, tuple[int, float, float, float | None]] = {}

    def measure() -> None:
        for name in learners():
            batch = min(method_config(f"method={name}").batch_size, VIDEOS)
            options = {"batch_size": batch, "steps": 3 if batch == 1 else 1} | clipping(name)
            took = seconds_a_step(made(name), file, **options)
            default = seconds_a_step(with_torchs_adam(made(name)), file, **options)
            recurrent = any(isinstance(part, nn.LSTM) for part in made(name).modules())
            plain = seconds_a_step(unroll(made(name)), file, **options) if recurrent else None
            measured[name] = (batch, took, default, plain)

    with torch_threads(1), denormals_as_zero():
        benchmark.pedantic(measure, rounds=1)
    print(f"\nA training step on videos of {T} frames of {D} numbers, one thread:")
    for name, (batch, took, default, plain) in measured.items():
        ratio = "no LSTM to unroll" if plain is None else f"unrolled {plain / took:.1f} times as long"
        print(
            f"  {name}, batch {batch}: {took:.3f} s, {batch * T / took:,.0f} frames per second, {ratio}, "
            f"by torch's Adam {default / took:.2f} times"
        )
    assert all(took > 0 for _, took, *_ in measured.values())
