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
from vsumlab.places import exists

log = logging.getLogger(__name__)


class ForeignScores:
    """Importance scores by video.

    F1 is of scores in [0, 1]. Where some are above, all are divided by the greatest, which changes neither
    order nor proportion; where some are below 0, each video's are taken from its least to its greatest. A
    warning says so.

    Args:
        path: A file in one of the FORMATS, or a folder of such files, one a split, that say `split_0`,
            `fold0` or the like in their names or their folders' names.
        scorer: Whose scores to take where a file has several scorers.
        n_folds: How many folds are evaluated. Splits are counted from 0, unless they are exactly those from 1
            to so many.

    Attributes:
        name: The scorer's name in a run's file, else the file's or the folder's.
        keys: The videos that have scores.
        files: The files that they are from.
        folds: The folds that some of them are of; none where the files know of none.

    Raises:
        UserError: If a file cannot be read as what its name says, has no such scorer, or has a score that is
            not finite.
    """

    def __init__(self, path: Path, scorer: str | None = None, n_folds: int | None = None) -> None:
        self.path = path
        if not exists(path):
            raise UserError(f"{path}: no such file: name a file of importance scores (--list-formats)")
        if not (path.is_file() or path.is_dir()):
            raise UserError(f"{path}: neither a file nor a folder: name a file of importance scores")
        by_fold = {None: path} if path.is_file() else files_by_fold(path, n_folds)
        self.files = tuple(by_fold.values())
        read = {fold: chosen(file, scorer) for fold, file in by_fold.items()}
        self.name = next(iter(read.values()))[0] if path.is_file() or scorer else path.name
        self._scores = scaled(path, joined({fold: scores for fold, (_, scores) in read.items()}))
        self.keys = tuple(self._scores)
        found = {fold for of_folds in self._scores.values() for fold in of_folds if fold is not None}
        self.folds = tuple(sorted(found))

    def of(self, video: Video, fold: int) -> Floats:
        """The importance scores (T,) of a video in a fold, of all folds where the files know of none.

        Another fold's are not taken, since its training may have seen the video. Scores of all frames are
        taken at the picks.

        Raises:
            UserError: If there are none, or they are neither of this video's picks nor of its frames.
        """
        if video.key not in self._scores:
            raise UserError(
                f"{self.path}: {video.key}: no scores: give every test video's, or choose a fold with fold=N"
            )
        of_folds = self._scores[video.key]
        if fold not in of_folds and None not in of_folds:
            others = " or ".join(f"fold={other}" for other in self.folds if other != fold)
            raise UserError(
                f"{self.path}: fold {fold} has no scores of {video.key}, and another fold's may be of a "
                f"training that has seen it: choose {others}, or name the splits that they were made in with "
                "data.splits=FILE"
            )
        picks, scores = of_folds[fold if fold in of_folds else None]
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


def files_by_fold(folder: Path, n_folds: int | None) -> dict[int | None, Path]:
    """The files of a folder by their split, counted from 0.

    Raises:
        UserError: If there are none, or there is not one a split.
    """
    suffixes = [suffix for form in FORMATS for suffix in form.suffixes]
    files = sorted(
        (path for path in folder.rglob("*") if path.suffix.lower() in suffixes and path.is_file()),
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
    from_one = n_folds is not None and sorted(found) == list(range(1, n_folds + 1))
    if from_one:
        log.warning("%s: splits 1 to %d are taken to be the folds 0 to %d", folder, n_folds, max(found) - 1)
    return {split - from_one: file for split, file in sorted(found.items())}


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
