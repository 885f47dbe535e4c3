"""The dashboard shows what runs log, and says in one line why it cannot be saved."""

import json
import sys

import pytest
from wandb_offline import Logged, read_offline

from vsumlab import dashboard as front_door
from vsumlab.results.dashboard import dashboard
from vsumlab.train import train

RUNS = {
    "csnet": ("method=csnet", "method.hidden_size=8", "method.supervised=true", "trainer.max_epochs=2"),
    "contrastive": ("method=contrastive", "trainer.max_epochs=2"),
}


@pytest.fixture(scope="module")
def runs(composed, tmp_path_factory) -> dict[str, Logged]:
    """What both methods log, with everything on that is ever logged."""
    found = {}
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("WANDB_SILENT", "true")
        for name, small in RUNS.items():
            run = tmp_path_factory.mktemp(name)
            logged = ("fold=0", "selection=validation", "logger=wandb", "logger.offline=true")
            train(composed(*small, *logged, "random_draws=2", run=run))
            (found[name],) = read_offline(run)
    return found


@pytest.fixture(scope="module")
def view() -> dict:
    """What would be sent to W&B."""
    spec = dashboard("someone", "vsumlab")._to_model().spec
    content: dict = json.loads(spec.model_dump_json(by_alias=True, exclude_none=True))
    return content["section"]


def plots(view: dict) -> list[dict]:
    """The panels' own settings."""
    return [panel["config"] for part in view["panelBankConfig"]["sections"] for panel in part["panels"]]


def shown(view: dict) -> set[str]:
    return {name for plot in plots(view) for name in plot.get("metrics", [])}


def test_every_figure_of_the_dashboard_is_logged(runs, view) -> None:
    logged = {name for run in runs.values() for entry in run.history for name in entry}
    missing = shown(view) - logged
    assert missing == {"test/human/score_variance"}, "people's summaries have no scores"


def test_every_loss_is_in_the_dashboard(runs, view) -> None:
    trained = {name for run in runs.values() for entry in run.history for name in entry}
    assert {name for name in trained if name.startswith("train/")} <= shown(view)


def test_lines_are_over_epochs_and_titles_are_all_different(runs, view) -> None:
    lines = [plot for plot in plots(view) if "xAxis" in plot]
    assert lines
    for plot in lines:
        assert plot["xAxis"] == "epoch"
        (name,) = plot["metrics"]
        assert any({"epoch", name} <= entry.keys() for run in runs.values() for entry in run.history)
    for part in view["panelBankConfig"]["sections"]:
        titles = [panel["config"].get("chartTitle") for panel in part["panels"]]
        assert len(set(titles)) == len(titles)


def test_the_table_of_videos_is_there_under_its_name(runs, view) -> None:
    assert '"videos"' in json.dumps(plots(view))
    assert all(run.summary["videos/_type"] == "table-file" for run in runs.values())


def test_runs_are_told_apart_by_what_they_log(runs, view) -> None:
    (of_runs,) = view["runSets"]
    (kept,) = of_runs["filters"]["filters"]
    assert (kept["key"]["name"], kept["op"], kept["value"]) == ("jobType", "=", "fold")
    assert {run.job_type for run in runs.values()} == {"fold"}
    by = [(key["section"], key["name"]) for key in of_runs["grouping"]]
    assert by == [
        ("run", "group"),
        ("config", "data.value.name"),
        ("config", "setting.value.name"),
        ("config", "selection.value._target_"),
        ("config", "variant.value"),
    ]
    for run in runs.values():
        assert (run.config["data"]["name"], run.config["setting"]["name"]) == ("demo", "canonical")
        assert run.config["selection"]["_target_"] == "vsumlab.selection.Validation"
    variants = {run.config["variant"] for run in runs.values()}
    assert len(variants) == 2
    assert any("method.supervised=true" in variant for variant in variants)


def test_what_keeps_it_from_being_saved_is_one_line(monkeypatch, capsys) -> None:
    def refused(self: object) -> None:
        raise RuntimeError("No API key configured. Use `wandb login` to log in.\nmore")

    monkeypatch.setattr("wandb_workspaces.workspaces.Workspace.save", refused)
    monkeypatch.setattr(sys, "argv", ["dashboard", "someone"])
    with pytest.raises(SystemExit) as stop:
        front_door.main()
    assert stop.value.code == 2
    said = capsys.readouterr().err
    assert said.startswith("vsumlab: dashboard: someone/vsumlab: No API key configured")
    assert len(said.splitlines()) == 1


def test_without_its_package_it_says_how_to_get_it(monkeypatch, capsys) -> None:
    monkeypatch.setitem(sys.modules, "wandb_workspaces", None)
    monkeypatch.delitem(sys.modules, "vsumlab.results.dashboard", raising=False)
    monkeypatch.setattr(sys, "argv", ["dashboard", "someone", "project"])
    with pytest.raises(SystemExit) as stop:
        front_door.main()
    assert stop.value.code == 2
    assert "pip install 'vsumlab[dashboard]'" in capsys.readouterr().err


def test_the_address_is_printed(monkeypatch, capsys) -> None:
    saved = []

    def save(self: object) -> object:
        saved.append(self)
        return self

    monkeypatch.setattr("wandb_workspaces.workspaces.Workspace.save", save)
    monkeypatch.setattr("wandb_workspaces.workspaces.Workspace.url", "https://made.up/view")
    monkeypatch.setattr(sys, "argv", ["dashboard", "someone", "theirs"])
    front_door.main()
    assert capsys.readouterr().out == "https://made.up/view\n"
    assert [(each.entity, each.project) for each in saved] == [("someone", "theirs")]
