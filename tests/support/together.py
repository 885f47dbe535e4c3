"""Every method trained by several processes, or by one: `python -m support.together FEATURES OUTPUT BATCH`.

Several are started with what Lightning reads of a cluster: RANK, WORLD_SIZE, MASTER_PORT and so on.
"""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytorch_lightning as pl
import torch
from lightning_fabric.plugins.environments.lightning import find_free_network_port

from support.methods import METHOD_FILES, clipping, made_method, method_config, small
from support.training import made_data, quiet_trainer
from vsumlab.core.batch import Batch
from vsumlab.methods.summarizer import Summarizer
from vsumlab.train import strategy

EPOCHS = 2
SAME = {"dropout": 0.0, "pretraining_epochs": 1}
"""What makes trainings comparable, and has all losses in them."""

IN_DOUBLES = ("contrastive", "sum_fcn", "sum_fcn_supervised")
"""Rounding in float32 is much to these: Adam divides by gradients that are hardly more, and which frames are
the highest is a choice between scores that are nearly the same."""


def learner(name: str) -> Summarizer | None:
    """A small method of the registry, or nothing where it does not learn."""
    own = method_config(f"method={name}").method
    chosen = [f"method.{key}={value}" for key, value in SAME.items() if key in own]
    method = made_method(*small(name), *chosen, feature_dim=8)
    return method if method.learns else None


class Losses(pl.Callback):
    """What is logged, epoch by epoch."""

    def __init__(self) -> None:
        self.epochs: list[dict[str, float]] = []

    def on_train_epoch_end(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        self.epochs.append({name: float(value) for name, value in trainer.logged_metrics.items()})


def as_doubles(batch: Batch, _: int) -> Batch:
    """The same batch, for a method whose weights are doubles."""
    gtscore = None if batch.gtscore is None else batch.gtscore.double()
    return replace(batch, features=batch.features.double(), gtscore=gtscore)


def trained(
    name: str, features: Path, batch_size: int, n_processes: int, epochs: int = EPOCHS, **options: Any
) -> dict[str, Any]:
    """The losses and the weights of a method after some epochs."""
    method, losses = learner(name), Losses()
    assert method is not None
    if name in IN_DOUBLES:
        method.double()
        method.on_before_batch_transfer = as_doubles  # type: ignore[assignment]
    devices = method_config(f"method={name}", "trainer=ddp", f"trainer.devices={n_processes}").trainer
    several = {"strategy": "ddp"} | strategy(devices, method) if n_processes > 1 else {}
    pl.seed_everything(3, verbose=False)  # of noise
    several |= clipping(name)
    trainer = quiet_trainer(max_epochs=epochs, callbacks=[losses], devices=n_processes, **several)
    trainer.fit(method.train(), datamodule=made_data(features, n_folds=2, batch_size=batch_size, **options))
    return {"losses": losses.epochs, "weights": method.state_dict(), "steps": trainer.global_step}


def main(features: Path, output: Path, batch_size: int) -> None:
    """Trains each method; by several processes also on a number of videos that does not come out even."""
    torch.set_num_threads(1)
    n_processes = int(os.environ.get("WORLD_SIZE", "1"))
    found = {}
    for name in METHOD_FILES:
        if learner(name) is not None:
            found[name] = trained(name, features, batch_size, n_processes)
            if n_processes > 1:
                trained(name, features, 2, n_processes, epochs=1, training_videos=2 * n_processes + 1)
    if os.environ.get("RANK", "0") == "0":
        torch.save(found, output)


def train_all(features: Path, output: Path, n_processes: int, batch_size: int) -> dict[str, Any]:
    """What `main` finds, in processes of its own."""
    port = str(find_free_network_port())
    command = [
        sys.executable,
        "-W",
        "ignore",
        "-m",
        "support.together",
        str(features),
        str(output),
        str(batch_size),
    ]
    paths = {"PYTHONPATH": os.pathsep.join([str(Path(__file__).parents[1]), *sys.path])}
    group = {"WORLD_SIZE": str(n_processes), "MASTER_ADDR": "127.0.0.1", "MASTER_PORT": port}
    ranks = [
        {"RANK": str(rank), "LOCAL_RANK": str(rank), "NODE_RANK": "0"} | group if n_processes > 1 else {}
        for rank in range(n_processes)
    ]
    processes = [
        subprocess.Popen(command, env={**os.environ, **paths, **rank}, stderr=subprocess.PIPE, text=True)
        for rank in ranks
    ]
    try:
        for process in processes:
            _, errors = process.communicate(timeout=300)
            assert process.returncode == 0, errors
    finally:
        for process in processes:
            process.kill()
    found: dict[str, Any] = torch.load(output, weights_only=True)
    return found


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]))
