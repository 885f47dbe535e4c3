"""A video's way to its summary, stage by stage, and the default backbone against plain torch."""

import time

import numpy as np
import torch
from support.clock import seconds

from vsumlab.video.budget import Budget
from vsumlab.video.choice import choose
from vsumlab.video.demo import SCENE_SECONDS, write_film
from vsumlab.video.efficientnet_lite0 import EfficientNetLite0, LastConvolution
from vsumlab.video.extraction import extract
from vsumlab.video.features import BATCH
from vsumlab.video.output import write_summary
from vsumlab.video.scorers import ready_made
from vsumlab.video.stages import Stages


def test_the_default_backbone(benchmark) -> None:
    backbone, plain = EfficientNetLite0(), LastConvolution()
    network = backbone.load()
    images = np.random.default_rng(0).integers(0, 256, (BATCH, 224, 224, 3), dtype=np.uint8)
    measured = {}

    def in_torch() -> torch.Tensor:
        with torch.inference_mode():
            return torch.nn.functional.normalize(plain(torch.from_numpy(backbone.prepared(images))), dim=1)

    def measure() -> None:
        measured["ours"] = seconds(lambda: network(images), rounds=3)
        measured["torch"] = seconds(in_torch, rounds=3)

    benchmark.pedantic(measure, rounds=1)
    np.testing.assert_allclose(network(images), in_torch().numpy(), atol=1e-5)
    ours, plain_torch = measured["ours"], measured["torch"]
    print(
        f"\nEfficientNet-Lite0, {torch.get_num_threads()} threads: {BATCH / ours:.0f} frames/s, "
        f"in torch {BATCH / plain_torch:.0f}, which takes {plain_torch / ours:.1f} times as long"
    )


def test_a_minute_of_video(benchmark, tmp_path) -> None:
    write_film(tmp_path / "film.mp4")
    network = EfficientNetLite0().load()
    scorer, measured = ready_made(network.backbone), {}

    def measure() -> None:
        stages, started = Stages("film.mp4"), time.perf_counter()
        found = extract(tmp_path / "film.mp4", network, stages)
        with stages.stage("scores"):
            summary = choose(*found, scorer, Budget())
        with stages.stage("writing"):
            write_summary(tmp_path / "film", found.source, summary, lambda done: None)
        measured.update(stages.seconds, whole=time.perf_counter() - started, speed=found.speed)

    benchmark.pedantic(measure, rounds=1)
    whole, speed = measured.pop("whole"), measured.pop("speed")
    length = sum(SCENE_SECONDS)
    times = ", ".join(f"{name} {took:.2f} s" for name, took in measured.items())
    print(f"\n{length} s of video in {whole:.1f} s, {length / whole:.0f} times as fast as it plays")
    print(f"  {times} ({speed})")
