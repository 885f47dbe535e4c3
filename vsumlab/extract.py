"""Features of one's own videos: `vsumlab extract VIDEO… -o FILE.h5` makes a feature file of them."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from vsumlab.errors import UserError, needs_extra, one_line_errors, printable
from vsumlab.processes import one_line_end

with one_line_errors(), needs_extra("video"):
    from vsumlab.video.backbone import Network
    from vsumlab.video.command import add_common, load_network, one_by_one, paths_and_overrides
    from vsumlab.video.extraction import extract
    from vsumlab.video.feature_file import FeatureFile
    from vsumlab.video.files import find_videos
    from vsumlab.video.people import ScoreTable
    from vsumlab.video.stages import Stages


def extract_all(
    paths: Sequence[Path],
    output: Path,
    overrides: Sequence[str] = (),
    scores: Path | None = None,
    own: Path | None = None,
) -> list[str]:
    """Makes a feature file of videos, or adds them to it; a video that is in it already is left as it is.

    Args:
        paths: Videos, and folders of them.
        output: The feature file.
        overrides: Of `conf/extract.yaml`, such as `backbone=googlenet`.
        scores: A CSV of people's scores of some of them.
        own: A folder of configuration, with backbones of one's own.

    Returns:
        What failed, a line a video.

    Raises:
        UserError: If nothing could be done at all.
    """
    videos = find_videos(paths)
    people = None if scores is None else ScoreTable(scores)
    for name in people.unused({key: path.name for key, path in videos.items()}) if people else ():
        unused = f"vsumlab: {scores}: {name}: not among the videos, so its scores are not used"
        print(printable(unused), file=sys.stderr)
    network = load_network(overrides, own)
    with alone_at(output):
        return extract_into(FeatureFile(output, network.identity), videos, network, people)


@contextmanager
def alone_at(output: Path) -> Iterator[None]:
    """Holds a lock next to a feature file, so that two commands do not make it at the same time.

    Raises:
        UserError: If another command is making it, or it cannot be written.
    """
    lock = FileLock(output.with_name(f".{output.name}.lock"))
    try:
        output.parent.mkdir(parents=True, exist_ok=True)
        lock.acquire(timeout=0)
    except Timeout as error:
        raise UserError(f"{output}: another command is making it: wait for its end") from error
    except OSError as error:
        raise UserError(f"{output}: cannot be written ({error.strerror}): choose another place") from error
    try:
        yield
    finally:
        Path(lock.lock_file).unlink(missing_ok=True)
        lock.release()


def extract_into(
    file: FeatureFile, videos: Mapping[str, Path], network: Network, people: ScoreTable | None
) -> list[str]:
    """Adds videos, by key, to a feature file; see `extract_all`."""
    n_before = 0

    def work(key: str, path: Path) -> Sequence[str]:
        nonlocal n_before
        if path.is_file() and file.has(key, path):
            n_before += 1
            return ()
        found = extract(path, network, Stages(path.name))
        file.add(key, path, found.features, found.shots)
        done = f"{path}: {len(found.features.picks)} picks, {counted(len(found.shots))} ({found.speed})"
        print(printable(done))
        return found.features.remarks

    failed = one_by_one(videos, work)
    if len(failed) == len(videos):
        raise UserError(f"{file.path}: not written, since none of the videos could be done")
    n_videos = file.join(people)
    if n_before:
        print(f"{n_before} done before, left as they are")
    print(printable(f"{file.path}: {n_videos} videos, features of {network.backbone.name}"))
    return failed


def counted(n_shots: int) -> str:
    """A number of shots, in words.

    >>> counted(1), counted(2)
    ('1 shot', '2 shots')
    """
    return f"{n_shots} shot" + "s" * (n_shots != 1)


def parser() -> argparse.ArgumentParser:
    """The command line."""
    made = argparse.ArgumentParser(
        prog="vsumlab extract",
        usage="%(prog)s VIDEO ... -o FILE.h5 [--scores CSV] [override ...] [--config-dir FOLDER]",
        description="Makes a feature file of videos: features of a backbone, two frames a second, and shots. "
        "Such a file can be trained on; with people's scores it can be evaluated on, too. An interrupted "
        "command goes on where it stopped; videos that are in the file already are left as they are.",
        epilog="For example: vsumlab extract clips/ -o clips.h5 backbone=googlenet "
        "backbone.file=googlenet_pool5.onnx.",
    )
    add_common(made)
    made.add_argument("-o", "--output", type=Path, required=True, metavar="FILE.h5", help="what is made")
    made.add_argument(
        "--scores",
        type=Path,
        metavar="CSV",
        help="people's scores of some of them, video,time,annotator,score: a score holds from its time, "
        "in seconds, until the same person's next one",
    )
    return made


def main() -> None:
    """The command line."""
    arguments = parser().parse_intermixed_args()
    paths, overrides = paths_and_overrides([*arguments.videos, *arguments.overrides])
    if not paths:
        parser().error("name a video, or a folder of videos")
    with one_line_end("videos that are done are kept, and the same command goes on"), one_line_errors():
        failed = extract_all(paths, arguments.output, overrides, arguments.scores, arguments.config_dir)
    sys.exit(2 if failed else 0)


if __name__ == "__main__":
    main()
