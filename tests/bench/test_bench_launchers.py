"""Eight equal folds by each launcher, with one worker and with two, against the same in one process."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from support import PROJECT

WORKERS = {
    "joblib": "hydra.launcher.n_jobs",
    "submitit_local": "hydra.launcher.array_parallelism",
    "ray": "hydra.launcher.ray.init.num_cpus",
}
FOLDS = 8
SAME = ("experiment=csnet_canonical", "fold=0", f"seed={','.join(map(str, range(FOLDS)))}", "threads=1")
"""Runs of one fold that differ in their seeds take equally long."""


def seconds(folder: Path, data: Path, *words: str) -> float:
    """How long a whole command takes."""
    command = (sys.executable, "-m", "vsumlab.run", "-m", *SAME, "trainer.max_epochs=3", *words)
    places = (f"paths.data={data}", f"hydra.sweep.dir={folder}", "callbacks.figures.videos=0")
    started = time.perf_counter()
    subprocess.run(
        (*command, *places),
        check=True,
        capture_output=True,
        env={**os.environ, "PYTHONPATH": str(PROJECT), "OMP_NUM_THREADS": "1"},
    )
    assert len(list(folder.glob("*/run.json"))) == FOLDS
    return time.perf_counter() - started


def test_launchers(demo_folder, tmp_path, benchmark) -> None:
    for name in ("joblib", "submitit", "ray"):
        pytest.importorskip(f"hydra_plugins.hydra_{name}_launcher", reason=f"needs {name}")
    took: dict[tuple[str, int], float] = {}

    def measure() -> None:
        took["without a launcher", 1] = seconds(tmp_path / "one", demo_folder)
        for name, entry in WORKERS.items():
            for workers in (1, 2):
                words = (f"hydra/launcher={name}", f"{entry}={workers}")
                took[name, workers] = seconds(tmp_path / f"{name}_{workers}", demo_folder, *words)

    benchmark.pedantic(measure, rounds=1)
    alone = took["without a launcher", 1]
    print(f"\n{FOLDS} folds of CSNet-GAN on the demo data, {alone / FOLDS:.1f} s each in one process")
    print("| launcher | workers | s | times as fast | overhead a fold, s |\n| --- | --- | --- | --- | --- |")
    for (name, workers), each in took.items():
        overhead = (each * workers - alone) / FOLDS
        print(f"| {name} | {workers} | {each:.0f} | {alone / each:.2f} | {overhead:.1f} |")
    assert all(each < 20 * alone for each in took.values())
