"""Frames a second of training by one process and by two, at the papers' sizes."""

import logging
import os
import statistics
import warnings
from pathlib import Path

import pytest
import torch
from lightning_fabric.plugins.environments.lightning import find_free_network_port
from support.loaders import training_data, write_labelled
from support.methods import clipping, method_config
from support.steps import Stopwatch
from support.training import quiet_trainer
from torch import multiprocessing

from vsumlab.config import build
from vsumlab.data.feature_file.reader import VideoFile
from vsumlab.train import denormals_as_zero, strategy

T, D = 470, 1024  # the mean length of a TVSum video, and GoogLeNet's features
VIDEOS, EPOCHS, BATCH = 8, 3, 2
METHODS = ("csnet", "contrastive", "ca_sum")


@pytest.fixture(scope="module")
def features(tmp_path_factory) -> Path:
    return write_labelled(tmp_path_factory.mktemp("data") / "videos.h5", [T] * VIDEOS, D)


def train(rank: int, name: str, features: str, n_processes: int, port: int, output: str) -> None:
    """What a process does: with one thread, its share of a batch; the first one keeps the seconds a step."""
    torch.set_num_threads(1)
    warnings.filterwarnings("ignore")
    for library in ("pytorch_lightning", "lightning_fabric"):
        logging.getLogger(library).setLevel(logging.ERROR)
    group = {"RANK": rank, "LOCAL_RANK": rank, "WORLD_SIZE": n_processes, "NODE_RANK": 0, "MASTER_PORT": port}
    if n_processes > 1:
        os.environ |= {key: str(value) for key, value in group.items()} | {"MASTER_ADDR": "127.0.0.1"}
    config = method_config(f"method={name}", "trainer=ddp", f"trainer.devices={n_processes}")
    torch.manual_seed(0)
    method = build(config.method, feature_dim=D)
    several = {"strategy": "ddp"} | strategy(config.trainer, method) if n_processes > 1 else {}
    stopwatch = Stopwatch()
    several |= clipping(name)
    trainer = quiet_trainer(max_epochs=EPOCHS, devices=n_processes, callbacks=[stopwatch], **several)
    with denormals_as_zero():
        trainer.fit(
            method, datamodule=training_data(VideoFile(Path(features), evaluated=False), BATCH // n_processes)
        )
    if rank == 0:
        torch.save(statistics.median(stopwatch.seconds[1:]), output)


def frames_a_second(name: str, features: Path, n_processes: int, output: Path) -> float:
    """Of both videos of a step."""
    shared = (name, str(features), n_processes, find_free_network_port(), str(output))
    multiprocessing.spawn(train, shared, nprocs=n_processes)
    return BATCH * T / torch.load(output)


@pytest.mark.parametrize("name", METHODS)
def test_training_by_two_processes(name, features, benchmark, capsys, tmp_path) -> None:
    found = {}

    def measure() -> None:
        for n_processes in (1, 2):
            found[n_processes] = frames_a_second(name, features, n_processes, tmp_path / "seconds.pt")

    benchmark.pedantic(measure, rounds=1)
    with capsys.disabled():
        print(
            f"\n{name}: {found[1]:.0f} frames/s by one process, {found[2]:.0f} by two with a thread each, "
            f"{found[2] / found[1]:.2f} times as many"
        )
