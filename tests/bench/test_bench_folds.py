"""Folds of CSNet-GAN on the demo data: one after the other with one thread and with two, and two at once."""

import time

import pytest

from vsumlab.job import run_job

WAYS = {
    "one after the other, one thread": ("folds_at_once=1", "threads=1"),
    "one after the other, two threads": ("folds_at_once=1", "threads=2"),
    "two at once, one thread each": ("folds_at_once=2", "threads=1"),
}


def test_two_folds_at_once(composed, tmp_path, benchmark) -> None:
    seconds, metrics = {}, {}

    def measure() -> None:
        for number, (way, overrides) in enumerate(WAYS.items()):
            on = ("experiment=csnet_canonical", "setting.n_folds=4", "trainer.max_epochs=8", *overrides)
            started = time.perf_counter()
            metrics[way] = run_job(composed(*on, run=tmp_path / str(number)))
            seconds[way] = time.perf_counter() - started

    benchmark.pedantic(measure, rounds=1)
    first, *others = WAYS
    print(f"\nFour folds of CSNet-GAN on the demo data, {first}: {seconds[first]:.0f} s")
    for way in others:
        print(f"  {way}: {seconds[way]:.0f} s, {seconds[first] / seconds[way]:.2f} times as fast")
        assert metrics[way] == pytest.approx(metrics[first], abs=0.05)
