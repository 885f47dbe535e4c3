"""How runs were made, as a table."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from vsumlab.report.cells import spans
from vsumlab.report.tables import Table, as_table
from vsumlab.runs.reading import Run


def runs_table(runs: Sequence[Run]) -> Table:
    """How the runs were made: a line a command and commit."""
    made = pd.DataFrame(
        [
            {
                "experiment": run.name,
                "command": f"`{run.record['command']}`",
                "commit": commit_of(run),
                "seed": run.record["seed"],
                "minutes": run.record["wall_time_s"] / 60,
                "on": machine(run.record),
            }
            for run in runs
            if run.done
        ]
    )
    header = ["experiment", "command", "commit", "runs", "seeds", "took together", "on"]
    rows = [
        [
            ", ".join(dict.fromkeys(own["experiment"])),
            command,
            commit,
            str(len(own)),
            spans(sorted(set(own["seed"]))),
            f"{own['minutes'].sum():.1f} min",
            ", ".join(dict.fromkeys(own["on"])),
        ]
        for (command, commit), own in (made.groupby(["command", "commit"], sort=False) if len(made) else ())
    ]
    states = Counter(run.record["status"] for run in runs if not run.done)
    said = f"Not done: {', '.join(f'{count} {state}' for state, count in states.items())}." if states else ""
    errors = "; ".join(dict.fromkeys(run.record["error"] for run in runs if "error" in run.record))
    said += f" What went wrong: {errors}" if errors else ""
    hidden = {"experiment"} if len({row[0] for row in rows}) == 1 else set()
    return as_table("How the runs were made", pd.DataFrame(rows, columns=header), said, hidden)


def commit_of(run: Run) -> str:
    """The commits of a run's code, in short."""
    git: Mapping[str, Any] = run.record["git"]
    commits = git.get("commits") or [git["commit"]]
    return ", ".join((commit or "")[:9] for commit in commits) + (", changed" if git["dirty"] else "")


def machine(record: Mapping[str, Any]) -> str:
    """What a run was made on."""
    where = record["machine"]
    threads = where["torch_threads"]
    return str(where["gpu"] or f"{threads} CPU thread{'s' if threads > 1 else ''}")
