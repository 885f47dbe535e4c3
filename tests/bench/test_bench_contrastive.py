"""The contrastive criteria: a training step and the training-free pass, against plain references."""

import subprocess
import sys
from collections.abc import Callable

import pytest
import torch
import torch.nn.functional as F
from support.clock import seconds
from torch import Tensor

from vsumlab.config import build
from vsumlab.methods.contrastive import Contrastive
from vsumlab.methods.contrastive.blocks import video_criteria
from vsumlab.methods.contrastive.criteria import neighbour_count
from vsumlab.methods.contrastive.losses import filter_loss
from vsumlab.methods.contrastive.network import HEAD, Layer

B, T, D = 32, 200, 1024


class ExplicitLayer(Layer):
    """A layer that holds its attention matrices."""

    def forward(self, frames: Tensor) -> Tensor:
        query, key, value = (
            part.unflatten(-1, (self.heads, HEAD)).transpose(1, 2)
            for part in self.query_key_value(frames).chunk(3, dim=-1)
        )
        attention = (query @ key.mT / HEAD**0.5).softmax(dim=-1)
        attended = F.dropout(attention, self.dropout, self.training) @ value
        frames = self.attention_norm(frames + self.attended(attended.transpose(1, 2).flatten(2)))
        return self.feed_forward_norm(frames + self.feed_forward(frames))


def explicit(method: Contrastive) -> Contrastive:
    """The same method with explicit attention."""
    for layer in method.modules():
        if isinstance(layer, Layer):
            layer.__class__ = ExplicitLayer
    return method


def plain_losses(method: Contrastive, features: Tensor) -> dict[str, Tensor]:
    """The losses as the equations are written: full sorts, neighbours' features, distances of vectors."""
    given = method.hyperparameters
    frozen = F.normalize(features, dim=-1)
    count = neighbour_count(features.shape[1], given.neighbour_share, given.neighbour_itself)
    neighbours = (frozen @ frozen.mT).argsort(dim=-1, descending=True)[..., :count]
    outputs = method.projector(frozen)
    refined = F.normalize(outputs, dim=-1)
    videos = torch.arange(len(features))[:, None, None]
    align = (refined[:, :, None] - refined[videos, neighbours]).norm(dim=-1).square().mean(dim=-1)
    uniform = (-2 * torch.cdist(refined, refined).square()).exp().mean(dim=-1).log()
    runs = outputs.split(given.segment_length, dim=1)
    segments = F.normalize(torch.stack([run.mean(dim=1) for run in runs], dim=1), dim=-1).flatten(0, 1)
    unique = (-2 * torch.cdist(refined, segments).square()).exp().mean(dim=-1).log()
    return {
        "align": align,
        "uniform": uniform,
        "unique": unique,
        "filter": filter_loss(method.filter(outputs.detach()), unique, given.filter_target),
    }


Losses = Callable[[Contrastive, Tensor], dict[str, Tensor]]


def step(method: Contrastive, losses: Losses) -> Callable[[], None]:
    """A training step on features of random numbers."""
    optimizer = method.configure_optimizers()
    features = torch.rand(B, T, D)

    def run() -> None:
        optimizer.zero_grad()
        torch.stack([value.mean() for value in losses(method, features).values()]).sum().backward()
        optimizer.step()

    return run


@pytest.fixture
def method(composed) -> Callable[..., Contrastive]:
    def make(*overrides: str) -> Contrastive:
        torch.manual_seed(0)
        return build(composed("method=contrastive", *overrides).method, feature_dim=D)

    return make


def test_plain_losses_are_the_same(method) -> None:
    ours, plain = method("method.dropout=0"), explicit(method("method.dropout=0"))
    features = torch.rand(3, T, D)
    expected = plain_losses(plain, features)
    for name, value in ours.losses(features).items():
        torch.testing.assert_close(value, expected[name], atol=1e-4, rtol=1e-4)


def test_training_step(method, benchmark) -> None:
    measured = {}

    def measure() -> None:
        measured["ours"] = seconds(step(method().train(), Contrastive.losses), rounds=5)
        measured["plain"] = seconds(step(explicit(method().train()), plain_losses), rounds=5)

    benchmark.pedantic(measure, rounds=1)
    print(f"\nA training step of the full loss, {B} videos of {T} frames, {torch.get_num_threads()} threads:")
    print(
        f"  {measured['ours']:.3f} s; full sorts, explicit attention and distances {measured['plain']:.3f} s,"
    )
    print(f"  {measured['plain'] / measured['ours']:.2f} times as long")
    assert all(number > 0 for number in measured.values())


def plain_criteria(features: Tensor, share: float) -> tuple[Tensor, Tensor]:
    """L_align and L_uniform of a video as in the authors' code: all frames at once, fully sorted."""
    frozen = F.normalize(features, dim=-1)
    count = neighbour_count(len(frozen), share, with_itself=True)
    neighbours = (frozen @ frozen.T).argsort(dim=-1, descending=True)[:, :count]
    distances = torch.cdist(frozen, frozen).square()
    return distances.gather(1, neighbours).mean(dim=-1), (-2 * distances).exp().mean(dim=-1).log()


def ours(features: Tensor) -> tuple[Tensor, Tensor]:
    return video_criteria(features, None, 0.1, neighbour_itself=True, consistency_itself=True)


def test_plain_criteria_are_the_same() -> None:
    features = torch.rand(500, 64)
    for value, expected in zip(ours(features), plain_criteria(features, 0.1), strict=True):
        torch.testing.assert_close(value, expected, atol=1e-5, rtol=0)


def test_training_free_pass(benchmark) -> None:
    measured = {}

    def measure() -> None:
        for n_frames in (300, 1000, 3000):
            features = torch.rand(n_frames, D)
            measured[n_frames] = (
                seconds(lambda features=features: ours(features), rounds=5),
                seconds(lambda features=features: plain_criteria(features, 0.1), rounds=5),
            )

    benchmark.pedantic(measure, rounds=1)
    print(f"\nL_align and L_uniform of a video of {D} dimensions, {torch.get_num_threads()} threads:")
    for n_frames, (fast, plain) in measured.items():
        print(
            f"  T = {n_frames:5}: {fast:.4f} s; all frames at once, fully sorted, {plain:.4f} s, "
            f"{plain / fast:.1f} times as long"
        )
    assert all(number > 0 for pair in measured.values() for number in pair)


LONG = """
import resource, sys, time
import torch
from vsumlab.config import build, compose_config

config = compose_config(["method=contrastive", "method.refine=false"])
n_frames = int(sys.argv[1])
method = build(config.method, feature_dim=1024)
method.score(torch.rand(100, 1024))
start = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
generator = torch.Generator().manual_seed(0)
features = torch.rand(n_frames, 1024, generator=generator)
started = time.perf_counter()
scores = method.score(features)
seconds = time.perf_counter() - started
assert scores.isfinite().all() and scores.std() > 0
print(seconds, (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - start) / 2**20)
"""


def test_long_videos(benchmark) -> None:
    measured = {}

    def measure() -> None:
        for n_frames in (1_000, 10_000, 100_000):
            # a process of its own, whose peak is that of this video; its terminal shows the bar
            command = [sys.executable, "-c", LONG, str(n_frames)]
            done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
            measured[n_frames] = [float(number) for number in done.stdout.split()]

    benchmark.pedantic(measure, rounds=1)
    print(f"\nScores without training, {D} dimensions; memory above the process's start, features included:")
    for n_frames, (duration, gibibytes) in measured.items():
        print(f"  T = {n_frames:6}: {duration:8.2f} s, {gibibytes:.2f} GiB")
    assert measured[100_000][1] < 2
