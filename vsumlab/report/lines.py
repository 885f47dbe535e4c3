"""The lines of a comparison: what each is of, and its means."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import pandas as pd

from vsumlab.core.metric_names import METRICS
from vsumlab.evaluation.baselines import BASELINES
from vsumlab.methods.published import FIGURES, PaperRow, TableRow
from vsumlab.report.paper_rows import claimed_rows, published
from vsumlab.runs.reading import Run

MEANS, OVER_FOLDS, OVER_SEEDS = list(METRICS), "_over_folds", "_over_seeds"
STATES = ("failed", "not run")
WHOLE = {
    "trainer.limit_train_batches": (None, 1.0),
    "trainer.limit_predict_batches": (None, 1.0),
    "trainer.max_steps": (None, -1),
    "trainer.fast_dev_run": (None, False),
}
"""Entries of the Trainer that cut a run short where they are something else: a smoke run, no result."""


def method_lines(runs: list[Run], lacking: str = "") -> list[dict[str, Any]]:
    """A line for each scorer of runs of one configuration, or one without figures where none is done.

    Args:
        runs: Of one configuration.
        lacking: Which folds it would need to be shown, in words.
    """
    counts = {state: sum(run.record["status"] == state for run in runs) for state in STATES}
    missing = [f"{count} {state}" for state, count in counts.items() if count] + cut_short(
        [run for run in runs if run.done]
    )
    done = [run for run in runs if run.done]
    line = {"missing": ", ".join(filter(None, [*missing, lacking]))}
    if not done:
        return [line]
    line["epochs"] = epochs_by_override(done)
    line["precision"] = str(done[0].config.get("trainer.precision") or "")
    paper = claimed_rows(done[0])
    named = dict.fromkeys(scorer for run in done for scorer in run.rows["scorer"].unique())
    scorers = [scorer for scorer in named if scorer not in BASELINES]
    return [line | {"scorer": scorer} | of_the_paper(done[0], paper.get(scorer)) for scorer in scorers]


def epochs_by_override(runs: list[Run]) -> str:
    """How long runs were trained where their command line says so, not their method's file."""
    epochs = "trainer.max_epochs"
    given = [
        run
        for run in runs
        if epochs in run.config  # scores from elsewhere may have another program's overrides
        and any(each.startswith(f"{epochs}=") for each in run.record.get("overrides") or ())
    ]
    return ", ".join(dict.fromkeys(str(run.config[epochs]) for run in given))


def of_the_paper(run: Run, row: PaperRow | None) -> dict[str, Any]:
    """The paper's row that a line is, if it is one, and the paper's figures."""
    if row is None:
        return {}
    figures = {f"paper_{name}": value for name, value in published(run, row.row).items()}
    return {"paper_row": row.row, "differs": "†" if row.differs else "", **figures}


def cut_short(runs: list[Run]) -> list[str]:
    """Why figures of finished runs are no result yet, in words."""
    found = ["unfinished"] if any(run.record.get("unfinished") for run in runs) else []
    smoke = any(run.config.get(name) not in whole for run in runs for name, whole in WHOLE.items())
    return [*found, "a smoke run"] if smoke else found


def published_line(row: TableRow) -> dict[str, Any]:
    """A published row that nothing was run for."""
    figures = {f"paper_{name}": value for name, value in row.figures.items()}
    return {"scorer": row.row, "setting": row.setting, "kind": "published", "paper_row": row.row, **figures}


def in_paper_order(ours: list[dict[str, Any]], theirs: Sequence[TableRow]) -> list[dict[str, Any]]:
    """Lines in the order of a published table, with rows of its own method that nothing was run for."""
    own = {row.row: published_line(row) for row in theirs if row.kind == "own"}
    listed = []
    for name, line in own.items():
        listed += [each for each in ours if each.get("paper_row") == name] or [line]
    return [*listed, *(line for line in ours if line.get("paper_row") not in own)]


def as_lines(lines: list[dict[str, Any]]) -> pd.DataFrame:
    """Lines as a frame that has all columns of text."""
    text = ["scorer", "run", "setting", "kind", "labels", "paper_row", "differs"]
    text += ["missing", "epochs", "precision"]
    figures = [f"paper_{name}" for name in FIGURES]
    frame = pd.DataFrame(lines)
    frame = frame.reindex(columns=[*text, *figures, *frame.columns.difference([*text, *figures], sort=False)])
    frame[figures] = frame[figures].astype(float)
    other = frame.columns.difference([*figures, "group"])
    frame[other] = frame[other].astype(object).where(frame[other].notna(), "")
    return frame


def numbered(lines: pd.DataFrame, rows: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Lines, and the rows with the number of the line that each belongs to."""
    if "group" not in lines:
        lines = lines.assign(group=math.nan)
    keys = ["setting", "scorer", "group"]
    lines = lines.assign(group=lines["group"].where(lines["kind"] != "baseline", -1))
    belongs = lines[lines["kind"] != "published"].rename_axis("line").reset_index()[["line", *keys]]
    joined = rows.merge(belongs.astype({"group": rows["group"].dtype}), on=keys, how="left")
    return lines.drop(columns="group"), joined


def with_means(lines: pd.DataFrame, rows: pd.DataFrame) -> pd.DataFrame:
    """Lines with their means, spreads, folds, seeds and numbers of videos."""
    by_fold = rows.groupby(["line", "seed", "fold"])[MEANS].mean()
    by_seed = by_fold.groupby(level=["line", "seed"]).mean().groupby(level="line")
    of_folds = by_fold.groupby(level=["line", "fold"]).mean().groupby(level="line")
    of_lines = rows.groupby("line")
    over_folds, over_seeds = of_folds.std().add_suffix(OVER_FOLDS), by_seed.std().add_suffix(OVER_SEEDS)
    joined = lines.join([by_seed.mean(), over_folds, over_seeds])
    for name in ("fold", "seed"):
        found = {line: tuple(sorted(set(own))) for line, own in of_lines[name]}
        joined[f"{name}s"] = [found.get(line, ()) for line in lines.index]
    same_for_all = joined["kind"] == "baseline"
    joined["seeds"] = [
        () if same else seeds for same, seeds in zip(same_for_all, joined["seeds"], strict=True)
    ]
    joined["videos"] = of_lines["video"].nunique().reindex(lines.index, fill_value=0)
    return joined
