"""Makes a direction that ships with the package, from all videos of a feature file, without labels.

`python experiments/consensus/direction.py FILE.h5 NAME` writes `NAME.npy`, the direction of the method's
default configuration (D float32 numbers), and `NAME.json`, what it was made from, to the package.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np
import pytorch_lightning as pl

from vsumlab.config import build, compose_config
from vsumlab.data.datamodule import VideoDataModule
from vsumlab.data.dataset import Dataset
from vsumlab.data.folds import Fold
from vsumlab.data.pool import VideoPool
from vsumlab.data.settings import Setting
from vsumlab.methods.consensus.directions import FOLDER
from vsumlab.runs.folder import write_whole
from vsumlab.runs.record import environment, file_record, this_process


class AllVideos(Setting):
    """Train on all videos, test none."""

    def n_folds(self, dataset: Dataset) -> int:
        """One."""
        return 1

    def folds(self, dataset: Dataset, pool: VideoPool) -> list[Fold]:
        """The one fold."""
        return [Fold(0, pool.evaluated.keys, ())]


def make(file: Path, name: str, folder: Path = FOLDER) -> None:
    """Writes a direction and what it was made from."""
    dataset = Dataset(name, "", str(file), "mean", "user_scores")
    data = VideoDataModule(dataset, AllVideos("all"), 0, batch_size=1, seed=0)
    data.setup()
    config = compose_config(["method=consensus"])
    method = build(config.method, feature_dim=data.pool.feature_dim)
    trainer = pl.Trainer(
        accelerator="cpu", devices=1, max_epochs=1, limit_val_batches=0, use_distributed_sampler=False,
        logger=False, enable_checkpointing=False, enable_model_summary=False, enable_progress_bar=False,
    )  # fmt: skip
    trainer.fit(method, datamodule=data)
    record = environment(this_process())  # before its own files are uncommitted changes
    folder.mkdir(parents=True, exist_ok=True)
    np.save(folder / f"{name}.npy", method.direction.detach().numpy())
    provenance = {
        "direction": file_record(folder / f"{name}.npy") | {"file": f"{name}.npy"},
        "features": file_record(file) | {"file": file.name},
        "videos": list(data.pool.evaluated.keys),
        "hyper_parameters": {key: value for key, value in method.hparams.items() if key != "feature_dim"},
        "commit": record["git"]["commit"],
        "uncommitted code": record["git"]["changes"],
        "command": f"python experiments/consensus/direction.py {file.name} {name}",
        "versions": record["versions"],
    }
    write_whole(folder / f"{name}.json", json.dumps(provenance, indent=1) + "\n")


if __name__ == "__main__":
    make(Path(sys.argv[1]), sys.argv[2])
