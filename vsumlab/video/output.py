"""The files that a summary is: whole, or not there."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pandas as pd

from vsumlab.errors import UserError
from vsumlab.video.clips import write_clips
from vsumlab.video.page import summary_page
from vsumlab.video.result import VideoSummary
from vsumlab.video.source import SourceVideo
from vsumlab.video.storyboard import storyboard

CLIPS, SCORES, BOARD, PAGE = "summary.mp4", "scores.csv", "storyboard.png", "summary.html"


def write_summary(
    folder: Path, source: SourceVideo, summary: VideoSummary, progress: Callable[[float], None]
) -> None:
    """Writes a summary's four files; those that were there before are replaced when all are written.

    Args:
        folder: Theirs.
        source: The video.
        summary: What is shown of it.
        progress: Called now and then, with the seconds of the summary that are done.

    Raises:
        UserError: If they cannot be written, or the folder is another's.
    """
    check_place(folder, source.path)
    with replacing(folder.resolve()) as unfinished:
        pictures = write_clips(source, summary, unfinished / CLIPS, progress)
        scores_table(summary).to_csv(unfinished / SCORES, index=False)
        storyboard(summary, pictures).save(unfinished / BOARD)
        page = summary_page(
            summary, pictures, player=CLIPS, whole=os.path.relpath(source.path.resolve(), folder.resolve())
        )
        (unfinished / PAGE).write_text(page, encoding="utf-8", errors="replace")


def scores_table(summary: VideoSummary) -> pd.DataFrame:
    """A row a pick: its time in seconds, its importance, its shot from 0, whether that is in the summary."""
    shot = summary.timeline.shot_of_pick
    return pd.DataFrame(
        {
            "time": np.round(summary.times, 3),
            "importance": np.round(summary.scores, 6),
            "shot": shot,
            "selected": summary.selected[shot].astype(int),
        }
    )


def check_place(folder: Path, video: Path) -> None:
    """Refuses a folder that a video's summary must not replace.

    Raises:
        UserError: If it has other files than a summary's, or the video itself.
    """
    files = {path.name for path in folder.iterdir()} if folder.is_dir() else set()
    others = sorted(files - {CLIPS, SCORES, BOARD, PAGE})
    if others or (folder.exists() and not folder.is_dir()):
        raise UserError(f"{folder}: {(others or ['a file'])[0]} is there: name another folder with --output")
    if video.resolve().parent == folder.resolve():
        raise UserError(f"{folder}: the video itself is in it: name another folder with --output")


@contextmanager
def replacing(folder: Path) -> Iterator[Path]:
    """A hidden folder next to another, which takes that one's place when all in it is written.

    Raises:
        UserError: If it cannot be written.
    """
    unfinished = old = None
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        unfinished = Path(tempfile.mkdtemp(prefix=".unfinished-", dir=folder.parent))
        yield unfinished
        unfinished.chmod(0o777 & ~umask())
        if folder.is_dir():
            aside = unfinished.with_name(unfinished.name + "-old")
            folder.rename(aside)
            old = aside
        unfinished.rename(folder)
    except OSError as error:
        raise UserError(
            f"{folder}: cannot be written ({error.strerror or error}): name another with --output"
        ) from error
    finally:
        if unfinished is not None:
            shutil.rmtree(unfinished, ignore_errors=True)
        if old is not None and not folder.exists():
            old.rename(folder)
        elif old is not None:
            shutil.rmtree(old, ignore_errors=True)


def umask() -> int:
    """The permissions that new files do not get."""
    mask = os.umask(0)
    os.umask(mask)
    return mask
