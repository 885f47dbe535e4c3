"""What is made of a video before any of it is written: importance scores, and the shots that they choose."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from vsumlab.core.timeline import Timeline
from vsumlab.summary.keyshots import shot_scores


def clock(seconds: float, tenths: bool = False) -> str:
    """A time as players show it, cut off rather than rounded.

    >>> clock(83.96), clock(83.96, tenths=True), clock(3723.0)
    ('1:23', '1:23.9', '1:02:03')
    """
    ticks = int(round(10 * seconds, 3))  # what is added up comes a little short of the next tick
    minutes, rest = divmod(ticks, 600)
    hours, minutes = divmod(minutes, 60)
    before = f"{hours}:{minutes:02d}" if hours else f"{minutes}"
    return f"{before}:{rest // 10:02d}" + (f".{rest % 10}" if tenths else "")


class KeyShot(NamedTuple):
    """A shot of the summary.

    Attributes:
        first: Its first frame.
        last: Its last frame, inclusive.
        start: When it starts, in seconds of the video.
        end: When the next shot would start.
        score: The mean of its frames' importance.
        peak: The frame, among the picks in it, of the highest importance; `first` where it has no pick.
    """

    first: int
    last: int
    start: float
    end: float
    score: float
    peak: int

    @property
    def when(self) -> str:
        """From when to when it is shown, to the second, or to a tenth where it is shorter.

        >>> KeyShot(0, 0, 83.5, 91.0, 0.5, 0).when, KeyShot(0, 0, 83.5, 83.9, 0.5, 0).when
        ('1:23–1:31', '1:23.5–1:23.9')
        """
        tenths = clock(self.start) == clock(self.end)
        return f"{clock(self.start, tenths)}–{clock(self.end, tenths)}"


@dataclass(frozen=True, eq=False)
class VideoSummary:
    """A video's importance scores and key-shots.

    Attributes:
        source: The video's file.
        timeline: Its picks, frames and shots.
        scores: (T,) float64, importance in [0, 1] at the picks.
        selected: (S,) whether each shot is in the summary.
        scorer: What scored it, in a few words.
        remarks: What a reader has to know of it, a sentence each: damage that was skipped, …
    """

    source: Path
    timeline: Timeline
    scores: npt.NDArray[np.float64]
    selected: npt.NDArray[np.bool_]
    scorer: str
    remarks: tuple[str, ...] = ()

    @property
    def duration(self) -> float:
        """The video's, in seconds."""
        return self.timeline.n_frames / self.timeline.fps

    @property
    def times(self) -> npt.NDArray[np.float64]:
        """(T,) when the picks are shown, in seconds."""
        return self.timeline.picks / self.timeline.fps

    @property
    def key_shots(self) -> list[KeyShot]:
        """The shots of the summary, in order."""
        timeline = self.timeline
        means, shot_of_pick = shot_scores(self.scores, timeline), timeline.shot_of_pick
        found = []
        for shot in np.flatnonzero(self.selected):
            first, last = timeline.shots[shot].tolist()
            inside = np.flatnonzero(shot_of_pick == shot)
            peak = int(timeline.picks[inside[np.argmax(self.scores[inside])]]) if len(inside) else first
            start, end = first / timeline.fps, (last + 1) / timeline.fps
            found.append(KeyShot(first, last, start, end, float(means[shot]), peak))
        return found

    @property
    def summary_duration(self) -> float:
        """How long the summary is, in seconds."""
        return sum(shot.end - shot.start for shot in self.key_shots)
