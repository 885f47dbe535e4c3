"""The W&B dashboard of a project, as code."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from wandb_workspaces import expr
from wandb_workspaces.reports.v2.interface import BarPlot, Layout, LinePlot, WeavePanelSummaryTable
from wandb_workspaces.workspaces import RunsetSettings, Section, Workspace, WorkspaceSettings

TEST = {
    "kendall_tau": "Kendall's τ",
    "f1": "F1, of 1",
    "spearman_rho": "Spearman's ρ",
    "score_variance": "Variance of scores",
}
"""What stands in the dashboard of the test figures, and their titles."""

VALIDATION = {"validation/kendall_tau": "Kendall's τ", "validation/loss": "Loss"}
SCORES = {"train/score_variance": "Variance of scores", "train/score_mean": "Mean of scores"}
CSNET = {
    "train/summarizer/reconstruction": "Scorer and encoder: reconstruction",
    "train/summarizer/prior": "Scorer and encoder: prior",
    "train/summarizer/sparsity": "Scorer and encoder: sparsity",
    "train/summarizer/variance": "Scorer and encoder: variance",
    "train/summarizer/supervised": "Scorer and encoder: supervised",
    "train/decoder/reconstruction": "Decoder: reconstruction",
    "train/decoder/reconstructed_as_original": "Decoder: reconstructions pass for originals",
    "train/decoder/uniform_as_original": "Decoder: those of random scores do",
    "train/discriminator/original": "Discriminator: originals",
    "train/discriminator/reconstructed": "Discriminator: reconstructions",
    "train/discriminator/uniform": "Discriminator: those of random scores",
}
CONTRASTIVE = {
    "train/loss": "Weighted sum",
    "train/align": "L_align",
    "train/uniform": "L_uniform",
    "train/unique": "L_unique",
    "train/filter": "The filter's loss",
}

TOLD_APART = ("data.name", "setting.name", "selection._target_", "variant")
"""The entries of the configuration that tell the rows of an experiment apart."""


def dashboard(entity: str, project: str) -> Workspace:
    """A saved view of a project: the runs of an experiment as one where they are alike in TOLD_APART.

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
            Section(name="Scores, epoch by epoch", panels=lines(SCORES), is_open=True),
            Section(name="Held-out training videos, epoch by epoch", panels=lines(VALIDATION)),
            Section(name="Losses of CSNet", panels=lines(CSNET)),
            Section(name="Losses of the contrastive criteria", panels=lines(CONTRASTIVE)),
        ],
        settings=WorkspaceSettings(x_axis="epoch", max_runs=100),
        runset_settings=RunsetSettings(
            filters=expr.And(expr.Metric("JobType") == "fold"),
            groupby=[expr.Metric("Group"), *map(expr.Config, TOLD_APART)],
        ),
    )


def bars(metric: str, title: str) -> BarPlot:
    """A test figure of methods, beside that of random scores and of people."""
    names: list[Any] = [f"test/{metric}", f"test/random/{metric}", f"test/human/{metric}"]
    return BarPlot(title=title, metrics=names, groupby_aggfunc="mean", groupby_rangefunc="stddev")


def lines(metrics: Mapping[str, str]) -> list[Any]:
    """A LinePlot for each of some figures, over epochs; a list of any panels is what a section takes."""
    return [
        LinePlot(title=title, x="epoch", y=[name], groupby_aggfunc="mean", groupby_rangefunc="stddev")
        for name, title in metrics.items()
    ]
