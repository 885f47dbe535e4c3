"""How much faster the protocol is than the field's plain way of it, on real TVSum or else the demo data.

Rounds of both alternate, so that whatever else the machine does meets both; what is compared is medians.
"""

import os
import time
from pathlib import Path
from statistics import median

import numpy as np
import pytest
from support import plain

from vsumlab.data.feature_file.reader import open_videos
from vsumlab.evaluation.baselines import random_scores
from vsumlab.evaluation.protocol import evaluate_scores
from vsumlab.metrics.f1 import f1_of_shots
from vsumlab.summary.keyshots import budget, shot_scores
from vsumlab.summary.knapsack import knapsack


@pytest.fixture(scope="module")
def scored(demo_folder):
    """Every video of the dataset with random scores (T,), and its name."""
    real = os.environ.get("VSUMLAB_DATA")
    path = Path(real) / "tvsum.h5" if real else demo_folder / "demo.h5"
    videos = open_videos(path)
    return path.stem, [(videos[key], random_scores(videos[key], draws=1)[0]) for key in videos.keys]


@pytest.fixture(scope="module")
def instances(scored):
    """Every video with its knapsack: shot scores, shot lengths, capacity."""
    return [
        (
            video,
            (
                shot_scores(scores, video.timeline),
                video.timeline.shot_lengths,
                budget(video.timeline.n_frames),
            ),
        )
        for video, scores in scored[1]
    ]


@pytest.fixture
def compare(benchmark, scored, capsys):
    """Times `fast` by the benchmark and `slow` in between, over all videos; prints the ratio of medians."""

    def run(what, fast, slow, rounds):
        slow_times = []

        def slow_round():
            start = time.perf_counter()
            slow()
            slow_times.append(time.perf_counter() - start)

        benchmark.pedantic(fast, setup=slow_round, rounds=rounds)
        if benchmark.disabled:
            return
        ratio = median(slow_times) / median(benchmark.stats.stats.data)
        benchmark.extra_info["times as fast as plain"] = ratio
        with capsys.disabled():
            each = 1000 / len(scored[1])
            print(
                f"\n{what}, {scored[0]}: {median(benchmark.stats.stats.data) * each:.3f} ms a video, plain "
                f"{median(slow_times) * each:.3f} ms: {ratio:.1f} times as fast"
            )

    return run


def test_knapsack(compare, instances):
    for _, (values, weights, capacity) in instances:
        best = plain.knapsack(values, weights, capacity)
        taken = knapsack(values, weights, capacity)
        assert values[taken].sum() == pytest.approx(values[best].sum(), abs=1e-12)
    compare(
        "knapsack",
        lambda: [knapsack(*instance) for _, instance in instances],
        lambda: [plain.knapsack(*instance) for _, instance in instances],
        rounds=7,
    )


def test_knapsack_and_f1(compare, instances):
    def fast():
        return [
            f1_of_shots(knapsack(*instance)[None], video.timeline, video.annotations.user_summary)[0]
            for video, instance in instances
        ]

    def slow():
        return [
            plain.f1_scores(
                plain.expand(plain.knapsack(*instance), video.timeline), video.annotations.user_summary
            )
            for video, instance in instances
        ]

    np.testing.assert_allclose(fast(), slow(), atol=1e-12)
    compare("knapsack and F1", fast, slow, rounds=7)


def test_whole_evaluation(compare, scored):
    def fast():
        return [evaluate_scores(scores[None], video, "user_scores")[0] for video, scores in scored[1]]

    def slow():
        return [plain.evaluate(scores, video, "user_scores") for video, scores in scored[1]]

    np.testing.assert_allclose(fast(), slow(), atol=1e-12)
    compare("F1, tau and rho", fast, slow, rounds=3)
