"""A published figure stands next to a run only where the run is what the paper made."""

import pytest
from support.run_folders import changed, composed_run, earlier_run

from vsumlab.config import compose_config, flattened
from vsumlab.methods.registry import methods, tables_of
from vsumlab.report.compare import compare
from vsumlab.report.paper_rows import defaults, paper_rows, published, trains_the_same
from vsumlab.report.tables import results_table
from vsumlab.runs.reading import find_runs


def test_every_row_that_a_method_claims_is_that_of_its_file_with_its_switches(run) -> None:
    """All rows of all methods, each as its own file of `conf/method` and switches configure it."""
    claimed = {name: method.paper_rows for name, method in methods().items() if method.paper_rows}
    assert claimed
    presets = {row.preset for rows in claimed.values() for row in rows}
    composed = {
        preset: flattened(compose_config([f"method={preset}", "data=tvsum"])) for preset in sorted(presets)
    }
    for rows in claimed.values():
        for row in rows:
            switches = {f"method.{name}": value for name, value in row.switches.items()}
            assert switches.keys() <= composed[row.preset].keys()
            found = paper_rows(run._replace(config=composed[row.preset] | switches))
            assert found.get(row.scorer) == row.row, f"{row.row} of {row.preset}"


def test_every_row_of_the_paper_that_a_method_claims_is_in_its_tables() -> None:
    for method in methods().values():
        known = {row.row for row in tables_of(method) if row.kind == "own"}
        assert {row.row for row in method.paper_rows if row.row not in row.quoted} <= known


def test_what_the_paper_does_not_report_is_from_one_that_quotes_it(run, monkeypatch) -> None:
    """As of CSNet's rank correlations, were they quoted."""
    (row,) = [row for row in methods()["csnet"].paper_rows if (row.row, row.preset) == ("CSNet", "csnet")]
    monkeypatch.setattr(methods()["csnet"], "paper_rows", (row._replace(quoted=("CSNet+GL+RPE",)),))
    figures = published(run, "CSNet")
    assert (figures["f1"], figures["kendall_tau"]) == (58.8, 0.070)


def test_a_quoted_row_that_was_run_is_in_the_published_table_once(tmp_path) -> None:
    """In the setting where it was run; in others the quotation stays."""
    table = {"published": "contrastive table 2"}
    composed_run(tmp_path / "a", {"csnet": 0.4}, "method=csnet", "data=tvsum", **table)
    composed_run(tmp_path / "b", {"dr_dsn": 0.4}, "method=dr_dsn", "data=tvsum", "setting=augmented", **table)
    (lines,) = [each.lines for each in compare(find_runs([tmp_path])) if each.dataset == "tvsum"]
    listed = {setting: [*own["scorer"]] for setting, own in lines.groupby("setting")}
    assert (listed["canonical"].count("CSNet"), listed["canonical"].count("csnet")) == (0, 1)
    assert (listed["augmented"].count("CSNet"), listed["augmented"].count("csnet")) == (1, 0)
    assert ("DR-DSN60" in listed["canonical"], "DR-DSN60" in listed["augmented"]) == (True, False)


def test_a_row_that_differs_from_the_papers_is_marked(run, monkeypatch) -> None:
    (row,) = [row for row in methods()["csnet"].paper_rows if (row.row, row.preset) == ("CSNet", "csnet")]
    assert "†" not in results_table(compare([run])[0]).notes
    monkeypatch.setattr(methods()["csnet"], "paper_rows", (row._replace(differs=True),))
    marked = results_table(compare([run])[0])
    assert marked.rows[0][marked.header.index("row in the paper")] == "CSNet †"
    assert "†: otherwise than in the paper" in marked.notes


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *(("method.learning_rate", 1), ("method.sparsity", 0.99), ("method.decay_epoch", 5)),
        *(("trainer.max_epochs", 19), ("batch_size", 8), ("+trainer.limit_train_batches", 2)),
        *(("+trainer.gradient_clip_val", 1), ("trainer.precision", "bf16-true"), ("setting.n_folds", 10)),
        ("selection._target_", "vsumlab.callbacks.selection.Validation"),
    ],
)
def test_any_other_value_of_method_or_training_takes_the_figure_off(run, name, value) -> None:
    """Once `CSNet(learning_rate=1, sparsity=0.99)` counted as the paper's CSNet."""
    assert paper_rows(run) == {"csnet": "CSNet"}
    other = changed(run, name, value)
    assert paper_rows(other) == {}
    (comparison,) = compare([other])
    assert comparison.lines.filter(like="paper_").select_dtypes("number").isna().all(axis=None)
    assert set(comparison.lines["paper_row"]) == {""}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *(("seed", 3), ("fold", 1), ("workers", 2), ("random_draws", 7), ("folds_at_once", 2)),
        *(("threads", 2), ("compile", True), ("trainer.precision", "bf16-mixed")),
        ("selection._target_", "vsumlab.callbacks.selection.TestOracle"),
        *(("paths.data", "elsewhere"), ("name", "mine"), ("remark", "mine"), ("published", "csnet table 2")),
        *(("logger._target_", "my.Logger"), ("callbacks.figures.videos", 0), ("+callbacks.mine", "x")),
        *(("trainer.accelerator", "gpu"), ("trainer.devices", 2), ("+trainer.strategy", "ddp")),
        *(("setting.fold_seed", 7), ("trainer.log_every_n_steps", 5), ("data.file", "mine.h5")),
    ],
)
def test_what_the_paper_does_not_say_leaves_it_on(run, name, value) -> None:
    other = changed(run, name, value)
    assert paper_rows(other) == {"csnet": "CSNet"}
    ours = compare([other])[0].lines.query("scorer == 'csnet'")
    assert ours["paper_f1"].tolist() == [58.8]


def test_a_selection_that_hydra_composes_takes_the_figure_off(tmp_path) -> None:
    """As a user asks for it."""
    for name in ("last", "validation", "test_oracle"):
        composed_run(tmp_path / name, {"csnet": 0.4}, "method=csnet", "data=tvsum", f"selection={name}")
    found = {run.folder.name: paper_rows(run) for run in find_runs([tmp_path])}
    assert found == {"last": {"csnet": "CSNet"}, "validation": {}, "test_oracle": {"csnet": "CSNet"}}


def test_an_epoch_count_that_the_paper_does_not_have_takes_the_figure_off(tmp_path) -> None:
    """Rows of 20 epochs once stood next to figures for 40."""
    for epochs in (20, 40):
        overrides = ("experiment=contrastive_hyperparameters", "data=tvsum", f"trainer.max_epochs={epochs}")
        composed_run(tmp_path / str(epochs), {"align": 0.4, "align,uniform,filter": 0.5}, *overrides)
    (comparison,) = compare(find_runs([tmp_path]))
    ours = comparison.lines[comparison.lines["scorer"] == "align,uniform,filter"].set_index("run")
    assert ours.loc["max_epochs=20", "paper_row"] == ""
    assert ours.loc["max_epochs=40", "paper_row"] != ""
    assert ours["paper_f1"].isna().to_dict() == {"max_epochs=20": True, "max_epochs=40": False}


def test_another_precision_is_said(run) -> None:
    """Its figures may stand next to the paper's, but nobody is to take them for float32's."""
    rounded = changed(run, "trainer.precision", "bf16-mixed")
    assert "Trained in" not in results_table(compare([run])[0]).notes
    both = results_table(compare([run, rounded])[0]).notes
    assert "Trained in bf16-mixed: csnet (precision=bf16-mixed)." in both


def test_a_run_of_an_earlier_version_keeps_its_row_and_loses_it_as_well(tmp_path) -> None:
    earlier_run(tmp_path / "a", {"csnet": 0.4})
    earlier_run(tmp_path / "b", {"csnet": 0.4}, sparsity=0.99)
    assert [paper_rows(run) for run in find_runs([tmp_path])] == [{"csnet": "CSNet"}, {}]


def test_a_file_of_a_method_that_no_paper_has_is_no_row(run) -> None:
    assert paper_rows(changed(run, "method_name", "mine")) == {}


def test_of_what_conf_does_not_have_there_is_no_default() -> None:
    assert defaults("csnet", "tvsum", "canonical")["method.hidden_size"] == 256
    assert defaults("csnet", "my_dataset", "canonical") == {}
    assert defaults("my_method", "tvsum", "canonical") == {}


def test_a_value_that_one_lacks_is_another() -> None:
    ours = {"method.rate": 1, "seed": 3}
    assert trains_the_same(ours, {"method.rate": 1, "seed": 4})
    assert not trains_the_same(ours, {"method.rate": 1, "method.depth": 2})
    assert not trains_the_same(ours | {"trainer.limit_train_batches": 2}, {"method.rate": 1})
