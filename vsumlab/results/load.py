"""A trained method back from its run folder."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import cast

from hydra.utils import get_class
from omegaconf import OmegaConf

from vsumlab.errors import UserError
from vsumlab.methods.summarizer import Summarizer


def load_method(run: Path, fold: int | None) -> Summarizer:
    """See `vsumlab.load`."""
    if not (run / "config.yaml").is_file():
        raise UserError(f"{run}: no config.yaml, so not the folder of a finished run: name one")
    checkpoints = {int(path.parent.name.removeprefix("fold_")): path for path in run.glob("fold_*/*.ckpt")}
    folds = sorted(checkpoints)
    if fold is None and len(folds) == 1:
        fold = folds[0]
    if fold not in folds:
        raise UserError(f"{run}: fold={fold}: there are the folds {folds}: name one of them")
    method = cast(type[Summarizer], get_class(OmegaConf.load(run / "config.yaml").method._target_))
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=".*contains no parameters")  # some methods need no training
        loaded = method.load_from_checkpoint(checkpoints[fold], map_location="cpu")
    return loaded.eval()
