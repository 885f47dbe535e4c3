"""The checkpoints of a fold: what they are called, how they are written, and which of them are whole."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import Any

import torch
from lightning_fabric.plugins import TorchCheckpointIO

from vsumlab.runs.folder import replacing

LAST = "last"
UNFINISHED = ("unfinished.ckpt", "unfinished_before.ckpt")
"""What a training that was stopped goes on from: where its last epoch began, and the epoch before that."""


def checkpoint_name(selection: str, scorer: str | None = None) -> str:
    """The file of the weights that a selection tests, without its `.ckpt`.

    Args:
        selection: As in `selection=NAME`.
        scorer: Which scorer's, where the selection chooses an epoch for each; None for the method's main one.

    >>> checkpoint_name("last"), checkpoint_name("test_oracle", "align")
    ('last', 'test_oracle_align')
    """
    return selection if scorer is None else f"{selection}_{scorer}"


class WholeCheckpoints(TorchCheckpointIO):
    """How a Trainer writes checkpoints: under their names there is all of one or the one before."""

    def save_checkpoint(self, checkpoint: dict[str, Any], path: Any, storage_options: Any = None) -> None:
        """Writes one, in place of what was there; elsewhere than in a folder, as Lightning does."""
        if "://" in str(path):
            super().save_checkpoint(checkpoint, path, storage_options)
            return
        content = io.BytesIO()  # a full disk is an error of the system's here, and one of torch's there
        torch.save(checkpoint, content)
        file = Path(path)
        file.parent.mkdir(parents=True, exist_ok=True)
        with replacing(file) as unfinished:
            unfinished.write_bytes(content.getbuffer())


def is_whole(file: Path) -> bool:
    """Whether a checkpoint holds every byte that was written, by the checksums in it."""
    try:
        with zipfile.ZipFile(file) as content:
            return content.testzip() is None
    except Exception:  # zipfile raises whatever its parts raise of damage
        return False


def remove_unfinished(fold: Path) -> None:
    """Removes what a fold would go on from, once it is done."""
    for name in UNFINISHED:
        (fold / name).unlink(missing_ok=True)
