"""Folds of CSNet-GAN on the demo data, one after the other and two at once."""

import time

from hydra.core.hydra_config import HydraConfig

from vsumlab.job import run_job


def test_two_folds_at_once(composed, tmp_path, benchmark) -> None:
    HydraConfig.instance().cfg = None
    measured = {}

    def measure() -> None:
        for at_once in (1, 2):
            config = composed(
                *("experiment=csnet_canonical", "setting.n_folds=4", f"folds_at_once={at_once}"),
                run=tmp_path / str(at_once),
            )
            started = time.perf_counter()
            run_job(config)
            measured[at_once] = time.perf_counter() - started

    benchmark.pedantic(measure, rounds=1)
    ratio = measured[1] / measured[2]
    print(f"\nFour folds of CSNet-GAN on the demo data, one thread each: {measured[1]:.0f} s")
    print(f"  two at once: {measured[2]:.0f} s, {ratio:.2f} times as fast")
    assert ratio > 0
