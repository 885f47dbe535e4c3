"""Whole runs from Python, and what they leave behind."""

import hashlib
import json
import math
from pathlib import Path

import h5py
import numpy as np
import pytest
import pytorch_lightning as pl
import torch
from filelock import FileLock
from hydra.core.hydra_config import HydraConfig
from omegaconf import OmegaConf
from pytorch_lightning.loggers import CSVLogger
from support.runs import SMALL, lines, record, rows
from support.wandb_offline import read_offline

import vsumlab
from vsumlab.core.metric_names import METRICS
from vsumlab.data.feature_file.reader import VideoFile
from vsumlab.errors import UserError
from vsumlab.evaluation.baselines import evaluate_human
from vsumlab.evaluation.protocol import evaluate_scores
from vsumlab.evaluation.rows import COLUMNS
from vsumlab.job import run_job
from vsumlab.report.compare import compare
from vsumlab.report.contents import report_tables
from vsumlab.runs.claim import BusyError, DoneError, claim_file
from vsumlab.runs.fold_record import write_fold
from vsumlab.runs.folder import fold_folder
from vsumlab.runs.reading import find_runs
from vsumlab.runs.scores_file import write_scores
from vsumlab.summary.keyshots import key_shot_summary
from vsumlab.train import fit, predict, train


@pytest.fixture(scope="module")
def run(demo_run) -> Path:
    """A finished run of all five folds."""
    return demo_run


@pytest.fixture(scope="module")
def videos(demo_folder) -> VideoFile:
    return VideoFile(demo_folder / "demo.h5")


def test_every_video_is_scored_once_by_every_scorer(run, videos) -> None:
    for scorer in ("csnet", "random", "human", "gtscore"):
        assert sorted(row["video"] for row in rows(run) if row["scorer"] == scorer) == sorted(videos.keys)


def test_the_columns_are_the_documented_ones(run) -> None:
    header = (run / "videos.csv").read_text().splitlines()[0]
    assert (
        header
        == (
            "fold,seed,dataset,video,scorer,f1_mean,f1_max,kendall_tau,spearman_rho,score_variance,distinct_scores"
        )
        == ",".join(COLUMNS)
    )


def test_rows_are_the_protocol_on_the_recorded_scores(run, videos) -> None:
    with h5py.File(run / "scores.h5") as file:
        for row in rows(run):
            video = videos[row["video"]]
            timeline = video.timeline
            if row["scorer"] == "csnet":
                group = file[f"fold_{row['fold']}/{video.key}/csnet"]
                scores = group["importance_scores"][()]
                expected = evaluate_scores(scores[None], video, "user_scores")[0]
                np.testing.assert_array_equal(group["summary"][()], key_shot_summary(scores, timeline))
                assert group["summary"][()].sum() <= 0.15 * timeline.n_frames
            elif row["scorer"] == "human":
                expected = evaluate_human(video, "user_scores")
            elif row["scorer"] == "gtscore":
                people = video.annotated.user_scores.mean(axis=0)
                expected = evaluate_scores(
                    (people - people.min())[None] / np.ptp(people), video, "user_scores"
                )[0]
            else:
                continue
            ours = [float(row[metric] or "nan") for metric in METRICS]
            np.testing.assert_array_equal(ours, expected)


def test_a_run_folder_has_every_file_that_is_documented(run, videos, composed, tmp_path) -> None:
    oracle = composed(*SMALL, "fold=0", "selection=test_oracle", "callbacks.figures.videos=1", run=tmp_path)
    run_job(oracle)
    assert (tmp_path / "epochs.csv").is_file()
    for folder, folds in ((run, range(5)), (tmp_path, [0])):
        for name in ("table.txt", "videos.csv", "scores.h5", "config.yaml", "run.json"):
            assert (folder / name).stat().st_size > 0
        for fold in folds:
            for name in ("last.ckpt", "hparams.yaml", "metrics.csv", "run.json", "videos.csv", "scores.h5"):
                assert (folder / f"fold_{fold}" / name).stat().st_size > 0
    assert not (tmp_path / "fold_0" / "figures").exists(), "an oracle is not drawn"
    assert not [path for path in run.rglob(".*") if path.is_file()], "no lock and no half of a file is left"


def test_test_videos_are_drawn(composed, tmp_path) -> None:
    run_job(composed(*SMALL, "fold=0", "callbacks.figures.videos=1", run=tmp_path))
    drawn = record(tmp_path)["folds"]["0"]["test"][0]
    assert {path.name for path in (tmp_path / "fold_0" / "figures").iterdir()} == {
        f"{drawn}.png",
        f"{drawn}.svg",
    }


def test_a_folds_own_folder_has_its_part_of_the_run(run) -> None:
    parts = [row for fold in range(5) for row in rows(run / f"fold_{fold}")]
    assert parts == rows(run)
    whole = record(run)
    for fold in range(5):
        own = record(run / f"fold_{fold}")
        assert (own["status"], own["fold"]) == ("done", fold)
        for name in ("folds", "fold_seeds", "chosen_epochs"):
            assert own[name] == {str(fold): whole[name][str(fold)]}
        with h5py.File(run / f"fold_{fold}" / "scores.h5") as file, h5py.File(run / "scores.h5") as together:
            assert list(file) == [f"fold_{fold}"]
            for key, scorers in file[f"fold_{fold}"].items():
                ours, theirs = (
                    each[f"fold_{fold}/{key}/csnet/importance_scores"][()] for each in (file, together)
                )
                assert list(scorers) == ["csnet"]
                np.testing.assert_array_equal(ours, theirs)
    assert whole["wall_time_s"] == pytest.approx(
        sum(record(run / f"fold_{fold}")["wall_time_s"] for fold in range(5)), abs=0.1
    )


def test_one_fold_alone_gives_what_it_gives_among_all_bit_for_bit(run, composed, tmp_path) -> None:
    run_job(composed(*SMALL, "fold=2", run=tmp_path))
    assert rows(tmp_path) == [row for row in rows(run) if row["fold"] == "2"]
    with h5py.File(run / "scores.h5") as all_folds, h5py.File(tmp_path / "scores.h5") as alone:
        assert list(alone) == ["fold_2"]
        for key in alone["fold_2"]:
            a, b = (file[f"fold_2/{key}/csnet/importance_scores"][()] for file in (all_folds, alone))
            np.testing.assert_array_equal(a, b)


def test_train_is_one_fold_and_needs_no_command_line(run, videos, composed, tmp_path) -> None:
    assert not HydraConfig.initialized()
    metrics = train(composed(*SMALL, "fold=2", run=tmp_path))
    assert not HydraConfig.initialized()
    assert [path.name for path in tmp_path.iterdir()] == ["fold_2"]
    assert rows(tmp_path / "fold_2") == [row for row in rows(run) if row["fold"] == "2"]
    for name, column in (("f1", "f1_mean"), ("kendall_tau", "kendall_tau")):
        for prefix, scorer in (("test", "csnet"), ("test/csnet", "csnet"), ("test/random", "random")):
            own = [row for row in rows(tmp_path / "fold_2") if row["scorer"] == scorer]
            expected = np.mean([float(row[column]) for row in own])
            assert metrics[f"{prefix}/{name}"] == pytest.approx(expected)
    assert record(tmp_path / "fold_2")["metrics"] == pytest.approx(metrics)
    features = videos["video_1"].features
    assert torch.equal(vsumlab.load(tmp_path).score(features), vsumlab.load(run, fold=2).score(features))


@pytest.mark.parametrize("fold", ["all", "first"])
def test_train_is_given_one_fold(composed, tmp_path, fold) -> None:
    with pytest.raises(UserError, match=f"fold={fold}: one fold is trained at a time"):
        train(composed(*SMALL, f"fold={fold}", run=tmp_path))
    with pytest.raises(UserError, match=r"paths\.run=FOLDER"):
        train(composed(*SMALL, "fold=0", run="null"))


def test_two_runs_from_python_with_other_switches_are_told_apart(composed, tiny, tmp_path) -> None:
    """No command line says what was changed: the configuration does."""
    for divisions in (2, 4):
        folder = tmp_path / str(divisions)
        train(composed(*tiny, "fold=0", f"method.divisions={divisions}", run=folder))
    (comparison,) = compare(find_runs([tmp_path]))
    ours = comparison.lines[comparison.lines["scorer"] == "csnet"]
    assert list(ours["run"]) == ["divisions=2", "divisions=4"]
    assert comparison.entries == ["method.divisions"]
    shown = [cell for table in report_tables(find_runs([tmp_path])) for row in table.rows for cell in row]
    assert {"divisions=2", "divisions=4"} <= set(shown)


def test_another_seed_gives_other_scores_on_the_same_folds(run, composed, tmp_path) -> None:
    train(composed(*SMALL, "fold=0", "seed=1", run=tmp_path))
    ours, other = (
        {row["video"]: row for row in rows(folder) if (row["scorer"], row["fold"]) == ("csnet", "0")}
        for folder in (run, tmp_path / "fold_0")
    )
    assert ours.keys() == other.keys()
    assert all(ours[video]["kendall_tau"] != other[video]["kendall_tau"] for video in ours)
    assert {row["seed"] for row in other.values()} == {"1"}


def test_a_loaded_method_scores_bit_for_bit_as_recorded(run, videos) -> None:
    method = vsumlab.load(run, fold=3)
    with h5py.File(run / "scores.h5") as file:
        assert len(file["fold_3"]) == 2
        for key, group in file["fold_3"].items():
            scores = method.score(videos[key].features).numpy()
            np.testing.assert_array_equal(scores, group["csnet/importance_scores"][()])


def test_a_checkpoint_holds_only_tensors_and_plain_python(run) -> None:
    checkpoint = torch.load(run / "fold_0" / "last.ckpt", weights_only=True)
    assert checkpoint["hyper_parameters"]["variance_loss"] == "median"
    assert checkpoint["epoch"] == 1, "so many are done"
    assert len(checkpoint["optimizer_states"]) == 3, "a training can go on from it"


@pytest.mark.parametrize(("fold", "says"), [(None, "fold=None"), (7, "fold=7")])
def test_loading_a_fold_that_is_not_there_says_which_are(run, fold, says) -> None:
    with pytest.raises(UserError, match=rf"{says}.*\[0, 1, 2, 3, 4\]"):
        vsumlab.load(run, fold=fold)


def test_loading_from_a_folder_that_is_no_run_says_so(tmp_path) -> None:
    with pytest.raises(UserError, match="not the folder of a finished run"):
        vsumlab.load(tmp_path)


def test_the_record_says_how_to_repeat_the_run(run, videos) -> None:
    said = record(run)
    assert said["status"] == "done"
    assert said["seed"] == 0
    assert said["fold"] == "all"
    assert said["selection"] == "last"
    assert said["data"]["sha256"] == hashlib.sha256(videos.path.read_bytes()).hexdigest()
    assert said["annotations"] is None
    assert said["versions"]["torch"] == torch.__version__
    assert said["wall_time_s"] > 0
    assert 0 < said["cpu_time_s"] < 1.5 * said["wall_time_s"], "one thread's"
    assert said["supervised"] is False
    method = vsumlab.load(run, fold=0)
    assert said["parameters"] == sum(each.numel() for each in method.parameters())
    assert {"commit", "dirty"} <= set(said["git"])
    tested = [key for fold in said["folds"].values() for key in fold["test"]]
    assert sorted(tested) == sorted(videos.keys)
    for fold in said["folds"].values():
        assert not set(fold["train"]) & set(fold["test"])
    config = OmegaConf.load(run / "config.yaml")
    assert OmegaConf.to_container(config, resolve=False) == OmegaConf.to_container(config, resolve=True)


def test_recorded_means_are_over_videos_in_folds_then_over_folds(run) -> None:
    results = record(run)["results"]
    for scorer in ("csnet", "random", "human"):
        own = [row for row in rows(run) if row["scorer"] == scorer]
        by_fold = [
            np.mean([float(row["f1_mean"]) for row in own if row["fold"] == str(fold)]) for fold in range(5)
        ]
        assert results[scorer]["mean"]["f1_mean"] == pytest.approx(np.mean(by_fold))
        assert results[scorer]["spread"]["f1_mean"] == pytest.approx(np.std(by_fold, ddof=1))
        over_videos = np.mean([float(row["f1_mean"]) for row in own])
        assert results[scorer]["videos"]["f1_mean"] == pytest.approx(over_videos)
    folds = [record(run / f"fold_{fold}")["metrics"] for fold in range(5)]
    for name in ("test/f1", "test/random/kendall_tau"):
        assert record(run)["metrics"][name] == pytest.approx(np.mean([fold[name] for fold in folds]))


def test_the_table_warns_that_demo_figures_are_no_benchmark(run) -> None:
    shown = (run / "table.txt").read_text().splitlines()
    assert "demo figures are no benchmark" in shown[0]
    assert any("random" in line for line in shown)
    assert any("human" in line for line in shown)


def test_a_fold_keeps_its_folder_to_itself(composed, tiny, tmp_path) -> None:
    config, lock = composed(*tiny, "fold=0", run=tmp_path), claim_file(fold_folder(tmp_path, 0))
    with FileLock(lock), pytest.raises(BusyError, match="another process is at work"):
        train(config)
    lock.touch()  # as a run that was killed leaves it
    train(config)
    assert not lock.exists()
    before = (tmp_path / "fold_0" / "run.json").read_bytes()
    with pytest.raises(DoneError, match="is finished"):
        train(config)
    assert (tmp_path / "fold_0" / "run.json").read_bytes() == before


def test_processes_that_share_a_run_leave_each_other_their_folds(composed, tiny, tmp_path, caplog) -> None:
    """And the one that finds them all done sums the run up, once."""
    config = composed(*tiny, "setting.n_folds=2", run=tmp_path)
    with FileLock(claim_file(fold_folder(tmp_path, 0))):
        assert run_job(config) == {}
    assert [path.name for path in sorted(tmp_path.glob("fold_*"))] == ["fold_1"]
    assert "another process is at work there, so it is left to that" in caplog.text
    assert not (tmp_path / "run.json").exists()
    trained = (tmp_path / "fold_1" / "run.json").read_bytes()
    with FileLock(claim_file(tmp_path)):  # the other one is summing up
        assert run_job(config) == {}
    assert not (tmp_path / "run.json").exists()
    assert run_job(config)["test/f1"] == record(tmp_path)["metrics"]["test/f1"]
    assert (tmp_path / "fold_1" / "run.json").read_bytes() == trained
    assert {row["fold"] for row in rows(tmp_path)} == {"0", "1"}
    with pytest.raises(DoneError, match="is finished"):
        run_job(config)


def test_seeds_draw_orders_of_their_own(composed, tiny, tmp_path, monkeypatch) -> None:
    """The sampler adds the epoch to its seed: seeds next to each other must not share orders."""
    orders: dict[int, list[list[str]]] = {}

    class Listener(pl.Callback):
        def on_train_epoch_start(self, trainer, pl_module) -> None:
            orders[seed].append([])

        def on_train_batch_start(self, trainer, pl_module, batch, batch_idx) -> None:
            orders[seed][-1] += batch.keys

    monkeypatch.setattr("vsumlab.callbacks.progress.FoldProgress", lambda: Listener())
    for seed in (0, 1):
        orders[seed] = []
        small = (*tiny, "fold=0", "trainer.max_epochs=3", "trainer.limit_train_batches=1.0")
        train(composed(*small, f"seed={seed}", run=tmp_path / str(seed)))
    drawn = [tuple(order) for seed in orders for order in orders[seed]]
    assert len(set(drawn)) == len(drawn) == 6
    assert len({frozenset(order) for order in drawn}) == 1


def test_losses_and_the_variance_of_scores_are_logged_every_epoch(composed, tiny, tmp_path) -> None:
    train(composed(*tiny, "fold=0", "trainer.max_epochs=3", run=tmp_path))
    logged = lines(tmp_path / "fold_0" / "metrics.csv")
    names = {
        *(f"summarizer/{name}" for name in ("reconstruction", "prior", "sparsity", "variance")),
        *(
            f"decoder/{name}"
            for name in ("reconstruction", "reconstructed_as_original", "uniform_as_original")
        ),
        *(f"discriminator/{name}" for name in ("original", "reconstructed", "uniform")),
        "score_mean",
        "score_variance",
    }
    for name in names:
        values = [float(line[f"train/{name}"]) for line in logged if line[f"train/{name}"]]
        assert len(values) == 3
        assert all(math.isfinite(value) for value in values), name
    tests = [line for line in logged if line["test/f1"]]
    assert len(tests) == 1


@pytest.mark.parametrize("variance_loss", ["none", "mean", "median"])
def test_the_variance_loss_is_logged_where_there_is_one(composed, tiny, tmp_path, variance_loss) -> None:
    train(composed(*tiny, "fold=0", f"method.variance_loss={variance_loss}", run=tmp_path))
    header = (tmp_path / "fold_0" / "metrics.csv").read_text().splitlines()[0]
    assert ("train/summarizer/variance" in header) == (variance_loss != "none")


def test_supervised_training_adds_its_loss_and_its_own_rows(composed, tiny, tmp_path) -> None:
    train(composed(*tiny, "fold=0", "method.supervised=true", run=tmp_path))
    fold = tmp_path / "fold_0"
    assert "train/summarizer/supervised" in (fold / "metrics.csv").read_text()
    assert {row["scorer"] for row in rows(fold)} == {"csnet_supervised", "random", "human", "gtscore"}
    assert record(fold)["supervised"] is True


@pytest.mark.parametrize(
    "method",
    [
        ("method.hidden_size=8",),
        ("method.hidden_size=8", "method.supervised=true", "selection=validation"),
        (
            *("method=contrastive", "method.frames=20", "method.segment_length=5", "batch_size=4"),
            "selection=test_oracle",
        ),
    ],
    ids=["csnet", "supervised", "contrastive"],
)
def test_half_precision_trains_and_scores(composed, tiny_file, tmp_path, method) -> None:
    """Scores come out of autocast as bfloat16, which NumPy does not have."""
    data = ("data=tvsum", f"data.file={tiny_file}", "debug=smoke", "random_draws=5", "fold=0")
    metrics = run_job(composed(*data, *method, "+trainer.precision=bf16-mixed", run=tmp_path))
    assert all(math.isfinite(value) for value in metrics.values())
    with h5py.File(tmp_path / "scores.h5") as file:
        for scorers in file["fold_0"].values():
            for group in scorers.values():
                scores = group["importance_scores"][()]
                assert scores.dtype == np.float32
                assert ((scores >= 0) & (scores <= 1)).all()
    losses = [
        value
        for line in lines(tmp_path / "fold_0" / "metrics.csv")
        for name, value in line.items()
        if name.startswith(("train/", "validation/")) and value
    ]
    assert losses
    assert all(math.isfinite(float(value)) for value in losses)


def test_a_larger_batch_is_a_switch(composed, tiny, tmp_path) -> None:
    train(composed(*tiny, "fold=0", "batch_size=4", run=tmp_path))
    assert (tmp_path / "fold_0" / "run.json").is_file()


def test_wandb_offline_holds_a_run_a_fold_and_one_that_sums_up(composed, tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("WANDB_SILENT", "true")
    small = ("setting.n_folds=2", "logger=wandb", "logger.offline=true", "callbacks.figures.videos=1")
    run_job(composed("experiment=csnet_canonical", *SMALL, *small, run=tmp_path))
    runs = {run.name: run for run in read_offline(tmp_path)}
    assert sorted(runs) == ["all_folds", "fold_0", "fold_1"]
    all_rows = rows(tmp_path)
    for name, run in runs.items():
        assert run.group == "csnet_canonical"
        assert run.job_type == ("job" if name == "all_folds" else "fold")
        assert run.tags == {"csnet", "demo", "canonical"}
        assert run.config["method"]["variance_loss"] == "median"
        assert run.config["setting"]["n_folds"] == 2
        assert (run.axes["train/*"], run.axes["validation/*"]) == ("epoch", "epoch")
        assert run.summary["videos/_type"] == "table-file"
        assert run.summary["videos/nrows"] == len(all_rows) // (1 if name == "all_folds" else 2)
    f1 = {}
    for fold in ("0", "1"):
        own = [float(row["f1_mean"]) for row in all_rows if (row["fold"], row["scorer"]) == (fold, "csnet")]
        f1[fold] = sum(own) / len(own)
        logged = {name for entry in runs[f"fold_{fold}"].history for name in entry}
        assert {"train/score_variance", "epoch", "test/f1", "test/random/f1"} <= logged
        assert runs[f"fold_{fold}"].summary["test/f1"] == pytest.approx(f1[fold])
        assert runs[f"fold_{fold}"].summary["hp_metric"] == pytest.approx(f1[fold])
    final = runs["all_folds"].summary
    assert final["test/csnet/f1"] == pytest.approx((f1["0"] + f1["1"]) / 2)
    assert final["test/csnet/f1_spread"] == pytest.approx(abs(f1["0"] - f1["1"]) / 2**0.5)
    assert "test/random/kendall_tau" in final
    assert list(tmp_path.glob("wandb/offline-run-*/files/media/images/**/*.png")), "plots of videos"


@pytest.mark.parametrize("failing", ["open_logger", "log_config", "log_videos"])
def test_a_run_is_done_though_wandb_fails_at_its_end(
    composed, tiny, tmp_path, monkeypatch, caplog, failing
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise ConnectionError

    def without_wandb(_: object, run: Path, name: str, **_before: object) -> CSVLogger:
        return CSVLogger(run, name, version="")

    monkeypatch.setenv("WANDB_SILENT", "true")
    monkeypatch.setattr("vsumlab.train.open_logger", without_wandb)  # of the folds
    monkeypatch.setattr(f"vsumlab.tracking.loggers.{failing}", broken)
    run_job(composed(*tiny, "setting.n_folds=2", "logger=wandb", "logger.offline=true", run=tmp_path))
    assert record(tmp_path)["status"] == "done"
    assert len(rows(tmp_path)) > 0
    assert "done, but W&B has no run that sums it up: ConnectionError" in caplog.text
    import wandb

    assert wandb.run is None, "no later run is logged to this one"


def test_tensorboard_holds_what_was_logged(composed, tmp_path) -> None:
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    train(composed(*SMALL, "fold=0", "logger=tensorboard", "callbacks.figures.videos=1", run=tmp_path))
    events = EventAccumulator(str(tmp_path / "fold_0")).Reload()
    assert {"test/f1", "train/score_variance"} <= set(events.Tags()["scalars"])
    (headline,) = events.Scalars("hp_metric")
    assert headline.value == events.Scalars("test/f1")[-1].value
    (name,) = events.Tags()["images"]
    (plot,) = events.Images(name)
    assert name.startswith("videos/video_")
    assert (tmp_path / "fold_0" / "figures" / f"{name.removeprefix('videos/')}.png").is_file()
    assert plot.width > 500


def test_a_logger_that_is_not_installed_says_how_to_get_it(composed, tiny, tmp_path, monkeypatch) -> None:
    def missing(*_: object, **__: object) -> None:
        raise ModuleNotFoundError("Neither `tensorboard` nor `tensorboardX` is available.")

    monkeypatch.setattr("pytorch_lightning.loggers.TensorBoardLogger.__init__", missing)
    with pytest.raises(UserError, match=r"logger: .* pip install 'vsumlab\[tensorboard\]'") as error:
        train(composed(*tiny, "fold=0", "logger=tensorboard", "callbacks.figures.videos=1", run=tmp_path))
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("remark", ["[align,uniform]", "[/b]", "[red]"])
def test_remarks_are_shown_as_they_are(composed, tiny, tmp_path, remark) -> None:
    run_job(composed(*tiny, "fold=0", f"remark='{remark}'", run=tmp_path))
    assert remark in (tmp_path / "table.txt").read_text()


def test_scores_that_cannot_be_written_leave_nothing(tmp_path) -> None:
    with pytest.raises(KeyError):
        write_scores(tmp_path / "scores.h5", {0: {"ours": {"video_1": np.ones(3)}}}, {})
    assert list(tmp_path.iterdir()) == []


def test_a_split_file_gives_its_folds(composed, tiny, tmp_path) -> None:
    keys = [f"video_{i}" for i in range(1, 11)]
    splits = [{"train_keys": keys[2:], "test_keys": keys[:2]}]
    (tmp_path / "splits.json").write_text(json.dumps(splits))
    run_job(composed(*tiny, f"data.splits={tmp_path / 'splits.json'}", run=tmp_path / "run"))
    assert {row["video"] for row in rows(tmp_path / "run")} == set(keys[:2])


BAD = {
    "fold out of range": ("fold=5", "fold=5.*0 to 4"),
    "fold no number": ("fold=first", "fold=first.*0 to 4"),
    "no file": ("data.file=null", "data.file: names no file: write data.file=FILE.h5"),
    "empty file": ("data.file=", "data.file: names no file: write data.file=FILE.h5"),
    "missing file": ("data=tvsum", "tvsum: no feature file .*paths.data=FOLDER"),
    "unknown variance loss": ("method.variance_loss=mode", "median, mean or none"),
    "negative seed": ("seed=-1", "seed=-1: expected a whole number, at least 0"),
    "empty batches": ("batch_size=0", "batch_size=0: .* at least 1"),
    "no epochs": ("trainer.max_epochs=0", "trainer.max_epochs=0: .* at least 1"),
    "no threads": ("threads=0", "threads=0: .* at least 1"),
    "no folds at once": ("folds_at_once=0", "folds_at_once=0: .* at least 1"),
    "half a division": ("method.divisions=1.5", "method.divisions=1.5: expected a whole number"),
    "a word for a number": ("method.sparsity=abc", "method.sparsity=abc: expected a number above 0"),
    "unknown strategy": ("+trainer.strategy=nonsense", "trainer: "),
    "unknown target": ("method._target_=nowhere.Thing", "nowhere.Thing: cannot be imported"),
    "clipped twice": ("+trainer.gradient_clip_val=5", "trainer: "),
    "unknown headline": ("data.headline=median", "data.headline=median: expected mean or max"),
    "no GPU": ("trainer=gpu", "trainer: .*: choose trainer=cpu"),
}


@pytest.mark.parametrize("bad", BAD)
def test_bad_input_is_one_line_and_leaves_no_result(composed, tmp_path, bad) -> None:
    if bad == "no GPU" and torch.cuda.is_available():
        pytest.skip("there is a GPU")
    override, says = BAD[bad]
    with pytest.raises(UserError, match=says) as error:
        run_job(composed(*SMALL, override, run=tmp_path))
    assert "\n" not in str(error.value)
    assert not [file for file in tmp_path.glob("**/run.json") if record(file.parent)["status"] == "done"]
    assert not list(tmp_path.glob("**/*.ckpt"))


def test_a_fold_is_trained_and_scored_with_denormals_as_zero(composed, tiny, tmp_path, monkeypatch) -> None:
    seen = []

    def spied(function):
        def spy(*arguments):
            seen.append(bool((torch.full((8,), 1e-30) * 1e-10).any()))
            return function(*arguments)

        return spy

    for function in (fit, predict, write_fold):
        monkeypatch.setattr(f"vsumlab.train.{function.__name__}", spied(function))
    train(composed(*tiny, "fold=0", f"paths.run={tmp_path}"))
    assert seen == [False, False, True]


@pytest.mark.parametrize("threads", [1, 3, None])
def test_a_fold_computes_with_as_many_threads_as_it_says(composed, tiny, tmp_path, threads) -> None:
    before = torch.get_num_threads()
    train(composed(*tiny, "fold=0", f"paths.run={tmp_path}", f"threads={threads or 'null'}"))
    record = json.loads((tmp_path / "fold_0" / "run.json").read_text())
    assert record["machine"]["torch_threads"] == (threads or before)
    assert torch.get_num_threads() == before
