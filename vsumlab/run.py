"""Trains and tests a method: `python -m vsumlab.run experiment=csnet_canonical`."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

import hydra
from hydra.core.hydra_config import HydraConfig
from hydra.experimental.callback import Callback
from omegaconf import DictConfig

from vsumlab.config import find_conf
from vsumlab.errors import UserError, one_line_errors


class RunFolder(Callback):
    """Makes the run folder before Hydra does, to say in one line why it cannot be made or used."""

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


def make_folder(folder: Path) -> None:
    """Makes a folder for a run.

    Raises:
        UserError: If it cannot be made, or already holds a finished run.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UserError(
            f"{folder}: the run folder cannot be made ({error.strerror}): choose another place with "
            "paths.runs=FOLDER"
        ) from error
    if (folder / "run.json").exists():
        raise UserError(f"{folder}: holds a finished run: choose another folder, or move this one away")


@hydra.main(version_base="1.3", config_path=str(find_conf()), config_name="config")
def main(config: DictConfig) -> None:
    """One job of the command line."""
    from vsumlab.train import train  # after Hydra has answered --help and refused misspelt overrides

    # features lie in a file that is read faster than workers would start; Lightning's own use of torch
    warnings.filterwarnings("ignore", message=".*does not have many workers.*")
    warnings.filterwarnings("ignore", message=".*treespec.*")
    with one_line_errors():
        train(config)


if __name__ == "__main__":
    main()
