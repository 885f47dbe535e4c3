"""What the commands on videos have in common: how their words are read, and the backbone that they name."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from omegaconf import OmegaConf

from vsumlab.config import build, compose_config, search_path
from vsumlab.errors import UserError, printable
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


def one_by_one(videos: Mapping[str, Path], work: Callable[[str, Path], Sequence[str]]) -> list[str]:
    """Does the same with each video, and goes on when one fails, which is said in a line.

    Args:
        videos: By what each is called.
        work: What is done; it returns what has to be said of the video, a sentence each.

    Returns:
        What failed, a line a video.
    """
    failed = []
    for name, path in videos.items():
        try:
            for remark in work(name, path):
                print(printable(f"{path}: {remark}"), file=sys.stderr)
        except UserError as error:
            failed.append(str(error))
            print(f"vsumlab: {error}", file=sys.stderr)
    return failed


def add_common(parser: argparse.ArgumentParser) -> None:
    """Adds the arguments that the commands share."""
    parser.add_argument("videos", nargs="*", metavar="VIDEO", help="videos, or folders of them")
    parser.add_argument(
        "overrides", nargs="*", metavar="override", help="the backbone, if not the default one: backbone=, …"
    )
    parser.add_argument(
        "--config-dir", type=Path, metavar="FOLDER", help="has your own backbones, as backbone/NAME.yaml"
    )
