"""Downloads public feature files: `vsumlab fetch [DATASET…]`."""

from __future__ import annotations

import argparse
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

from omegaconf import DictConfig
from rich.console import Console

from vsumlab.config import compose_config
from vsumlab.data.download import BadDownloadError, download, unpack
from vsumlab.entries import check_positive, check_whole
from vsumlab.errors import UserError, one_line_errors


def fetch(names: Sequence[str], config: DictConfig, console: Console) -> None:
    """Downloads datasets' feature files to `paths.data`, and leaves alone what is there.

    Args:
        names: Datasets of `config.sources`; all of them where none is named.
        config: `conf/fetch.yaml`, composed.
        console: Where what was done is said, and the bar is shown.

    Raises:
        UserError: If there is no such dataset, or it cannot be had.
    """
    check_whole(config, attempts=1)
    check_positive(config, "timeout")
    for name in names:
        if name not in config.sources:
            raise UserError(f"{name}: not among the datasets {', '.join(config.sources)}")
    folder = Path(config.paths.data)
    downloads = folder / ".fetch"
    for name in names or config.sources:
        source = config.sources[name]
        target = folder / source.file
        if target.is_file():
            console.print(f"{name}: {target} is there", soft_wrap=True)
            continue
        downloaded = download(
            source.url, source.sha256, downloads, config.timeout, config.attempts, console.is_terminal
        )
        try:
            unpack(downloaded, target)
        except BadDownloadError:
            downloaded.unlink(missing_ok=True)  # so that the next time does not trust it
            raise
        console.print(f"{name}: {target}", soft_wrap=True)
    shutil.rmtree(downloads, ignore_errors=True)


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(
        prog="vsumlab fetch",
        description="Downloads public feature files to paths.data: tvsum, summe, ovp, youtube; all of them "
        "where none is named. Files that are there are left alone.",
        epilog="For example: vsumlab fetch tvsum summe paths.data=FOLDER. Replace a dead link with "
        "sources.tvsum.url=URL; conf/fetch.yaml says where links come from.",
    )
    parser.add_argument(
        "arguments", nargs="*", metavar="DATASET|NAME=VALUE", help="what is fetched, and overrides"
    )
    arguments = parser.parse_args().arguments
    console = Console(stderr=True)
    with one_line_errors():
        config = compose_config([argument for argument in arguments if "=" in argument], "fetch")
        try:
            fetch([argument for argument in arguments if "=" not in argument], config, console)
        except KeyboardInterrupt:
            print("vsumlab: interrupted: repeat the command to go on", file=sys.stderr)
            sys.exit(130)


if __name__ == "__main__":
    main()
