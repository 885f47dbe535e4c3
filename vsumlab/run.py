"""Trains and tests a method: `python -m vsumlab.run experiment=csnet_canonical`."""

from __future__ import annotations

import logging
import os
import warnings
from pathlib import Path
from typing import Any

import hydra
from hydra.core.hydra_config import HydraConfig
from hydra.experimental.callback import Callback
from omegaconf import DictConfig

from vsumlab.config import find_conf
from vsumlab.errors import UserError, one_line_errors

log = logging.getLogger(__name__)

SWEEP_FOLDER = "VSUMLAB_SWEEP_FOLDER"


class RunFolder(Callback):
    """Makes the run folder before Hydra does, to say in one line why it cannot be made.

    Under DDP every process after the first repeats the whole command. In a single run Lightning tells it
    the folder; in a sweep it would name one of its own by the clock, so it inherits the first one's.
    """

    def on_run_start(self, config: DictConfig, **_: Any) -> None:
        """Before a single run."""
        HydraConfig.instance().set_config(config)  # the folder's name may depend on what was chosen
        with one_line_errors():
            make_folder(Path(config.hydra.run.dir))

    def on_multirun_start(self, config: DictConfig, **_: Any) -> None:
        """Before a sweep."""
        HydraConfig.instance().set_config(config)
        with one_line_errors():
            make_folder(Path(config.hydra.sweep.dir))
        os.environ[SWEEP_FOLDER] = config.hydra.sweep.dir

    def on_multirun_end(self, config: DictConfig, **_: Any) -> None:
        """After a sweep."""
        del os.environ[SWEEP_FOLDER]


def make_folder(folder: Path) -> None:
    """Makes a folder for a run.

    Raises:
        UserError: If it cannot be made.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UserError(
            f"{folder}: the run folder cannot be made ({error.strerror}): choose another place with "
            "paths.runs=FOLDER"
        ) from error


@hydra.main(version_base="1.3", config_path=str(find_conf()), config_name="config")
def main(config: DictConfig) -> None:
    """One job of the command line."""
    from vsumlab.train import train  # after Hydra has answered --help and refused misspelt overrides

    # features lie in a file that is read faster than workers would start; Lightning's own use of torch
    warnings.filterwarnings("ignore", message=".*does not have many workers.*")
    warnings.filterwarnings("ignore", message=".*treespec.*")
    with one_line_errors():
        try:
            train(config)
        except Exception:
            log.info("the run failed", exc_info=True)  # for the run folder's log, not for the screen
            raise


if __name__ == "__main__":
    main()
