"""The W&B dashboard of a project, as code."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from wandb_workspaces import expr
from wandb_workspaces.reports.v2.interface import BarPlot, Layout, LinePlot, WeavePanelSummaryTable
from wandb_workspaces.workspaces import RunsetSettings, Section, Workspace, WorkspaceSettings

from vsumlab.methods.registry import methods

TEST = {
    "kendall_tau": "Kendall's τ",
    "f1": "F1, of 1",
    "spearman_rho": "Spearman's ρ",
    "score_variance": "Variance of scores",
}
"""What stands in the dashboard of the test metrics, and their titles."""

VALIDATION = (("validation/kendall_tau", "Kendall's τ"), ("validation/loss", "Loss"))

GROUPED_BY = ("data.name", "setting.name", "selection._target_", "variant")
"""The entries of the configuration by which the rows of an experiment differ."""


def workspace(entity: str, project: str) -> Workspace:
    """A saved view of a project: the runs of an experiment as one where they agree in GROUPED_BY.

    Bars and lines are means over folds and seeds, what surrounds them standard deviations. Runs that sum up a
    job are left out, as they would count its folds twice.

    Args:
        entity: The W&B user or team.
        project: The project that runs were logged to.
    """
    table = WeavePanelSummaryTable(table_name="videos", layout=Layout(w=24, h=12))
    return Workspace(
        entity=entity,
        project=project,
        name="vsumlab",
        sections=[
            Section(name="Test videos", panels=[bars(*each) for each in TEST.items()], is_open=True),
            Section(name="Each test video", panels=[table], is_open=True),
            Section(name="Held-out training videos, epoch by epoch", panels=lines(VALIDATION)),
            *(
                Section(name=f"Training of {name}, epoch by epoch", panels=lines(method.curves))
                for name, method in methods().items()
                if method.curves
            ),
        ],
        settings=WorkspaceSettings(x_axis="epoch", max_runs=100),
        runset_settings=RunsetSettings(
            filters=expr.And(expr.Metric("JobType") == "fold"),
            groupby=[expr.Metric("Group"), *map(expr.Config, GROUPED_BY)],
        ),
    )


def bars(metric: str, title: str) -> BarPlot:
    """A test metric of methods, of random scores and of people."""
    names: list[Any] = [f"test/{metric}", f"test/random/{metric}", f"test/human/{metric}"]
    return BarPlot(title=title, metrics=names, groupby_aggfunc="mean", groupby_rangefunc="stddev")


def lines(curves: Sequence[tuple[str, str]]) -> list[Any]:
    """A LinePlot over epochs for each of some metrics; a list of any panels is what a section takes."""
    return [
        LinePlot(title=title, x="epoch", y=[name], groupby_aggfunc="mean", groupby_rangefunc="stddev")
        for name, title in curves
    ]
