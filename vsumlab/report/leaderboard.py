"""Methods in the order of their rank correlation: those without labels, those with, and what each costs."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

import pandas as pd

from vsumlab.evaluation.baselines import ORACLE
from vsumlab.places import BASE, cell_folder
from vsumlab.report.cells import number, spans
from vsumlab.report.compare import Comparison, compare
from vsumlab.report.lines import OVER_SEEDS
from vsumlab.report.tables import (
    PUBLISHED,
    RHO,
    TAU,
    Table,
    as_table,
    cell,
    differences_table,
    f1_column,
    notes,
)
from vsumlab.runs.reading import Run

SHOWN = {False: 4, True: 3}
"""How many methods without labels and with labels the short table has."""

SAID = (
    "In the order of τ. hours: of one thread, for these folds. its direction: τ of the direction of feature "
    "space that co-varies with the method's scores (consensus). chosen on test: what a choice of the epoch "
    "by F1 on the test videos adds, an oracle."
)


@dataclass(frozen=True)
class Board:
    """The methods on one dataset.

    Attributes:
        comparison: Of the runs whose last epoch is tested, on any folds.
        lines: The methods' lines, by number, in the order of τ: the text of all columns, and whether labels
            are learned from (`supervised`).
        baselines: The same of random scores and people.
    """

    comparison: Comparison
    lines: pd.DataFrame
    baselines: pd.DataFrame

    def table(self, title: str, lines: pd.DataFrame, hidden: set[str]) -> Table:
        """Some of the lines, and below them random scores and people."""
        cells = pd.concat([lines, self.baselines])
        said = f"{SAID} {notes(self.comparison)}"
        shown = " · ".join(filter(None, [self.comparison.dataset, title, self.comparison.remark]))
        return as_table(shown, cells, said, hidden)


def leaderboard_tables(runs: Sequence[Run]) -> list[Table]:
    """For each dataset the methods without labels, those with, and how they differ from random scores."""
    tables = []
    for board in boards(runs):
        for supervised, title in ((False, "without labels"), (True, "with labels")):
            lines = board.lines[board.lines["supervised"] == supervised]
            if len(lines):
                tables.append(board.table(title, lines, {"supervised", "labels"}))
        tables.append(differences_table(board.comparison, "random"))
    return tables


def leaders_tables(runs: Sequence[Run]) -> list[Table]:
    """For each dataset one table of ten rows: the best of both kinds, random scores and people."""
    tables = []
    for board in boards(runs):
        best = [board.lines[board.lines["supervised"] == kind].head(n) for kind, n in SHOWN.items()]
        shown = pd.concat(best)
        title = f"the best {len(shown)} of {len(board.lines)} by τ"
        tables.append(board.table(title, shown, {"supervised", "ρ", "τ: ± seeds", "paper: ρ"}))
    return tables


def boards(runs: Sequence[Run]) -> list[Board]:
    """The methods of some runs, dataset by dataset."""
    plain = [run._replace(record=run.record | {"published": None}) for run in runs if is_plain(run)]
    directions = direction_taus([run for run in runs if run.config.get(BASE)])
    oracles = [run for run in runs if not run.config.get(BASE) and is_oracle(run)]
    return [
        as_board(
            comparison,
            [run for run in plain if run.config["data.name"] == comparison.dataset],
            [run for run in oracles if run.config["data.name"] == comparison.dataset],
            directions,
        )
        for comparison in compare(plain, "any")
        if comparison.measured
    ]


def is_plain(run: Run) -> bool:
    """Whether a run's last epoch is tested, and it is built on no other one."""
    selection = str(run.config.get("selection._target_", ""))
    return run.done and selection.endswith(".Last") and not run.config.get(BASE)


def is_oracle(run: Run) -> bool:
    """Whether a run's epoch was chosen on test videos."""
    return run.done and str(run.config.get("selection._target_", "")).endswith(".TestOracle")


def as_board(
    comparison: Comparison, runs: Sequence[Run], oracles: Sequence[Run], directions: dict[str, float]
) -> Board:
    """The methods on one dataset.

    Args:
        comparison: Of the runs.
        runs: Those that it is of, in its order.
        oracles: Those on the dataset whose epoch was chosen on test videos.
        directions: By a run's folder, τ of the direction that is built on it.
    """
    members: dict[Any, Any] = comparison.rows.groupby("line")["run"].unique().to_dict()
    gains = oracle_rows(oracles)
    found = []
    for line, own in comparison.lines.iterrows():
        entry: dict[str, Any] = {"line": line, "kind": own["kind"], "method": own["scorer"]}
        if own["kind"] == "method" and not own["missing"] and own["videos"]:
            theirs = [runs[int(number)] for number in members[line]]
            entry |= of_method(str(own["scorer"]), theirs, directions)
            entry |= gained(comparison, line, theirs[0], gains)
        elif own["kind"] != "baseline":
            continue
        found.append(entry | measured(comparison, line))
    lines = pd.DataFrame(found).set_index("line")
    lines = lines[[name for name in in_order(f1_column(comparison)[0]) if name in lines]]
    methods = lines[lines["kind"] == "method"].astype({"supervised": bool})
    order = comparison.lines.loc[methods.index, TAU[1]].astype(float).sort_values(ascending=False).index
    baselines = lines[lines["kind"] == "baseline"].drop(columns="kind")
    return Board(comparison, methods.loc[order].drop(columns="kind"), baselines)


def in_order(f1: str) -> list[str]:
    """The columns, as far as there are any."""
    before = ["kind", "supervised", "method", "scorer", "row in the paper", "labels", "parameters", "hours"]
    metrics = ["seeds", "folds", f1, TAU[0], RHO[0], "τ: ± seeds", "τ: its direction"]
    chosen = [f"{title}: chosen on test" for title in (f1, TAU[0])]
    return [*before, *metrics, *chosen, *(title for title, *_ in PUBLISHED)]


def of_method(scorer: str, runs: Sequence[Run], directions: dict[str, float]) -> dict[str, Any]:
    """What a table says of a method besides its metrics."""
    name = str(runs[0].config["method_name"])
    supervised = is_supervised(runs[0])
    parameters = runs[0].record.get("parameters")
    of_base = [directions[folder] for run in runs if (folder := folder_name(run)) in directions]
    main = runs[0].record.get("main_scorer", scorer) == scorer
    return {
        "method": name,
        "scorer": "" if scorer in (name, f"{name}_supervised") else scorer,
        "supervised": supervised,
        "labels": "yes" if supervised else "no",
        "parameters": "" if parameters is None else in_short(parameters),
        "hours": hours(runs),
        "τ: its direction": number(sum(of_base) / len(of_base), 3) if of_base and main else "",
    }


def is_supervised(run: Run) -> bool:
    """Whether a run learned from labels; records of earlier versions do not say it."""
    return bool(run.record.get("supervised", run.config.get("method.supervised", False)))


def in_short(parameters: int) -> str:
    """A number of weights.

    >>> in_short(0), in_short(1024), in_short(3_152_000)
    ('0', '1 k', '3.2 M')
    """
    if parameters < 1000:
        return str(parameters)
    return f"{parameters / 1e6:.1f} M" if parameters >= 1e6 else f"{parameters / 1e3:.0f} k"


def hours(runs: Sequence[Run]) -> str:
    """What all folds of one seed took on the CPU, on the average.

    Of earlier versions the time that went by is recorded alone, which is more on a busy machine.
    """
    seeds = {run.record["seed"] for run in runs}
    exact = all("cpu_time_s" in run.record for run in runs)
    name = "cpu_time_s" if exact else "wall_time_s"
    taken = sum(run.record[name] for run in runs) / len(seeds) / 3600
    return f"{'' if exact else '≤ '}{taken:.2f}"


def measured(comparison: Comparison, line: Any) -> dict[str, str]:
    """A line's metrics, and what papers report."""
    own = comparison.lines.loc[line]
    f1 = f1_column(comparison)
    return {
        "row in the paper": str(own["paper_row"]) if own["kind"] == "method" else "",
        "seeds": spans(own["seeds"]),
        "folds": spans(own["folds"]),
        **{column[0]: cell(comparison, line, column) for column in (f1, TAU, RHO)},
        "τ: ± seeds": number(float(own[TAU[1] + OVER_SEEDS]), 3),
        **{title: number(float(own[name]), digits) for title, name, digits in PUBLISHED},
    }


def folder_name(run: Run) -> str:
    """What a sweep calls the folder of a run."""
    return cell_folder(run.record["overrides"])


def direction_taus(wrappers: Sequence[Run]) -> dict[str, float]:
    """By the folders of runs, τ of the direction that is built on each: the mean over videos, then folds."""
    found = {}
    for run in wrappers:
        own = run.rows[run.rows["scorer"] == "direction"]
        if len(own):
            found[PurePath(str(run.config[BASE])).name] = float(own.groupby("fold")[TAU[1]].mean().mean())
    return found


def oracle_rows(oracles: Sequence[Run]) -> pd.DataFrame:
    """The rows of runs whose epoch was chosen on test videos, under the scorers' own names."""
    parts = [run.rows.assign(method=run.config["method_name"]) for run in oracles]
    rows = pd.concat(parts) if parts else pd.DataFrame(columns=["scorer", "method"])
    chosen = rows[rows["scorer"].str.endswith(ORACLE)] if len(rows) else rows
    return chosen.assign(scorer=chosen["scorer"].str.removesuffix(ORACLE))


def gained(comparison: Comparison, line: Any, run: Run, chosen: pd.DataFrame) -> dict[str, str]:
    """What a line's metrics gain where the epoch is chosen on test videos, on the folds and seeds of both."""
    own = comparison.lines.loc[line]
    theirs = chosen[(chosen["method"] == run.config["method_name"]) & (chosen["scorer"] == own["scorer"])]
    if theirs.empty:
        return {}
    place = ["fold", "seed", "video"]
    ours = comparison.rows[comparison.rows["line"] == line]
    both = ours.merge(theirs, on=place, suffixes=("", "_chosen"))
    found = {}
    for title, metric, scale, digits in (f1_column(comparison), TAU):
        difference = both[f"{metric}_chosen"] - both[metric]
        gain = float(difference.groupby([both["seed"], both["fold"]]).mean().mean())
        found[f"{title}: chosen on test"] = "" if math.isnan(gain) else f"{scale * gain:+.{digits}f}"
    return found
