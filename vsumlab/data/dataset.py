"""A dataset as `conf/data` names it: where its file is, and how its annotations are used."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from glob import glob
from pathlib import Path
from typing import Literal, get_args

from vsumlab.checks import check_paths, check_texts
from vsumlab.core.annotations import RankReference
from vsumlab.core.files import is_file
from vsumlab.data.feature_file.reader import VideoFile, open_videos
from vsumlab.data.tvsum_annotations import SOURCE as ANNOTATIONS
from vsumlab.entries import refusal
from vsumlab.errors import UserError

log = logging.getLogger(__name__)


class Dataset:
    """What is summarised and scored; a name, a folder and a file are enough.

    Args:
        name: summe, tvsum, demo, …
        folder: Where feature files are looked for.
        file: The feature file: a path, or a name in `folder`.
        headline: How a video's F1 scores against its annotators become the F1 that tables show.
        rank_reference: Which annotations the rank correlations are computed against: each annotator's
            importance scores, or their summaries at the picks, or as peer code samples summaries.
        splits: A split file of the field; without one the setting draws folds.
        annotations: TVSum's annotation file, for videos that lack `user_scores`: a path, or a name in
            `folder`. Of several the first that is there is taken, if there is any.
        source: Where researchers get the file.
        remark: What every table of this dataset must say.
        make: Makes the file where it is missing, if it is one that can be made.

    Raises:
        UserError: If a value makes no sense, or `headline` or `rank_reference` is none of the above.
    """

    def __init__(
        self,
        name: str,
        folder: str,
        file: str,
        headline: Literal["mean", "max"] = "mean",
        rank_reference: RankReference = "user_scores",
        splits: str | None = None,
        annotations: str | Sequence[str] | None = None,
        source: str = "",
        remark: str = "",
        make: Callable[[Path], None] | None = None,
    ) -> None:
        if not file:
            raise UserError("data.file: names no file: write data.file=FILE.h5, or leave it out")
        own = {"name": name, "folder": folder, "file": file, "source": source, "remark": remark}
        check_texts(own, "name", "source", "remark", prefix="data.")
        check_paths(own, *(["folder"] if folder != "" else []), "file", prefix="data.")
        if splits is not None:
            check_paths({"splits": splits}, "splits", prefix="data.")
        check_files(annotations)
        if make is not None and not callable(make):
            raise refusal("data.make", make, "what makes the file, by its _target_, or null")
        if headline not in ("mean", "max"):
            raise UserError(f"data.headline={headline}: expected mean or max")
        if rank_reference not in get_args(RankReference):
            raise UserError(
                f"data.rank_reference={rank_reference}: expected one of {', '.join(get_args(RankReference))}"
            )
        self.name = name
        self.folder = Path(folder)
        self.file = Path(file)
        self.headline: Literal["mean", "max"] = headline
        self.rank_reference: RankReference = rank_reference
        self.splits = splits
        self.annotations = annotations
        self.source = source
        self.remark = remark
        self.make = make

    @property
    def path(self) -> Path:
        """The feature file."""
        return find_file(self.folder, self.file)

    def files(self) -> dict[str, Path]:
        """The files that it is of, by what they are: the feature file and, if there are some, the others."""
        splits = Path(self.splits) if self.splits else None
        files = {"data": self.path, "annotations": self._annotations_path(), "splits": splits}
        return {name: file for name, file in files.items() if file}

    def open(self) -> VideoFile:
        """Opens and checks the feature file.

        Raises:
            UserError: If the file is missing or unusable.
        """
        if not is_there(self.path, self.make):
            source = f"{self.source} " if self.source else ""
            raise UserError(
                f"{self.name}: no feature file {self.path}{others_in(self.path.parent)}; {source}"
                "Put it there, or name another place with paths.data=FOLDER or data.file=FILE.h5."
            )
        videos = open_videos(self.path, annotations=self._annotations_path())
        if self.rank_reference == "user_scores" and not videos.has_user_scores:
            log.warning("%s: no user_scores, so no rank correlations: %s", self.path, self._to_have_scores())
        return videos

    def _annotations_path(self) -> Path | None:
        """The annotation file: the one that is named, or the first of several that is there."""
        if isinstance(self.annotations, str):
            return find_file(self.folder, Path(self.annotations))
        paths = (find_file(self.folder, Path(name)) for name in self.annotations or ())
        return next((path for path in paths if is_file(path)), None)

    def _to_have_scores(self) -> str:
        if not self.annotations:
            return (
                "add each person's importance at the picks to the file, or write rank_reference: "
                "user_summary in the dataset's YAML"
            )
        names = " or ".join(self.annotations)
        return f"put {names}, from {ANNOTATIONS}, in {self.folder}, or name it with data.annotations=FILE"


def check_files(annotations: str | Sequence[str] | None) -> None:
    """Refuses annotations that are no names of files.

    Raises:
        UserError: If they are not.
    """
    names = [annotations] if isinstance(annotations, str) else annotations or []
    if not isinstance(names, Sequence):
        raise refusal("data.annotations", annotations, "one file or several, [FILE, FILE]")
    for name in names:
        check_paths({"annotations": name}, "annotations", prefix="data.")


def find_file(folder: Path, file: Path) -> Path:
    """A file: under that name in the folder, or else as named."""
    inside = folder / file
    return file if is_file(file) and not is_file(inside) else inside


def found_files(folder: Path, file: Path) -> list[Path]:
    """The files that a name stands for: itself, or those that it matches as a glob, if there are any."""
    path = find_file(folder, file)
    if is_file(path):
        return [path]
    # pathlib's glob takes no absolute pattern; the folder's own name is none
    inside = [folder / match for match in glob(str(file), root_dir=folder)]  # noqa: PTH207
    return sorted(inside or map(Path, glob(str(file)))) or [path]  # noqa: PTH207


def others_in(folder: Path) -> str:
    """What else there may be meant in a folder, in words."""
    names = sorted(file.name for file in folder.glob("*.h5"))
    return f" (there are {', '.join(names[:5])}{', …' if len(names) > 5 else ''})" if names else ""


def is_there(path: Path, make: Callable[[Path], None] | None) -> bool:
    """Whether there is a file, made just now where it can be."""
    if make is not None and not is_file(path):
        make(path)
    return is_file(path)
