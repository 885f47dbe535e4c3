"""Runs of one configuration as one, and what they have logged in training."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from vsumlab.methods.registry import method_of
from vsumlab.report.naming import differing, identities, labels
from vsumlab.runs.reading import Run
from vsumlab.runs.traces import Traces, together

Group = tuple[str, list[Run]]
"""The name of runs that differ in fold and seed alone, and those of them that are done."""


def named_groups(runs: Sequence[Run]) -> list[Group]:
    """Finished runs by experiment, dataset, setting and configuration, named by those that differ.

    Groups that have the same name then are numbered.
    """
    done = [run for run in runs if run.done]
    if not done:
        return []
    identity = identities(done)
    number = identity.groupby([*identity], sort=False).ngroup()
    label = labels(identity, differing(identity))
    parts = pd.DataFrame(
        [(run.name, run.config["data.name"], run.config["setting.name"]) for run in done], dtype=str
    )
    differ = [i for i in range(parts.shape[1]) if parts[i].nunique() > 1]
    groups: dict[int, Group] = {}
    names: list[str] = []
    for index, run in enumerate(done):
        if number[index] not in groups:
            words = [*(str(parts.iat[index, i]) for i in differ), label[index]]
            name = " · ".join(filter(None, words)) or run.name
            names.append(name)
            same = names.count(name)
            groups[number[index]] = (name if same == 1 else f"{name} ({same})", [])
        groups[number[index]][1].append(run)
    return list(groups.values())


def traces_of(runs: Sequence[Run]) -> Traces:
    """Of finished runs of one configuration: curves of the lowest seed, the distribution of all scores."""
    traces = [(run.record["seed"], run.traces()) for run in runs]
    lowest = min(seed for seed, _ in traces)
    curves = together([own for seed, own in traces if seed == lowest]).curves
    return Traces(curves, together([own for _, own in traces]).histograms)


def curves_by_name(runs: Sequence[Run]) -> dict[str, pd.DataFrame]:
    """The curves of each group of runs, by its name."""
    return {name: traces_of(own).curves for name, own in named_groups(runs)}


def worth_drawing(curves: pd.DataFrame, target: str) -> pd.DataFrame:
    """The curves that a method says are worth a plot, in its order, and those of validation; else all.

    Args:
        curves: Of runs of one configuration.
        target: The method's, in that configuration.
    """
    logged = [str(name) for name in curves if name not in ("fold", "epoch")]
    method = method_of(target)
    chosen = [name for name, _ in method.curves] if method else []
    shown = [name for name in chosen if name in logged] if chosen else logged
    shown += [name for name in logged if name.startswith("validation/") and name not in shown]
    return curves[["fold", "epoch", *shown]]
