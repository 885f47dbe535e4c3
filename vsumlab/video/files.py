"""Which videos a command names, and what each is called."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from vsumlab.core.natural_order import natural_order
from vsumlab.errors import UserError
from vsumlab.names import file_name
from vsumlab.places import is_folder

FILM = (
    ".3gp",
    ".avi",
    ".m2ts",
    ".m4v",
    ".mkv",
    ".mov",
    ".mp4",
    ".mpeg",
    ".mpg",
    ".mts",
    ".ts",
    ".vob",
    ".wmv",
)
SUFFIXES = frozenset((*FILM, ".flv", ".gif", ".mxf", ".ogv", ".webm"))
"""Of files that are taken for videos in a folder; a file that is named itself may have any."""


def find_videos(paths: Sequence[Path]) -> dict[str, Path]:
    """The videos that are named, and those in folders that are, at any depth, by what each is called.

    A video is called by its file's name without the suffix, made one that any folder and feature file takes;
    those that would share a name keep the suffix, and those that would share that, too, have their folder's
    before it.

    Raises:
        UserError: If a folder has none, or two would have one name.
    """
    found: dict[Path, None] = {}
    for path in paths:
        if is_folder(path):
            inside = [file for file in path.rglob("*") if file.suffix.lower() in SUFFIXES and file.is_file()]
            shown = [
                file for file in inside if not any(part[0] == "." for part in file.relative_to(path).parts)
            ]
            shown = [file for file in shown if not is_summary(file)]
            if not shown:
                raise UserError(f"{path}: no videos in this folder: name a file")
            found |= dict.fromkeys(sorted(shown, key=lambda file: natural_order(str(file))))
        else:
            found[path] = None
    return named(list(found))


def is_summary(file: Path) -> bool:
    """Whether a file is what `vsumlab summarize` made of another."""
    return file.name == "summary.mp4" and file.with_name("summary.html").is_file()


def named(videos: Sequence[Path]) -> dict[str, Path]:
    """What each video is called, as `find_videos` says."""
    names = {video: file_name(video.stem) for video in videos}
    for longer in (lambda video: video.name, lambda video: f"{video.resolve().parent.name}_{video.name}"):
        taken = Counter(names.values())
        names = {
            video: file_name(longer(video)) if taken[name] > 1 else name for video, name in names.items()
        }
    by_name = {name: video for video, name in names.items()}
    for video, name in names.items():
        if by_name[name] != video:
            raise UserError(f"{video}: would be called {name}, as {by_name[name]}: rename one of them")
    return by_name
