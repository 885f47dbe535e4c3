"""The methods on one dataset in one setting: their metrics, what each costs, and what it gains."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from statistics import fmean
from typing import Any

import pandas as pd

from vsumlab.evaluation.baselines import ORACLE
from vsumlab.places import BASE, own_name
from vsumlab.report.cells import number, spans
from vsumlab.report.compare import Comparison, compare
from vsumlab.report.lines import OVER_SEEDS
from vsumlab.report.naming import SELECTION, is_oracle, with_last_epoch
from vsumlab.report.supervision import folder_name
from vsumlab.report.tables import (
    PUBLISHED,
    RHO,
    TAU,
    cell,
    f1_column,
    paper_names,
)
from vsumlab.runs.reading import Run

Directions = Mapping[tuple[str, int], float]
"""By the folder of a run and the fold, τ of the direction that is built on it."""


@dataclass(frozen=True)
class Board:
    """The methods on one dataset in one setting.

    Attributes:
        comparison: Of the runs' last epochs, on any folds.
        lines: The methods' lines, by number: the text of all columns, and whether labels are learned from
            (`supervised`), all folds are there (`whole`), and the scorer is the method's `main` one. Those of
            all folds come first, each kind in the order of τ.
        baselines: The same of random scores and people.
    """

    comparison: Comparison
    lines: pd.DataFrame
    baselines: pd.DataFrame

    @property
    def setting(self) -> str:
        """The setting's name."""
        return str(self.comparison.lines["setting"].iloc[0])

    def title(self, *words: str) -> str:
        """What a table of it is called: where its methods were run, what the table has, and the remark."""
        return " · ".join(
            filter(None, (self.comparison.dataset, self.setting, *words, self.comparison.remark))
        )

    @property
    def main_lines(self) -> pd.DataFrame:
        """The lines of main scorers that have all folds."""
        return self.lines[self.lines["whole"] & self.lines["main"]]


def boards(runs: Sequence[Run]) -> list[Board]:
    """The methods of some runs, for each dataset and setting."""
    # what was run twice is there once: as it was run without an oracle, which takes time of its own
    last = sorted(filter(of_last_epoch, runs), key=lambda run: is_oracle(run.config))
    plain = [run._replace(record=run.record | {"published": None}) for run in last]
    directions = direction_taus([run for run in runs if run.done and run.config.get(BASE)])
    places = dict.fromkeys((str(run.config["data.name"]), str(run.config["setting.name"])) for run in plain)
    found = []
    for place in places:
        own = [run for run in plain if (run.config["data.name"], run.config["setting.name"]) == place]
        (comparison,) = compare(own, "any")
        board = as_board(comparison, own, directions)
        found += [board] if board else []
    return found


def of_last_epoch(run: Run) -> bool:
    """Whether a run's last epoch is tested, with or without an oracle, and it is built on no other run."""
    selection = str(with_last_epoch(run.config).get(SELECTION, ""))
    return run.done and selection.endswith(".Last") and not run.config.get(BASE)


def as_board(comparison: Comparison, runs: Sequence[Run], directions: Directions) -> Board | None:
    """The methods on one dataset in one setting; None where nothing but smoke runs is there.

    Args:
        comparison: Of the runs.
        runs: Those that it is of, in its order.
        directions: By a run's folder and the fold, τ of the direction that is built on it.
    """
    members: dict[Any, Any] = comparison.rows.groupby("line")["run"].unique().to_dict()
    own = comparison.lines
    no_smoke = ~own["missing"].str.contains("smoke")  # an unfinished run has the folds that it says
    oracles = own["scorer"].str.endswith(ORACLE)
    methods = own.index[(own["kind"] == "method") & ~oracles & no_smoke & (own["videos"] > 0)]
    if not len(methods):
        return None
    folds = max(len(folds) for folds in own.loc[methods, "folds"])
    found = []
    for line in methods:
        theirs = [runs[int(number)] for number in members[line]]
        found.append(
            {
                **of_method(str(own.loc[line, "scorer"]), theirs, directions),
                **gained(comparison, line),
                "run": own.loc[line, "run"],
                "supervised": own.loc[line, "labels"] == "yes",
                "labels": own.loc[line, "labels"],
                "whole": len(own.loc[line, "folds"]) == folds,
            }
        )
    lines = pd.DataFrame(found, index=methods).join(metrics(comparison, methods))
    lines["run"] = lines["run"].where(lines.duplicated(["method", "scorer"], keep=False), "")
    lines["τ alone"] = own.loc[methods, TAU[1]].astype(float)
    lines = lines.sort_values(["whole", "τ alone"], ascending=False, kind="stable")
    baselines = own.index[own["kind"] == "baseline"]
    columns = [name for name in in_order(f1_column(comparison)[0]) if name in lines]
    named = metrics(comparison, baselines).assign(method=own.loc[baselines, "scorer"])
    return Board(replace(comparison, lines=own[~oracles]), lines[columns], named.reindex(columns=columns))


def in_order(f1: str) -> list[str]:
    """The columns, as far as there are any."""
    before = ["supervised", "whole", "main", "method", "scorer", "run", "row in the paper", "labels"]
    measured = ["parameters", "hours", "seeds", "folds", f1, TAU[0], RHO[0], "τ: ± seeds", "τ: its direction"]
    chosen = [f"{title}: chosen on test" for title in (f1, TAU[0])]
    return [*before, *measured, *chosen, *(title for title, *_ in PUBLISHED)]


def of_method(scorer: str, runs: Sequence[Run], directions: Directions) -> dict[str, Any]:
    """What a table says of a method besides its metrics."""
    name = str(runs[0].config["method_name"])
    parameters = runs[0].record.get("parameters")
    main = runs[0].record.get("main_scorer", scorer) == scorer  # records of earlier versions do not say it
    return {
        "method": name,
        "scorer": "" if scorer == name else scorer,
        "main": main,
        "parameters": "" if parameters is None else in_short(parameters),
        "hours": hours(runs),
        "τ: its direction": number(direction_of(runs, directions), 3) if main else "",
    }


def in_short(parameters: int) -> str:
    """A number of weights.

    >>> in_short(0), in_short(1024), in_short(3_152_000)
    ('0', '1 k', '3.2 M')
    """
    if parameters < 1000:
        return str(parameters)
    return f"{parameters / 1e6:.1f} M" if parameters >= 1e6 else f"{parameters / 1e3:.0f} k"


def hours(runs: Sequence[Run]) -> str:
    """What all folds of one seed took, on the average over seeds.

    Records of earlier versions have no time on the CPU: then by the clock, in parentheses. Scores from
    elsewhere took nobody knows how long: nothing.
    """
    if any("method._target_" not in run.config for run in runs):
        return ""
    seeds = {run.record["seed"] for run in runs}
    on_cpu = all("cpu_time_s" in run.record for run in runs)
    taken = sum(run.record["cpu_time_s" if on_cpu else "wall_time_s"] for run in runs)
    in_hours = f"{taken / len(seeds) / 3600:.2f}"
    return in_hours if on_cpu else f"({in_hours})"


def metrics(comparison: Comparison, lines: pd.Index) -> pd.DataFrame:
    """The metrics of some lines, and what papers report."""
    own = comparison.lines.loc[lines]
    return pd.DataFrame(
        {
            "row in the paper": paper_names(own),
            "seeds": own["seeds"].map(spans),
            "folds": own["folds"].map(spans),
            **{
                column[0]: [cell(comparison, line, column) for line in lines]
                for column in (f1_column(comparison), TAU, RHO)
            },
            "τ: ± seeds": [number(float(value), 3) for value in own[TAU[1] + OVER_SEEDS]],
            **{
                title: [number(float(value), digits) for value in own[name]]
                for title, name, digits in PUBLISHED
            },
        },
        index=lines,
    )


def direction_taus(wrappers: Sequence[Run]) -> Directions:
    """By the folder of a run and the fold, τ of the direction that is built on it, the mean over videos.

    Left out where several wrappers come to different ones, as with other constants.
    """
    found: dict[tuple[str, int], set[float]] = {}
    for run in wrappers:
        own = run.rows[run.rows["scorer"] == "direction"]
        for fold, tau in own.groupby("fold")[TAU[1]].mean().items():
            place = str(own_name(BASE, run.config[BASE])), int(fold)  # type: ignore[call-overload]
            found.setdefault(place, set()).add(float(tau))
    return {place: taus.pop() for place, taus in found.items() if len(taus) == 1}


def direction_of(runs: Sequence[Run], directions: Directions) -> float:
    """τ of the direction of some runs' scores: the mean over folds, then over the seeds that have all folds.

    NaN if no seed has the direction on each of the folds that the runs have.
    """
    places = [(run, int(fold)) for run in runs for fold in run.rows["fold"].unique()]
    folds = {fold for _, fold in places}
    found: dict[int, dict[int, float]] = {}
    for run, fold in places:
        if (place := (folder_name(run), fold)) in directions:
            found.setdefault(run.record["seed"], {})[fold] = directions[place]
    of_seeds = [fmean(taus.values()) for taus in found.values() if taus.keys() == folds]
    return fmean(of_seeds) if of_seeds else math.nan


def gained(comparison: Comparison, line: Any) -> dict[str, str]:
    """What a line's metrics gain where the epoch is chosen on test videos, on the folds and seeds of both."""
    rows, place, found = comparison.rows, ["fold", "seed", "video"], {}
    last = rows[rows["line"] == line]
    of_same = rows[rows["group"].isin(last["group"])]
    best = of_same[of_same["scorer"].isin(last["scorer"] + ORACLE)]
    last, best = last.set_index(place), best.set_index(place)
    for title, metric, scale, digits in (f1_column(comparison), TAU):
        difference = (best[metric] - last[metric]).groupby(["seed", "fold"]).mean()
        gain = float(difference.groupby("seed").mean().mean())
        found[f"{title}: chosen on test"] = "" if math.isnan(gain) else f"{scale * gain:+.{digits}f}"
    return found
