"""A summary as one page that needs no network: a player, the scores, the key-shots."""

from __future__ import annotations

import base64
import io
import math
import os
import re
from collections.abc import Sequence
from itertools import accumulate
from typing import NamedTuple
from urllib.parse import quote

import numpy as np
import numpy.typing as npt
from jinja2 import Environment, PackageLoader
from PIL import Image

from vsumlab.plotting import span
from vsumlab.video.result import VideoSummary, clock

Floats = npt.NDArray[np.float64]

COLUMNS, HEIGHT = 2000, 1000
"""Of the curve's own coordinates; a column is less than a pixel of a wide screen."""
PICTURE, QUALITY = 320, 75
"""A picture's longer side, in pixels; JPEG's quality."""
STEPS = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600)
"""Seconds from one label of the time to the next; past the last, hours."""
LABELS = 6


class Curve(NamedTuple):
    """What is drawn of a video's scores, in `COLUMNS` by `HEIGHT`.

    Attributes:
        path: The scores, as an SVG path; of several in a column, from the lowest to the highest.
        key_shots: From where to where each one is, as left end and width.
        boundaries: Where shots begin, as an SVG path.
        span: What the curve's foot and top stand for.
        labels: Where in the width, in percent, which time is.
    """

    path: str
    key_shots: list[tuple[float, float]]
    boundaries: str
    span: str
    labels: list[tuple[float, str]]


class Frame(NamedTuple):
    """A key-shot's part of the storyboard.

    Attributes:
        when: From when to when it is shown.
        score: Its importance.
        picture: A data URI.
        link: To the moment in the summary where it begins.
    """

    when: str
    score: float
    picture: str
    link: str


def summary_page(
    summary: VideoSummary,
    pictures: Sequence[npt.NDArray[np.uint8]],
    *,
    player: str = "summary.mp4",
    whole: str | None,
) -> str:
    """The page of a summary, as HTML without characters that UTF-8 lacks.

    Args:
        summary: A video's.
        pictures: (H, W, 3) RGB, one for each key-shot.
        player: The summary's file, as a path from the page, or a URL that begins with http or file.
        whole: The video's file, likewise; None where it is not to be played.

    Raises:
        ValueError: If there are more or fewer pictures than key-shots.
    """
    shots = summary.key_shots
    offsets = list(accumulate((shot.end - shot.start for shot in shots), initial=0.0))[:-1]
    frames = [
        Frame(shot.when, shot.score, jpeg(picture), f"{url(player)}#t={offset:.3f}")
        for shot, picture, offset in zip(shots, pictures, offsets, strict=True)
    ]
    height, width = pictures[0].shape[:2] if shots else (9, 16)
    page = (
        Environment(loader=PackageLoader("vsumlab", "video"), autoescape=True, trim_blocks=True)
        .get_template("summary.html.jinja")
        .render(
            name=summary.source.name,
            facts=facts(summary),
            remarks=summary.remarks,
            curve=curve(summary),
            columns=COLUMNS,
            height=HEIGHT,
            frames=frames,
            tall=height > width,
            shape=f"{width} / {height}",
            player=url(player) if shots else None,
            whole=url(whole) if whole is not None else None,
            data={
                "name": summary.source.name,
                "player": url(player),
                "whole": url(whole) if whole is not None else None,
                "duration": summary.duration,
                "fps": summary.timeline.fps,
                "picks": summary.timeline.picks.tolist(),
                "scores": summary.scores.round(3).tolist(),
                "shots": [
                    {"start": shot.start, "end": shot.end, "offset": offset}
                    for shot, offset in zip(shots, offsets, strict=True)
                ],
            },
        )
    )
    return page.encode("utf-8", "replace").decode()  # names of files may hold bytes that are no text


def facts(summary: VideoSummary) -> list[tuple[str, str]]:
    """What is said of a summary, each with its name."""
    selected, of = int(summary.selected.sum()), len(summary.selected)
    share = summary.summary_duration / summary.duration
    return [
        ("Video", length(summary.duration)),
        ("Summary", f"{length(summary.summary_duration)}, {share:.1%} of it"),
        ("Key-shots", f"{selected} of {of} shots"),
        ("Importance by", summary.scorer),
    ]


def length(seconds: float) -> str:
    """How long something is.

    >>> length(9.33), length(83.0)
    ('9.3 s', '1:23')
    """
    return f"{seconds:.1f} s" if seconds < 59.95 else clock(seconds)


def curve(summary: VideoSummary) -> Curve:
    """What is drawn of a video's scores, from the lowest at the foot to the highest at the top."""
    timeline, duration = summary.timeline, summary.duration
    edges, low, high = envelope(summary.scores, timeline.picks, timeline.n_frames, COLUMNS)
    foot, top = float(low.min()), float(high.max())
    room = 0.06 * (top - foot) or 1.0  # a constant curve is in the middle
    along = COLUMNS * edges / timeline.n_frames

    def down(scores: Floats) -> Floats:
        rows: Floats = HEIGHT * (top + room - scores) / (top - foot + 2 * room)
        return rows

    there = [f"V{y:.0f}H{x:.1f}" for x, y in zip(along[1:], down(high), strict=True)]
    back = [f"V{y:.0f}H{x:.1f}" for x, y in zip(along[-2::-1], down(low)[::-1], strict=True)]
    begins = COLUMNS * timeline.shots[1:, 0] / timeline.n_frames
    per_second = COLUMNS / duration
    return Curve(
        path=f"M{along[0]:.1f} {down(high)[0]:.0f}" + "".join(there + back) + "Z",
        key_shots=[
            (round(shot.start * per_second, 2), round((shot.end - shot.start) * per_second, 2))
            for shot in summary.key_shots
        ],
        boundaries="".join(f"M{x:.1f} 0V{HEIGHT}" for x in begins),
        span=span(foot, top),
        labels=[(100 * time / duration, clock(time)) for time in labelled(duration)],
    )


def envelope(
    scores: Floats, picks: npt.NDArray[np.int64], n_frames: int, columns: int
) -> tuple[npt.NDArray[np.int64], Floats, Floats]:
    """The lowest and highest score in each of at most so many columns, so that no peak is lost.

    Args:
        scores: (T,) at the picks.
        picks: (T,) increasing frame indices.
        n_frames: N.
        columns: How many there may be; with fewer picks, each is a column of its own.

    Returns:
        (C + 1,) the frames where columns begin, and N; (C,) their lowest scores; (C,) their highest.

    >>> envelope(np.array([0.5, 0.1, 0.9, 0.3]), np.array([0, 5, 10, 15]), 20, 2)
    (array([ 0, 10, 20]), array([0.1, 0.3]), array([0.5, 0.9]))
    """
    column = picks * columns // n_frames if len(picks) > columns else np.arange(len(picks))
    starts = np.flatnonzero(np.diff(column, prepend=-1))
    edges = np.r_[picks[starts], n_frames]
    return edges, np.minimum.reduceat(scores, starts), np.maximum.reduceat(scores, starts)


def labelled(duration: float) -> list[float]:
    """The times that an axis is labelled with, in seconds, apart from each other and from its end.

    >>> labelled(302.5)
    [0, 60, 120, 180, 240]
    """
    hours = 3600 * math.ceil(duration / (3600 * LABELS))
    step = next((step for step in STEPS if duration / step <= LABELS), hours)
    return [i * step for i in range(LABELS + 1) if i * step <= duration * (1 - 0.6 / LABELS)]


def jpeg(picture: npt.NDArray[np.uint8]) -> str:
    """A picture, made small, as a data URI."""
    image, content = Image.fromarray(picture), io.BytesIO()
    image.thumbnail((PICTURE, PICTURE))
    image.save(content, "JPEG", quality=QUALITY)
    return f"data:image/jpeg;base64,{base64.b64encode(content.getvalue()).decode()}"


def url(path: str) -> str:
    """A path as a browser wants it; a URL as it is.

    >>> url("../what?/a b#1.mp4"), url("https://host/a%20b.mp4")
    ('../what%3F/a%20b%231.mp4', 'https://host/a%20b.mp4')
    """
    return path if re.match(r"(https?|file)://", path) else quote(os.fsencode(path))
