"""Hydra's launchers and its Optuna sweeper with defaults of our own, under the plugins' own names."""

from __future__ import annotations

from pathlib import Path


def store_plugins(conf: Path) -> None:
    """Has `hydra/launcher=NAME` and `hydra/sweeper=NAME` mean a file of `conf/hydra/plugins`.

    In `conf/hydra/launcher` Hydra would check it against the plugin's file of that name, and warn.

    Args:
        conf: The folder of Hydra groups.
    """
    from hydra.core.config_store import ConfigStore  # takes longer to import than most that is here
    from hydra.core.plugins import Plugins
    from omegaconf import OmegaConf

    Plugins.instance()  # which store theirs as they are found
    for file in conf.glob("hydra/plugins/*/*.yaml"):
        ConfigStore.instance().store(
            name=file.stem, group=f"hydra/{file.parent.name}", node=OmegaConf.load(file), provider="vsumlab"
        )
