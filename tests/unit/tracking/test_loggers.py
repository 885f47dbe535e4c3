"""What loggers get, and what is said where they cannot be had."""

import errno
import math
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
import requests
import wandb
from omegaconf import OmegaConf
from pytorch_lightning.loggers import CSVLogger, TensorBoardLogger, WandbLogger

from vsumlab.config import compose_config
from vsumlab.core.metric_names import METRICS
from vsumlab.errors import UserError
from vsumlab.evaluation.rows import COLUMNS
from vsumlab.runs.folder import fold_folder, plot_path
from vsumlab.tracking import loggers
from vsumlab.tracking.loggers import (
    log_config,
    log_job,
    log_test,
    log_videos,
    logging_to,
    named,
    open_logger,
    prefixes,
)

SCORERS = ("csnet", "random", "human", "gtscore")


@pytest.fixture(scope="module")
def config():
    return compose_config(["method=csnet", "fold=0", "paths.run=somewhere"])


@pytest.fixture
def rows() -> pd.DataFrame:
    """Two folds of three videos by every scorer; people's summaries have no variance of scores."""
    rng = np.random.default_rng(0)
    lines = [
        (fold, 0, "demo", f"video_{3 * fold + i}", scorer, *rng.random(len(METRICS) + 1))
        for fold in (0, 1)
        for i in range(3)
        for scorer in SCORERS
    ]
    table = pd.DataFrame(lines, columns=COLUMNS)
    table.loc[table["scorer"] == "human", "score_variance"] = np.nan
    return table


class Recorded(WandbLogger):
    """W&B's logger without W&B: keeps what it is given."""

    def __init__(self) -> None:
        self.hyperparameters: dict[str, object] = {}
        self.axes: dict[str, str] = {}
        self.logged: list[dict[str, object]] = []
        self.run = SimpleNamespace(
            define_metric=lambda name, step_metric: self.axes.update({name: step_metric}),
            log=self.logged.append,
            summary={},
        )

    @property
    def experiment(self) -> SimpleNamespace:
        return self.run

    def log_hyperparams(self, params: dict[str, object]) -> None:
        self.hyperparameters = params

    def log_metrics(self, metrics: dict[str, float], step: int | None = None) -> None:
        self.logged.append(metrics)

    def save(self) -> None:
        self.logged.append({"saved": True})


def broken(kind: type, error: Exception):
    """A logger that fails as it is given the configuration."""

    class Broken(kind):
        def __init__(self) -> None:
            """Opens nothing."""

        def log_hyperparams(self, params: object, *rest: object) -> None:
            raise error

    return Broken()


# opening one


def test_wandb_is_asked_nothing_that_it_warns_of(tmp_path) -> None:
    config = compose_config(["logger=wandb", "logger.offline=true"])
    assert "anonymous" not in open_logger(config, tmp_path, "fold_0")._wandb_init


def test_the_logger_is_the_one_that_was_chosen_and_writes_in_the_runs_folder(config, tmp_path) -> None:
    logger = open_logger(config, tmp_path, "fold_0")
    assert isinstance(logger, CSVLogger)
    assert Path(logger.log_dir) == tmp_path / "fold_0"


def test_a_logger_that_is_not_installed_says_how_to_get_it(config, tmp_path, monkeypatch) -> None:
    def missing(*_: object, **__: object) -> None:
        raise ModuleNotFoundError("Neither `tensorboard` nor `tensorboardX` is available.\nmore")

    monkeypatch.setattr("pytorch_lightning.loggers.CSVLogger.__init__", missing)
    with pytest.raises(
        UserError, match=r"^logger: Neither .*: pip install 'vsumlab\[tensorboard\]'"
    ) as error:
        open_logger(config, tmp_path, "fold_0")
    assert "\n" not in str(error.value)


# the configuration


def test_the_whole_configuration_is_logged_and_what_was_changed(config) -> None:
    logger = Recorded()
    log_config(logger, config, "method.divisions=2")
    expected = OmegaConf.to_container(config, resolve=True)
    assert logger.hyperparameters == {**expected, "variant": "method.divisions=2"}
    assert logger.axes == {"train/*": "epoch", "validation/*": "epoch"}


@pytest.mark.parametrize(
    "error",
    [
        wandb.errors.UsageError("No API key configured.\nUse `wandb login`"),
        wandb.errors.CommError("Run initialization has timed out"),
        wandb.errors.AuthenticationError("The API key is invalid"),
        requests.ConnectionError("Max retries exceeded"),
        ConnectionRefusedError(errno.ECONNREFUSED, "Connection refused"),
        TimeoutError(),
    ],
    ids=lambda error: type(error).__name__,
)
def test_where_wandb_cannot_be_had_the_line_says_to_log_in(config, error) -> None:
    with pytest.raises(UserError, match=r"^logger: .+: log in, or choose logger=csv") as said:
        log_config(broken(WandbLogger, error), config, "")
    assert "\n" not in str(said.value)
    assert said.value.__cause__ is error


@pytest.mark.parametrize("kind", [CSVLogger, TensorBoardLogger, WandbLogger])
@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (OSError(errno.ENOSPC, "No space left on device"), "No space left on device"),
        (PermissionError(errno.EACCES, "Permission denied", "metrics.csv"), "Permission denied"),
        (OSError("somewhat odd\nindeed"), "somewhat odd"),
    ],
    ids=["full", "forbidden", "odd"],
)
def test_a_full_disk_is_a_full_disk(config, kind, error, reason) -> None:
    with pytest.raises(UserError) as said:
        log_config(broken(kind, error), config, "")
    assert str(said.value) == f"logger: somewhere: cannot be written: {reason}"


@pytest.mark.parametrize("kind", [CSVLogger, TensorBoardLogger, WandbLogger])
@pytest.mark.parametrize("error", [ValueError("a bug"), TypeError("another"), KeyError("a third")])
def test_whatever_else_goes_wrong_stays_what_it_is(config, kind, error) -> None:
    with pytest.raises(type(error)) as raised:
        log_config(broken(kind, error), config, "")
    assert raised.value is error


def test_an_error_of_wandbs_from_another_logger_is_no_reason_to_log_in(config) -> None:
    with pytest.raises(wandb.errors.UsageError):
        log_config(broken(CSVLogger, wandb.errors.UsageError("odd")), config, "")


# the end of a run


@pytest.mark.parametrize("fails", [False, True])
def test_a_wandb_run_is_ended_with_how_it_went(monkeypatch, fails) -> None:
    ended = []
    monkeypatch.setattr(wandb, "finish", lambda exit_code: ended.append(exit_code))
    logger = Recorded()
    if fails:
        with pytest.raises(ZeroDivisionError), logging_to([logger]):
            raise ZeroDivisionError
    else:
        with logging_to([logger]):
            assert ended == []
    assert ended == [int(fails)]
    assert logger.logged == [{"saved": True}]


def test_no_wandb_run_is_ended_where_there_is_none(monkeypatch, tmp_path) -> None:
    ended = []
    monkeypatch.setattr(wandb, "finish", lambda **options: ended.append(options))
    with logging_to([CSVLogger(str(tmp_path))]):
        pass
    assert ended == []


# metrics


def test_a_folds_metrics_are_means_over_its_videos(rows) -> None:
    metrics = loggers.test_metrics(rows, fold=1, headline="max", main_scorer="csnet")
    for scorer in SCORERS:
        own = rows[(rows["fold"] == 1) & (rows["scorer"] == scorer)]
        assert len(own) == 3
        for metric in METRICS:
            values = own[metric].tolist()
            if scorer == "human" and metric == "score_variance":
                assert f"test/human/{metric}" not in metrics, "there is none"
            else:
                assert metrics[f"test/{scorer}/{metric}"] == pytest.approx(sum(values) / 3)
        assert metrics[f"test/{scorer}/f1"] == metrics[f"test/{scorer}/f1_max"]
    assert {name: value for name, value in metrics.items() if name.count("/") == 1} == {
        name.replace("csnet/", ""): value for name, value in metrics.items() if "csnet" in name
    }
    assert all(type(value) is float for value in metrics.values())


def test_an_oracle_is_not_called_the_tests_result(rows) -> None:
    rows = rows.replace({"scorer": {"csnet": "csnet (test oracle)"}})
    metrics = loggers.test_metrics(rows, fold=0, headline="mean", main_scorer="csnet")
    assert "test/csnet (test oracle)/f1" in metrics
    assert not [name for name in metrics if name.count("/") == 1]


def test_names_begin_with_the_scorer_and_the_main_ones_without_it() -> None:
    assert prefixes("random", "csnet") == ["test/random"]
    assert prefixes("csnet", "csnet") == ["test/csnet", "test"]


@pytest.mark.parametrize("headline", ["mean", "max"])
def test_f1_is_the_headline_one_and_what_is_no_number_is_left_out(headline) -> None:
    metrics = {"f1_mean": 0.25, "f1_max": 0.5} | dict.fromkeys(METRICS[2:], math.nan)
    f1 = metrics[f"f1_{headline}"]
    assert named("test", headline, metrics) == {"test/f1": f1, "test/f1_mean": 0.25, "test/f1_max": 0.5}


# what wandb gets as well


@pytest.fixture
def table(monkeypatch):
    """Stands in for W&B's table, which wants a run to keep its pictures in."""

    class Table:
        def __init__(self, columns: list[str]) -> None:
            self.columns, self.rows = columns, []

        def add_data(self, *values: object) -> None:
            self.rows.append(values)

        @property
        def frame(self) -> pd.DataFrame:
            return pd.DataFrame(self.rows, columns=self.columns)

    monkeypatch.setattr(wandb, "Table", Table)
    monkeypatch.setattr(wandb, "Image", Path)
    return Table


def test_the_table_of_videos_has_their_metrics_and_the_plots_that_were_drawn(rows, tmp_path, table) -> None:
    drawn = plot_path(fold_folder(tmp_path, 1), "video_4").with_suffix(".png")
    drawn.parent.mkdir(parents=True)
    drawn.touch()
    oracle = rows[rows["scorer"] == "csnet"].assign(scorer="csnet (test oracle)")
    everything = pd.concat([rows, oracle], ignore_index=True)
    logger = Recorded()
    log_videos(logger, everything, tmp_path)
    ((name, logged),) = logger.logged[0].items()
    assert name == "videos"
    assert list(logged.frame) == ["fold", "video", "scorer", *METRICS, "picture"]
    pd.testing.assert_frame_equal(
        logged.frame[["fold", "video", "scorer", *METRICS]], everything[["fold", "video", "scorer", *METRICS]]
    )
    shown = logged.frame.dropna(subset="picture")
    assert list(zip(shown["video"], shown["scorer"], shown["picture"], strict=True)) == [
        ("video_4", "csnet", drawn)
    ]


def test_a_fold_logs_its_metrics_and_in_wandb_its_videos(rows, tmp_path, table) -> None:
    logger, given = Recorded(), {"test/f1": 0.5}
    log_test(logger, given, rows, tmp_path)
    metrics, headline, videos = logger.logged
    assert metrics == given
    assert headline == {"hp_metric": 0.5}
    assert len(videos["videos"].frame) == len(rows)

    csv = CSVLogger(str(tmp_path), name="fold_0", version="")
    log_test(csv, given, rows, tmp_path)
    csv.save()
    assert pd.read_csv(tmp_path / "fold_0" / "metrics.csv")["test/f1"].tolist() == [0.5]


@pytest.mark.parametrize("data", [[], ["~data.headline"]], ids=["demo", "without a headline"])
def test_a_job_is_summed_up_by_means_over_folds_and_their_spread(
    data, rows, tmp_path, table, monkeypatch
) -> None:
    logger, ended = Recorded(), []
    monkeypatch.setattr(loggers, "open_logger", lambda config, run, name, job_type: logger)
    monkeypatch.setattr(wandb, "finish", lambda exit_code: ended.append(exit_code))
    config = compose_config(["method=csnet", "fold=all", "logger=wandb", "paths.run=somewhere", *data])
    log_job(config, "seed=1", tmp_path, rows, "csnet")
    for scorer in SCORERS:
        folds = [
            rows.loc[(rows["scorer"] == scorer) & (rows["fold"] == fold), "kendall_tau"].mean()
            for fold in (0, 1)
        ]
        assert logger.run.summary[f"test/{scorer}/kendall_tau"] == pytest.approx(np.mean(folds))
        assert logger.run.summary[f"test/{scorer}/kendall_tau_spread"] == pytest.approx(np.std(folds, ddof=1))
    assert logger.run.summary["test/f1"] == logger.run.summary["test/csnet/f1_mean"]
    assert logger.run.summary["hp_metric"] == logger.run.summary["test/f1"]
    assert logger.hyperparameters["variant"] == "seed=1"
    assert ended == [0]


def test_a_job_without_wandb_has_no_run_that_sums_it_up(config, rows, tmp_path, monkeypatch) -> None:
    opened = []
    monkeypatch.setattr(loggers, "open_logger", lambda *asked, **_: opened.append(asked))
    log_job(config, "", tmp_path, rows, "csnet")
    assert opened == []


def test_what_goes_wrong_when_a_job_is_summed_up_is_one_warning(
    rows, tmp_path, table, monkeypatch, caplog
) -> None:
    def refused(*_: object, **__: object) -> None:
        raise ConnectionError("no network\nat all")

    logger, ended = Recorded(), []
    monkeypatch.setattr(loggers, "open_logger", lambda *_, **__: logger)
    monkeypatch.setattr(loggers, "log_videos", refused)
    monkeypatch.setattr(wandb, "finish", lambda exit_code: ended.append(exit_code))
    config = compose_config(["method=csnet", "logger=wandb", "paths.run=somewhere"])
    log_job(config, "", tmp_path, rows, "csnet")
    (record,) = caplog.records
    expected = f"{tmp_path}: done, but W&B has no run that sums it up: no network"
    assert record.getMessage() == expected
    assert ended == [1], "no later run is logged to this one"
