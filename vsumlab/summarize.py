"""A summary of one's own video: `vsumlab summarize VIDEO…` makes a folder of it, with a page to look at."""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Sequence
from pathlib import Path

from vsumlab.core.backbone_identity import Identity
from vsumlab.errors import UserError, needs_extra, one_line_errors, printable
from vsumlab.methods.trust import add_trust, trusting
from vsumlab.processes import one_line_end

with one_line_errors(), needs_extra("video"):
    from vsumlab.video.backbone import Network
    from vsumlab.video.budget import Budget
    from vsumlab.video.choice import check_method, choose
    from vsumlab.video.clips import encoders
    from vsumlab.video.command import add_common, load_network, one_by_one, paths_and_overrides
    from vsumlab.video.extraction import extract
    from vsumlab.video.files import find_videos
    from vsumlab.video.output import PAGE, check_place, write_summary
    from vsumlab.video.result import VideoSummary, clock
    from vsumlab.video.scorers import Scorer, ready_made
    from vsumlab.video.stages import Stages


def summarize(path: Path, folder: Path, network: Network, scorer: Scorer, budget: Budget) -> VideoSummary:
    """Makes a video's summary, and prints how long each stage took.

    Args:
        path: The video.
        folder: Where the summary goes; the one that is there is replaced.
        network: The backbone's.
        scorer: What scores it.
        budget: How long the summary may be.

    Raises:
        UserError: If the video cannot be read, or the summary not written.
    """
    check_place(folder, path)  # before the network has run for long
    stages = Stages(path.name)
    found = extract(path, network, stages)
    with stages.stage("scores"):
        summary = choose(*found, scorer, budget)
    with stages.stage("writing", summary.summary_duration) as report:
        write_summary(folder, found.source, summary, report)
    times = ", ".join(f"{name} {seconds:.1f} s" for name, seconds in stages.seconds.items())
    print(
        printable(
            f"{path}: {len(summary.key_shots)} key-shots, {clock(summary.summary_duration)} of "
            f"{clock(summary.duration)}: {folder / PAGE}"
        )
    )
    print(f"  {times} ({found.speed})")
    return summary


def summarize_all(
    paths: Sequence[Path],
    output: Path,
    overrides: Sequence[str] = (),
    run: Path | None = None,
    fold: int | None = None,
    budget: Budget | None = None,
    own: Path | None = None,
) -> list[str]:
    """Makes the summaries of videos, each in a folder of its own; goes on when one fails.

    Args:
        paths: Videos, and folders of them.
        output: The folder of the summaries' folders.
        overrides: Of `conf/extract.yaml`, such as `backbone=googlenet`.
        run: The folder of a run whose method scores them, if not the one that comes with the package.
        fold: Which of its folds' method; the first one's unless it is given.
        budget: How long a summary may be, if not 15 % of the video.
        own: A folder of configuration, with backbones of one's own.

    Returns:
        What failed, a line a video.

    Raises:
        UserError: If nothing could be done at all.
    """
    videos = find_videos(paths)
    encoders()
    if run is None:
        network = load_network(overrides, own)
        scorer = ready_made(network.backbone)
    else:
        scorer = of_run(run, fold)
        network = load_network(with_backbone(overrides, scorer.method.backbone), own)
    check_method(scorer, network)
    print(printable(f"scored by {scorer.title}"))

    def work(name: str, path: Path) -> Sequence[str]:
        return summarize(path, output / name, network, scorer, budget or Budget()).remarks

    return one_by_one(videos, work)


def with_backbone(overrides: Sequence[str], trained_on: Identity | None) -> list[str]:
    """Overrides that name a backbone: the one that a method was trained on, unless they name one.

    Raises:
        UserError: If that one's name is none of a file in `conf/backbone`, but may be of one elsewhere.
    """
    if trained_on is None or any(override.startswith("backbone=") for override in overrides):
        return [*overrides]
    if not re.fullmatch(r"[\w-][\w.-]*", str(trained_on["name"])):
        raise UserError(
            f"--run: was trained on features of {trained_on['name']!r}: name what makes such, backbone=NAME"
        )
    return [f"backbone={trained_on['name']}", *overrides]


def of_run(run: Path, fold: int | None) -> Scorer:
    """The method of a run.

    Raises:
        UserError: If the folder holds no such trained method.
    """
    from vsumlab.runs.folder import fold_folders
    from vsumlab.runs.loading import load_method

    if fold is None:
        fold = min(fold_folders(run), default=None)
    method = load_method(run, fold)
    return Scorer(method, f"{method.name}, fold {fold} of {run}")


def parser() -> argparse.ArgumentParser:
    """The command line."""
    made = argparse.ArgumentParser(
        prog="vsumlab summarize",
        usage="%(prog)s VIDEO ... [-o FOLDER] [--budget 15%%|60s] [--run RUN [--fold N]]\n"
        "                         [override ...] [--config-dir FOLDER]",
        description="Makes summaries of videos, each a folder: summary.mp4, the key-shots with their sound; "
        "scores.csv, the importance, two frames a second; storyboard.png; and summary.html, a page with the "
        "player, the curve of importance and the storyboard.",
        epilog="For example: vsumlab summarize holiday.mp4 --budget 60s.",
    )
    add_common(made)
    made.add_argument(
        "-o",
        "--output",
        type=Path,
        default=Path("summaries"),
        metavar="FOLDER",
        help="where each video's folder goes (%(default)s)",
    )
    made.add_argument(
        "--budget",
        type=str,
        default="15%",
        metavar="LENGTH",
        help="how long a summary may be, a share or seconds: 15%% (the default), 60s",
    )
    made.add_argument(
        "--run",
        type=Path,
        metavar="RUN",
        help="the folder of a run, whose method scores; without it, the consensus direction of the default "
        "backbone, or the training-free contrastive criteria of another one",
    )
    made.add_argument("--fold", type=int, metavar="N", help="which of the run's folds (the first)")
    add_trust(made)
    return made


def main() -> None:
    """The command line."""
    arguments = parser().parse_intermixed_args()
    paths, overrides = paths_and_overrides([*arguments.videos, *arguments.overrides])
    if not paths:
        parser().error("name a video, or a folder of videos")
    if arguments.fold is not None and arguments.run is None:
        parser().error("--fold: is of a run: name it with --run")
    with one_line_end("summaries that are done are kept"), one_line_errors(), trusting(arguments.trust):
        budget = Budget.parse(arguments.budget)
        failed = summarize_all(
            paths,
            arguments.output,
            overrides,
            arguments.run,
            arguments.fold,
            budget,
            arguments.config_dir,
        )
    sys.exit(2 if failed else 0)


if __name__ == "__main__":
    main()
