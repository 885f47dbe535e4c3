"""Importance scores by video, as they fit the videos of a feature file."""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from vsumlab.core.natural_order import natural_order
from vsumlab.core.video import Video
from vsumlab.data.foreign_scores.formats import FORMATS, ByVideo, Floats, read_scores
from vsumlab.errors import UserError

log = logging.getLogger(__name__)


class ForeignScores:
    """Importance scores by video.

    F1 is of scores in [0, 1]. Where some are above, all are divided by the greatest, which changes neither
    order nor proportion; where some are below 0, each video's are taken from its least to its greatest. A
    warning says so.

    Args:
        path: A file in one of the FORMATS, or a folder of such files, one a split, that say `split_0`,
            `fold0` or the like in their names or their folders' names. Splits are counted from 0, unless the
            lowest of several is 1.
        scorer: Whose scores to take where a file has several scorers.

    Attributes:
        name: The scorer's name in a run's file, else the file's or the folder's.
        keys: The videos that have scores.
        files: The files that they are from.

    Raises:
        UserError: If a file cannot be read as what its name says, has no such scorer, or has a score that is
            not finite.
    """

    def __init__(self, path: Path, scorer: str | None = None) -> None:
        self.path = path
        if not path.exists():
            raise UserError(f"{path}: no such file: name a file of importance scores (--list-formats)")
        by_fold = {None: path} if path.is_file() else files_by_fold(path)
        self.files = tuple(by_fold.values())
        read = {fold: chosen(file, scorer) for fold, file in by_fold.items()}
        self.name = next(iter(read.values()))[0] if path.is_file() or scorer else path.name
        self._scores = scaled(path, joined({fold: scores for fold, (_, scores) in read.items()}))
        self.keys = tuple(self._scores)

    def of(self, video: Video, fold: int) -> Floats:
        """The importance scores (T,) of a video: the fold's own where it has some, else the first fold's.

        The latter with a warning, since that fold's training may have seen the video. Scores of all frames
        are taken at the picks.

        Raises:
            UserError: If there are none, or they are neither of this video's picks nor of its frames.
        """
        if video.key not in self._scores:
            raise UserError(
                f"{self.path}: {video.key}: no scores: give every test video's, or choose a fold with fold=N"
            )
        of_folds = self._scores[video.key]
        if fold not in of_folds and None not in of_folds:
            log.warning(
                "%s: %s: no scores of fold %d, so another fold's are taken, which may have been trained on "
                "it: give the splits of these scores with data.splits=FILE",
                self.path,
                video.key,
                fold,
            )
        picks, scores = of_folds.get(fold) or next(iter(of_folds.values()))
        line = video.timeline
        if is_of(scores, picks, line.picks):
            return scores
        if is_of(scores, picks, np.arange(line.n_frames)):
            return scores[line.picks]
        found = "×".join(map(str, scores.shape))
        raise UserError(
            f"{self.path}: {video.key}: found {found} scores, or other picks than the feature file's: give a "
            f"score for each of its {video.n_picks} picks, or of its {line.n_frames} frames, in order"
        )


def is_of(scores: Floats, picks: Floats | None, frames: np.ndarray) -> bool:
    """Whether scores are of these frames, by their number and by what they are said to be of."""
    return scores.shape == frames.shape and (picks is None or np.array_equal(picks, frames))


def chosen(file: Path, scorer: str | None) -> tuple[str, ByVideo]:
    """One scorer of a file, by name.

    Raises:
        UserError: If there is no such scorer, or there are several and none is named.
    """
    by_scorer = read_scores(file)
    if scorer is None and len(by_scorer) == 1:
        (scorer,) = by_scorer
    if scorer not in by_scorer:
        found = "no scorer is named" if scorer is None else f"no scorer {scorer}"
        raise UserError(f"{file}: {found}: choose one with --scorer: {' '.join(sorted(by_scorer))}")
    return scorer, by_scorer[scorer]


def files_by_fold(folder: Path) -> dict[int | None, Path]:
    """The files of a folder by their split.

    Raises:
        UserError: If there are none, or there is not one a split.
    """
    suffixes = [suffix for form in FORMATS for suffix in form.suffixes]
    files = sorted(
        (path for path in folder.rglob("*") if path.suffix.lower() in suffixes),
        key=lambda path: natural_order(str(path)),
    )
    found: dict[int, Path] = {}
    for file in files:
        numbers = re.findall(r"(?:split|fold)[ _-]?(\d+)", str(file.relative_to(folder)).lower())
        if not numbers:
            raise UserError(
                f"{file}: no split in its name: name this file, or rename it to split_0{file.suffix}"
            )
        split = int(numbers[-1])
        if split in found:
            raise UserError(
                f"{folder}: {found[split].name} and {file.name} are both of split {split}: keep one"
            )
        found[split] = file
    if not found:
        raise UserError(f"{folder}: no file of scores in there: name one, or put one a split there")
    first = 1 if len(found) > 1 and min(found) == 1 else 0
    if first:
        log.warning("%s: there is no split 0, so split 1 is taken to be that of fold 0, and so on", folder)
    return {split - first: file for split, file in sorted(found.items())}


def joined(by_fold: Mapping[int | None, ByVideo]) -> ByVideo:
    """What the files of several splits hold, as one; a file's own folds come before its split."""
    videos: ByVideo = {}
    for split, scores in by_fold.items():
        for key, of_folds in scores.items():
            for fold, scored in of_folds.items():
                videos.setdefault(key, {})[split if fold is None else fold] = scored
    return videos


def scaled(path: Path, scores: ByVideo) -> ByVideo:
    """Scores in [0, 1], with a warning where they were not.

    Raises:
        UserError: If one is not finite, naming its video.
    """
    all_of = [(key, scored.scores) for key, of_folds in scores.items() for scored in of_folds.values()]
    for key, each in all_of:
        if not np.isfinite(each).all():
            raise UserError(
                f"{path}: {key}: {np.sum(~np.isfinite(each))} scores are not finite: mend the scorer"
            )
    least = min((float(each.min()) for _, each in all_of if each.size), default=0.0)
    most = max((float(each.max()) for _, each in all_of if each.size), default=1.0)
    if least >= 0 and most <= 1:
        return scores
    how = (
        "each video's are taken from its least to its greatest"
        if least < 0
        else f"all are divided by {most:.6g}"
    )
    log.warning(
        "%s: scores from %.6g to %.6g: F1 is of scores in [0, 1], so %s; rank correlations stay the same",
        path,
        least,
        most,
        how,
    )

    def in_range(scores: Floats) -> Floats:
        return from_least_to_greatest(scores) if least < 0 else scores / most

    return {
        key: {fold: each._replace(scores=in_range(each.scores)) for fold, each in of_folds.items()}
        for key, of_folds in scores.items()
    }


def from_least_to_greatest(scores: Floats) -> Floats:
    """Scores (T,) in [0, 1], the least of them 0 and the greatest 1; all 0 where they are the same.

    >>> from_least_to_greatest(np.array([-1.5e308, 1.5e308, 0.0]))
    array([0. , 1. , 0.5])
    """
    if not scores.size:
        return scores
    exponent = np.frexp(np.abs(scores).max())[1]
    smaller = np.ldexp(scores, -exponent)  # the same bits, but their range is finite
    scaled: Floats = (smaller - smaller.min()) / (np.ptp(smaller) or 1.0)
    return scaled
