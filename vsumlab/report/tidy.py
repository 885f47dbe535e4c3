"""All results as one tidy table."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from vsumlab.core.metric_names import METRICS
from vsumlab.errors import UserError
from vsumlab.evaluation.baselines import BASELINES
from vsumlab.evaluation.rows import COLUMNS
from vsumlab.runs.reading import Run


def tidy(runs: Sequence[Run], group: Sequence[int] | pd.Series) -> pd.DataFrame:
    """A row a video, scorer, fold and seed: COLUMNS, and the `setting`, `group` and number of its `run`.

    What was run twice is there once.

    Args:
        runs: Those that are done have rows.
        group: Of each run, which runs it is one with but for fold and seed.

    Raises:
        UserError: If runs of one group, fold and seed came out differently.
    """
    parts = [
        run.rows.assign(run=number, group=group[number], setting=str(run.config["setting.name"]))
        for number, run in enumerate(runs)
        if run.done
    ]
    if not parts:
        kinds = dict.fromkeys(METRICS, float) | dict.fromkeys(("fold", "seed", "run", "group"), int)
        return pd.DataFrame(columns=[*COLUMNS, "run", "group", "setting"]).astype(kinds)
    rows = pd.concat(parts, ignore_index=True)
    keys = ["group", "seed", "fold", "video", "scorer"]
    methods = rows[~rows["scorer"].isin(BASELINES)]
    differ = methods[~same_metrics(methods, keys)]
    if len(differ):
        second = differ.iloc[0]
        first = rows[(rows[keys] == second[keys]).all(axis=1)].iloc[0]
        here, there = (runs[int(row["run"])] for row in (second, first))
        raise UserError(
            f"{here.folder or here.name}: fold {second['fold']}, seed {second['seed']}: came out differently "
            f"in {there.folder or there.name}: name only one of them"
        )
    return rows.drop_duplicates(keys)


def same_metrics(rows: pd.DataFrame, keys: list[str]) -> pd.Series:
    """Whether each row has the metrics of the first one with the same keys, as far as a study keeps them."""
    metrics = list(METRICS)
    if rows.empty:
        return pd.Series([], dtype=bool, index=rows.index)
    first = rows[keys].merge(rows.drop_duplicates(keys)[[*keys, *metrics]], on=keys, how="left")[metrics]
    same = np.isclose(
        rows[metrics].to_numpy(float), first.to_numpy(float), rtol=1e-5, atol=1e-8, equal_nan=True
    )
    return pd.Series(same.all(axis=1), index=rows.index)
