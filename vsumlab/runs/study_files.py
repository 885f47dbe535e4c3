"""The files in which a study keeps runs: figures, records and traces, but no features and no scores."""

from __future__ import annotations

import json
from pathlib import Path
from tempfile import TemporaryDirectory

import pandas as pd

from vsumlab.core.metric_names import METRICS
from vsumlab.core.plain_files import read_json
from vsumlab.errors import UserError, first_line
from vsumlab.evaluation.baselines import BASELINES
from vsumlab.evaluation.rows import COLUMNS, DISTINCT
from vsumlab.runs.folder import write_table, write_whole
from vsumlab.runs.forms import PLAIN
from vsumlab.runs.reading import NO_ROWS, Run, as_run
from vsumlab.runs.rows_file import read_rows, whole_numbers
from vsumlab.runs.traces import keep_traces, read_kept_traces
from vsumlab.terminal import track


def write_study(folder: Path, runs: list[Run]) -> None:
    """Keeps runs in a study's folder: `results.csv`, a row a run, video and scorer, `runs.json`, and traces.

    Metrics have six digits. Rows of random scores and of people are kept once for each experiment and
    setting, where they are the same. The files are all written before the first one replaces what was there.
    """
    records = [
        {**run.record, "config": {k: v for k, v in run.config.items() if not k.startswith("paths.")}}
        for run in runs
    ]
    traces = [run.traces() for run in track(runs, "reading")]
    folder.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(prefix=".", dir=folder) as unfinished:
        made = Path(unfinished)
        keep_traces(made, traces)
        write_table(made / "results.csv", kept_rows(runs), float_format="%.6g")
        write_whole(made / "runs.json", json.dumps(records, indent=1) + "\n")
        for file in made.iterdir():
            file.replace(folder / file.name)


def kept_rows(runs: list[Run]) -> pd.DataFrame:
    """The rows of runs, with the run's number, rounded to six digits and with each baseline once."""
    frames = [
        run.rows.assign(run=number, experiment=run.name, setting=run.record.get("setting"))
        for number, run in enumerate(runs)
        if len(run.rows)
    ]
    if not frames:
        return NO_ROWS.assign(run=[])[["run", *COLUMNS]]
    rows = pd.concat(frames, ignore_index=True)
    for metric in (*METRICS, DISTINCT):
        rows[metric] = rows[metric].map("{:.6g}".format).astype(float)
    baselines = rows["scorer"].isin(BASELINES)
    repeated = rows.duplicated(
        ["experiment", "setting", "dataset", "fold", "video", "scorer", *METRICS], keep="first"
    )
    return rows[~(baselines & repeated)][["run", *COLUMNS]]


def read_study(folder: Path) -> list[Run]:
    """The runs that a study keeps.

    Raises:
        UserError: If its files are not those that `write_study` makes.
    """
    try:
        records, table = read_json(folder / "runs.json"), read_rows(folder / "results.csv")
        if not (isinstance(records, list) and all(map(has_configuration, records)) and "run" in table):
            raise ValueError("runs.json has no configurations, or results.csv no column run")
        rows = {int(str(run)): own for run, own in table.groupby(whole_numbers(table["run"]))}
        if unknown := set(rows) - set(range(len(records))):
            raise ValueError(f"runs.json has no run {unknown.pop()}")
        all_traces = read_kept_traces(folder, len(records))
        return [
            as_run(record, record.pop("config"), rows.get(number, NO_ROWS), traces=traces)
            for number, (record, traces) in enumerate(zip(records, all_traces, strict=True))
        ]
    except (OSError, ValueError, LookupError) as error:
        raise UserError(
            f"{folder}: its files are not those that a report keeps ({first_line(error)}): name run folders"
        ) from error


def has_configuration(record: object) -> bool:
    """Whether something in `runs.json` is a record with a flat configuration."""
    return isinstance(record, dict) and isinstance(record.get("config"), dict) and PLAIN.fits(record)
