"""What the commands on videos have in common: how their words are read, and the backbone that they name."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from omegaconf import OmegaConf

from vsumlab.config import build, compose_config, search_path
from vsumlab.errors import UserError
from vsumlab.places import exists
from vsumlab.video.backbone import Network


def paths_and_overrides(words: Sequence[str]) -> tuple[list[Path], list[str]]:
    """Which words of a command are files or folders, and which override the configuration."""
    overrides = [word for word in words if "=" in word and not exists(Path(word))]
    return [Path(word) for word in words if word not in overrides], overrides


def load_network(overrides: Sequence[str], own: Path | None = None) -> Network:
    """The network of a backbone.

    Args:
        overrides: Of `conf/extract.yaml`; without any, it is that of the default backbone.
        own: A folder of configuration, with backbones of one's own.

    Raises:
        UserError: If there is none, something of it is not named, or it cannot be loaded.
    """
    config = compose_config([*search_path(own, "backbone/NAME.yaml"), *overrides], "extract")
    for missing in sorted(OmegaConf.missing_keys(config)):
        raise UserError(f"{missing}: has to be named: {missing}=FILE")
    network: Network = build(config.backbone).load()
    return network
