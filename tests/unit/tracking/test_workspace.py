"""The dashboard shows what runs log, and tells them apart by what they log."""

import json

import pytest
from support.methods import METHOD_FILES, made_variant, switches
from support.wandb_offline import Logged, read_offline

from vsumlab.methods.registry import methods
from vsumlab.runs.record import Origin
from vsumlab.tracking.workspace import GROUPED_BY, workspace
from vsumlab.train import train


def everything(name: str) -> tuple[str, ...]:
    """The overrides by which a method logs all that it ever does: with labels, if it takes them."""
    labelled = [switch for switch in switches(name) if made_variant(name, switch).needs_gtscore]
    return (f"method={name}", *(f"method.{switch}=true" for switch in labelled))


@pytest.fixture(scope="module")
def runs(composed, tiny_file, tmp_path_factory) -> dict[str, Logged]:
    """What each file of `conf/method` logs, with everything on that is ever logged."""
    small = ("fold=0", "debug=smoke", "random_draws=2", "data=tvsum", f"data.file={tiny_file}")
    logged = ("selection=validation", "logger=wandb", "logger.offline=true")
    found = {}
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("WANDB_SILENT", "true")
        for name in METHOD_FILES:
            run = tmp_path_factory.mktemp(name)
            overrides = everything(name)
            train(composed(*overrides, *small, *logged, run=run), Origin("made", [*overrides]))
            (found[name],) = read_offline(run)
    return found


@pytest.fixture(scope="module")
def view() -> dict:
    """What would be sent to W&B."""
    spec = workspace("someone", "vsumlab")._to_model().spec
    content: dict = json.loads(spec.model_dump_json(by_alias=True, exclude_none=True))
    return content["section"]


def plots(view: dict) -> list[dict]:
    """The panels' own settings."""
    return [panel["config"] for part in view["panelBankConfig"]["sections"] for panel in part["panels"]]


def shown(view: dict) -> set[str]:
    return {name for plot in plots(view) for name in plot.get("metrics", [])}


def test_every_metric_of_the_dashboard_is_logged(runs, view) -> None:
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
        assert (run.config["data"]["name"], run.config["setting"]["name"]) == ("tvsum", "canonical")
        assert run.config["selection"]["_target_"] == "vsumlab.callbacks.selection.Validation"
    variants = {name: run.config["variant"] for name, run in runs.items()}
    assert variants == {name: ", ".join(everything(name)) for name in runs}
    assert len({*variants.values()}) == len(runs)


def test_every_method_has_a_section_of_its_curves(view) -> None:
    sections = {part["name"]: part["panels"] for part in view["panelBankConfig"]["sections"]}
    for name, method in methods().items():
        own = sections.get(f"Training of {name}, epoch by epoch")
        assert (own is None) == (not method.curves), "a method that logs nothing has no section"
        panels = [panel["config"] for panel in own or ()]
        assert [(*panel["metrics"], panel["chartTitle"]) for panel in panels] == [*method.curves]


def test_what_runs_are_grouped_by_is_in_their_configuration(runs) -> None:
    for run in runs.values():
        for name in GROUPED_BY:
            value = run.config
            for part in name.split("."):
                value = value[part]
            assert isinstance(value, str)
