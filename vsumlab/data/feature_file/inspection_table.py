"""What was found in a feature file, as a table and as lines."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich import box
from rich.markup import escape
from rich.table import Table

from vsumlab.data.feature_file.inspection import Inspected, Inspection, Use
from vsumlab.errors import printable
from vsumlab.summary.keyshots import BUDGET_PERCENT, budget

TICK = "✓"


def inspection_table(inspection: Inspection) -> Table:
    """A line a video, then totals; empty where something is missing or wrong."""
    videos = inspection.videos
    dtypes = sorted({video.dtype for video in videos if video.dtype})
    table = Table(
        title=shown(
            " · ".join(
                [
                    inspection.path.name,
                    *([f"features of {' and '.join(dtypes)}"] if dtypes else []),
                    *(["quantized"] if inspection.quantized else []),
                ]
            )
        ),
        caption="T: picks · D: dimensions of a feature · N: frames · S: shots · U: annotators\n"
        f"budget: frames that a summary may have, {BUDGET_PERCENT} % of N · faults: as listed below",
        pad_edge=False,
        collapse_padding=True,
        box=box.SIMPLE_HEAD,
        title_style="bold",
        title_justify="left",
        caption_justify="left",
    )
    table.add_column("video", no_wrap=True)
    for column in ("T", "D", "N", "S", "U", "budget", "user_scores", "gtscore", "faults"):
        table.add_column(column, justify="right", no_wrap=True)
    listed = inspection.use is not Use.TRAINING
    for video in videos:
        key, *others = cells(video)
        table.add_row(shown(key), *others, str(len(video.faults)) if listed and video.faults else "")
    table.add_section()
    faults = sum(len(video.faults) for video in videos) if listed else 0
    table.add_row(*totals(videos), str(faults))
    return table


def shown(name: str) -> str:
    """A name from data as it is, for a table would take what is in brackets for its style."""
    return escape(printable(name, longest=60))


def cells(video: Inspected) -> list[str]:
    """A video's line."""
    sizes = (video.n_picks, video.dim, video.n_frames, video.n_shots, video.n_users, _budget(video))
    ticks = (video.has_user_scores, video.has_gtscore)
    return [
        video.key,
        *("" if size is None else str(size) for size in sizes),
        *(TICK if there else "" for there in ticks),
    ]


def totals(videos: Sequence[Inspected]) -> list[str]:
    """The last line: sums, but the extremes of D and U."""
    return [
        f"{len(videos)} videos",
        _sum([video.n_picks for video in videos]),
        _range([video.dim for video in videos]),
        _sum([video.n_frames for video in videos]),
        _sum([video.n_shots for video in videos]),
        _range([video.n_users for video in videos]),
        _sum([_budget(video) for video in videos]),
        str(sum(video.has_user_scores for video in videos)),
        str(sum(video.has_gtscore for video in videos)),
    ]


def lines(inspection: Inspection) -> Iterator[str]:
    """All that is wrong, a line each, and last what the file is good for.

    Of a file that is for training alone, what evaluation would need is not wrong; one line says so.
    """
    path, use = inspection.path, inspection.use
    for name in inspection.strays:
        yield (
            f"{path}: {name}: found an array outside any video; expected one group for each video; move or "
            "remove it"
        )
    why = ""
    if use is Use.TRAINING:
        first = inspection.videos[0]
        why = next(f": {first.key}: {fault.text}" for fault in first.faults if fault.key == "user_summary")
    else:
        for video in inspection.videos:
            for fault in video.faults:
                yield f"{path}: {video.key}: {fault.text}"
    yield f"{path}: {use.value}{why}"


def _budget(video: Inspected) -> int | None:
    return None if video.n_frames is None else budget(video.n_frames)


def _sum(numbers: Sequence[int | None]) -> str:
    given = [number for number in numbers if number is not None]
    return str(sum(given)) if given else ""


def _range(numbers: Sequence[int | None]) -> str:
    given = sorted({number for number in numbers if number is not None})
    return "–".join(map(str, dict.fromkeys((given[0], given[-1])))) if given else ""
