"""TVSum's videos 26 to 50, on which no constant was chosen, next to all 50, of the runs that a study keeps.

`python experiments/consensus/halves.py STUDY` makes the table of `STUDY/README.md` anew from the study's own
files, on other datasets with all videos alone.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Hashable
from pathlib import Path

import numpy as np
import numpy.typing as npt

from vsumlab.evaluation.significance import Difference, paired_difference
from vsumlab.report.compare import Comparison, compare
from vsumlab.report.markdown import between
from vsumlab.report.tables import Table
from vsumlab.runs.folder import write_whole
from vsumlab.runs.study_files import read_study

BEGIN, END = "<!-- halves -->", "<!-- end of halves -->"
AGAINST = "align,uniform"
TUNED_ON = 25
PARTS = ("pseudo-score", "direction")
NOTES = (
    "τ: Kendall's tau-b against each person, means over videos, with the 95 % interval of the difference "
    f"from random scores (percentile bootstrap over videos). The last columns: the paired difference from "
    f"{AGAINST}, the training-free criteria of Pang et al. Constants were chosen on videos 1 to 25."
)
Taus = npt.NDArray[np.float64]


def number(video: str) -> int:
    """Of TVSum's video_12, 12."""
    return int(video.rpartition("_")[2])


def held_out(comparison: Comparison, videos: list[str]) -> npt.NDArray[np.bool_]:
    """Which videos no constant was chosen on: of TVSum those from 26 on, else all."""
    tvsum = comparison.dataset == "tvsum"
    return np.array([not tvsum or number(video) > TUNED_ON for video in videos])


def changes(comparison: Comparison, line: Hashable) -> str:
    """What a line has otherwise than most others, in words; nothing of the method's name."""
    found = []
    for entry in comparison.entries:
        values = comparison.lines[entry].astype(str)
        own, usual = values[line], values[comparison.lines["kind"] == "method"].mode()
        if entry != "method_name" and own not in ("", *usual[:1]):
            found.append(f"{entry.removeprefix('method.')}={own}")
    return ", ".join(found)


def table(comparison: Comparison) -> Table:
    """A row a line of a comparison that has figures of ours, people and random scores among them.

    Of a changed recipe the whole score alone; of the whole one, other features and bases its parts as well.
    """
    changed = {line: changes(comparison, line) for line in comparison.lines.index}
    shown = [
        line
        for line, what in changed.items()
        if comparison.lines.loc[line, "videos"] > 0
        and (
            comparison.lines.loc[line, "scorer"] not in PARTS
            or re.fullmatch("|(method=consensus, )?(base|data.file)=[^,]*", what)
        )
    ]
    lines = comparison.lines.loc[sorted(shown, key=lambda line: changed[line])]
    taus = {line: comparison.videos_of(int(line))["kendall_tau"] for line in lines.index}
    random = next(line for line in lines.index if lines.loc[line, "scorer"] == "random")
    found = lines[lines["scorer"] == AGAINST]
    if "method.refine" in comparison.entries:
        found = found[found["method.refine"].astype(str) == "False"]
    reference = found.index[0] if len(found) else None
    halves = comparison.dataset == "tvsum"
    header = ["scorer", "changed", "τ, all", *(("τ, 1–25", "τ, 26–50") if halves else ()), "ρ, all", "F1 %"]
    header += [f"above {AGAINST}, all", *((f"above {AGAINST}, 26–50",) if halves else ())]
    cells = []
    for line in lines.index:
        own, chance = taus[line], taus[random].reindex(taus[line].index)
        kept = held_out(comparison, [*own.index])
        parts = [np.ones_like(kept), kept] if halves else [np.ones_like(kept)]
        found = [with_interval(own[part], paired_difference(own[part].to_numpy(), chance[part].to_numpy()))
                 for part in parts]  # fmt: skip
        if halves:
            found.insert(1, f"{own[~kept].mean():.3f}")
        above = [""] * len(parts)
        if reference is not None and line != reference:
            theirs = taus[reference].reindex(own.index)
            above = [
                signed(paired_difference(own[part].to_numpy(), theirs[part].to_numpy())) for part in parts
            ]
        rho = f"{comparison.videos_of(int(line))['spearman_rho'].mean():.3f}"
        f1 = f"{100 * comparison.videos_of(int(line))[comparison.headline].mean():.1f}"
        cells.append([str(lines.loc[line, "scorer"]), changed[line], *found, rho, f1, *above])
    return Table(f"{comparison.dataset}: τ, and where no constant was chosen", header, cells, NOTES)


def with_interval(own: Taus, difference: Difference) -> str:
    """A mean with the interval of its difference from random scores; those have none."""
    if difference.low == difference.high == 0:
        return f"{np.mean(own):.3f}"
    return f"{np.mean(own):.3f} ({difference.low:.3f} to {difference.high:.3f})"


def signed(difference: Difference) -> str:
    """A difference with its interval."""
    return f"{difference.mean:+.3f} ({difference.low:.3f} to {difference.high:.3f})"


def with_tables(page: str, folder: Path) -> str:
    """The page with its tables made anew."""
    *others, last = [table(each) for each in compare(read_study(folder)) if each.measured]
    return between(page, BEGIN, END, [*(each._replace(notes="") for each in others), last])


if __name__ == "__main__":
    study = Path(sys.argv[1])
    write_whole(study / "README.md", with_tables((study / "README.md").read_text(encoding="utf-8"), study))
