"""Training steps of CSNet-GAN by one thread, by two, and by two processes, also beside a busy process."""

import multiprocessing
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import pytest
from support.loaders import write_labelled
from support.methods import made_method
from support.steps import seconds_a_step

from vsumlab.data.feature_file.reader import VideoFile
from vsumlab.train import denormals_as_zero, torch_threads

T, D, STEPS = 470, 1024, 9  # the mean length of a TVSum video, and GoogLeNet's features
QUIET, BUSY = "on a quiet machine", "beside a busy process"
SPAWN = multiprocessing.get_context("spawn")


def spin() -> None:
    """What never waits."""
    while True:
        pass


@contextmanager
def another_process() -> Iterator[None]:
    """Has one core in use."""
    process = SPAWN.Process(target=spin, daemon=True)
    process.start()
    try:
        yield
    finally:
        process.kill()
        process.join()


@pytest.fixture(scope="module")
def path(tmp_path_factory) -> Path:
    return write_labelled(tmp_path_factory.mktemp("data") / "videos.h5", [T] * 2, D)


def frames_a_second(path: Path, threads: int) -> float:
    """Of a training step."""
    method, file = made_method("method=csnet", feature_dim=D).train(), VideoFile(path, evaluated=False)
    with torch_threads(threads), denormals_as_zero():
        return T / seconds_a_step(method, file, batch_size=1, steps=STEPS)


def test_threads_of_a_quiet_and_of_a_busy_machine(path, benchmark) -> None:
    found: dict[tuple[str, int], float] = {}
    side_by_side = []

    def measure() -> None:
        for threads in (1, 2):
            found[QUIET, threads] = frames_a_second(path, threads)
        with another_process():
            for threads in (1, 2):
                found[BUSY, threads] = frames_a_second(path, threads)
        with SPAWN.Pool(2) as pool:
            side_by_side.extend(pool.map(partial(frames_a_second, path), (1, 1), chunksize=1))

    benchmark.pedantic(measure, rounds=1)
    print(f"\nFrames a second of training steps of CSNet-GAN on videos of {T} frames:")
    for machine in (QUIET, BUSY):
        one, two = (found[machine, threads] for threads in (1, 2))
        print(f"  {machine}, one thread {one:,.0f}, two threads {two:,.0f}: {two / one:.2f} times as many")
    together = sum(side_by_side)
    ratio = together / found[QUIET, 1]
    print(f"  {QUIET}, two processes of one thread {together:,.0f}: {ratio:.2f} times those of one")
