"""A whole run on the demo data, and what it leaves behind."""

import csv
import hashlib
import json
import math
from pathlib import Path
from typing import ClassVar

import h5py
import numpy as np
import pytest
import pytorch_lightning as pl
import torch
from filelock import FileLock
from omegaconf import OmegaConf
from wandb_offline import read_offline

import vsumlab
from vsumlab.data.reader import VideoFile
from vsumlab.errors import UserError
from vsumlab.methods.baselines import evaluate_human
from vsumlab.metrics.protocol import METRICS, evaluate_scores
from vsumlab.results.rows import Row
from vsumlab.results.run_folder import write_scores
from vsumlab.summary.keyshots import key_shot_summary
from vsumlab.train import train

SMALL = ("experiment=csnet_canonical", "debug=smoke", "method.hidden_size=8", "random_draws=5")


@pytest.fixture(scope="module")
def run(composed, tmp_path_factory) -> Path:
    """A finished run of all five folds."""
    folder = tmp_path_factory.mktemp("run")
    train(composed(*SMALL, run=folder))
    return folder


@pytest.fixture(scope="module")
def videos(demo_folder) -> VideoFile:
    return VideoFile(demo_folder / "demo.h5")


def rows(run: Path) -> list[dict[str, str]]:
    with (run / "videos.csv").open(newline="") as file:
        return list(csv.DictReader(file))


def test_every_video_is_scored_once_by_every_scorer(run, videos) -> None:
    for scorer in ("csnet", "random", "human", "gtscore"):
        assert sorted(row["video"] for row in rows(run) if row["scorer"] == scorer) == sorted(videos.keys)


def test_the_columns_are_the_documented_ones(run) -> None:
    header = (run / "videos.csv").read_text().splitlines()[0]
    assert (
        header
        == ("fold,seed,dataset,video,scorer,f1_mean,f1_max,kendall_tau,spearman_rho,score_variance")
        == ",".join(Row._fields)
    )


def test_rows_are_the_protocol_on_the_recorded_scores(run, videos) -> None:
    with h5py.File(run / "scores.h5") as file:
        for row in rows(run):
            video = videos[row["video"]]
            if row["scorer"] == "csnet":
                group = file[f"fold_{row['fold']}/{video.key}/csnet"]
                scores = group["importance_scores"][()]
                expected = evaluate_scores(scores[None], video, "user_scores")[0]
                np.testing.assert_array_equal(group["summary"][()], key_shot_summary(scores, video))
                assert group["summary"][()].sum() <= 0.15 * video.n_frames
            elif row["scorer"] == "human":
                expected = evaluate_human(video, "user_scores")
            elif row["scorer"] == "gtscore":
                people = video.user_scores.mean(axis=0)
                expected = evaluate_scores(
                    (people - people.min())[None] / np.ptp(people), video, "user_scores"
                )[0]
            else:
                continue
            ours = [float(row[metric] or "nan") for metric in METRICS]
            np.testing.assert_array_equal(ours, expected)


def test_one_fold_alone_gives_what_it_gives_among_all_bit_for_bit(run, composed, tmp_path) -> None:
    train(composed(*SMALL, "fold=2", run=tmp_path))
    assert rows(tmp_path) == [row for row in rows(run) if row["fold"] == "2"]
    with h5py.File(run / "scores.h5") as all_folds, h5py.File(tmp_path / "scores.h5") as alone:
        assert list(alone) == ["fold_2"]
        for key in alone["fold_2"]:
            a, b = (file[f"fold_2/{key}/csnet/importance_scores"][()] for file in (all_folds, alone))
            np.testing.assert_array_equal(a, b)


def test_another_seed_gives_other_scores_on_the_same_folds(run, composed, tmp_path) -> None:
    train(composed(*SMALL, "fold=0", "seed=1", run=tmp_path))
    ours, other = (
        {row["video"]: row for row in rows(folder) if (row["scorer"], row["fold"]) == ("csnet", "0")}
        for folder in (run, tmp_path)
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
    assert checkpoint["epoch"] == 1  # one epoch is finished


@pytest.mark.parametrize(("fold", "says"), [(None, "fold=None"), (7, "fold=7")])
def test_loading_a_fold_that_is_not_there_says_which_are(run, fold, says) -> None:
    with pytest.raises(UserError, match=rf"{says}.*\[0, 1, 2, 3, 4\]"):
        vsumlab.load(run, fold=fold)


def test_loading_from_a_folder_that_is_no_run_says_so(tmp_path) -> None:
    with pytest.raises(UserError, match="not the folder of a finished run"):
        vsumlab.load(tmp_path)


def test_the_record_says_how_to_repeat_the_run(run, videos) -> None:
    record = json.loads((run / "run.json").read_text())
    assert record["status"] == "done"
    assert record["seed"] == 0
    assert record["fold"] == "all"
    assert record["selection"] == "last"
    assert record["data"]["sha256"] == hashlib.sha256(videos.path.read_bytes()).hexdigest()
    assert record["annotations"] is None
    assert record["versions"]["torch"] == torch.__version__
    assert record["wall_time_s"] > 0
    assert set(record["git"]) == {"commit", "dirty"}
    tested = [key for fold in record["folds"].values() for key in fold["test"]]
    assert sorted(tested) == sorted(videos.keys)
    for fold in record["folds"].values():
        assert not set(fold["train"]) & set(fold["test"])
    config = OmegaConf.load(run / "config.yaml")
    assert OmegaConf.to_container(config, resolve=False) == OmegaConf.to_container(config, resolve=True)


def test_recorded_means_are_over_videos_in_folds_then_over_folds(run) -> None:
    record = json.loads((run / "run.json").read_text())["results"]
    for scorer in ("csnet", "random", "human"):
        own = [row for row in rows(run) if row["scorer"] == scorer]
        by_fold = [
            np.mean([float(row["f1_mean"]) for row in own if row["fold"] == str(fold)]) for fold in range(5)
        ]
        assert record[scorer]["mean"]["f1_mean"] == pytest.approx(np.mean(by_fold))
        assert record[scorer]["spread"]["f1_mean"] == pytest.approx(np.std(by_fold, ddof=1))
        over_videos = np.mean([float(row["f1_mean"]) for row in own])
        assert record[scorer]["videos"]["f1_mean"] == pytest.approx(over_videos)


def test_the_table_warns_that_demo_figures_are_no_benchmark(run) -> None:
    lines = (run / "table.txt").read_text().splitlines()
    assert "demo figures are no benchmark" in lines[0]
    assert all(len(line) <= 80 for line in lines[1:])
    assert any("random" in line for line in lines)
    assert any("human" in line for line in lines)


def test_a_run_keeps_its_folder_to_itself(composed, tmp_path) -> None:
    with FileLock(tmp_path / ".running"), pytest.raises(UserError, match="another run is at work"):
        train(composed(*SMALL, "fold=0", run=tmp_path))
    (tmp_path / ".running").touch()  # as a run that was killed leaves it
    train(composed(*SMALL, "fold=0", run=tmp_path))
    assert not (tmp_path / ".running").exists()
    with pytest.raises(UserError, match="finished run"):
        train(composed(*SMALL, "fold=0", run=tmp_path))


def test_seeds_draw_orders_of_their_own(composed, tmp_path, monkeypatch) -> None:
    """The sampler adds the epoch to its seed: seeds next to each other must not share orders."""
    orders: dict[int, list[list[str]]] = {}

    class Listener(pl.Callback):
        def on_train_epoch_start(self, trainer, pl_module) -> None:
            orders[seed].append([])

        def on_train_batch_start(self, trainer, pl_module, batch, batch_idx) -> None:
            orders[seed][-1] += batch.keys

    progress = "vsumlab.progress.FoldProgress"
    monkeypatch.setattr(progress, lambda: Listener())
    for seed in (0, 1):
        orders[seed] = []
        small = (*SMALL, "fold=0", "trainer.max_epochs=3", "trainer.limit_train_batches=1.0")
        train(composed(*small, f"seed={seed}", run=tmp_path / str(seed)))
    drawn = [tuple(order) for seed in orders for order in orders[seed]]
    assert len(set(drawn)) == len(drawn) == 6
    assert len({frozenset(order) for order in drawn}) == 1


def test_losses_and_the_variance_of_scores_are_logged_every_epoch(composed, tmp_path) -> None:
    train(composed(*SMALL, "fold=0", "trainer.max_epochs=3", run=tmp_path))
    with (tmp_path / "fold_0" / "metrics.csv").open(newline="") as file:
        lines = list(csv.DictReader(file))
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
        logged = [float(line[f"train/{name}"]) for line in lines if line[f"train/{name}"]]
        assert len(logged) == 3
        assert all(math.isfinite(value) for value in logged), name
    tests = [line for line in lines if line["test/f1"]]
    assert len(tests) == 1


@pytest.mark.parametrize("variance_loss", ["none", "mean", "median"])
def test_the_variance_loss_is_logged_where_there_is_one(composed, tmp_path, variance_loss) -> None:
    train(composed(*SMALL, "fold=0", f"method.variance_loss={variance_loss}", run=tmp_path))
    header = (tmp_path / "fold_0" / "metrics.csv").read_text().splitlines()[0]
    assert ("train/summarizer/variance" in header) == (variance_loss != "none")


def test_supervised_training_adds_its_loss_and_its_own_rows(composed, tmp_path) -> None:
    train(composed(*SMALL, "fold=0", "method.supervised=true", run=tmp_path))
    assert "train/summarizer/supervised" in (tmp_path / "fold_0" / "metrics.csv").read_text()
    assert {row["scorer"] for row in rows(tmp_path)} == {"csnet_supervised", "random", "human", "gtscore"}


def test_a_larger_batch_is_a_switch(composed, tmp_path) -> None:
    train(composed(*SMALL, "fold=0", "batch_size=4", run=tmp_path))
    assert (tmp_path / "run.json").is_file()


def test_wandb_offline_holds_a_run_a_fold_and_one_that_sums_up(composed, tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("WANDB_SILENT", "true")
    small = ("setting.n_folds=2", "logger=wandb", "logger.offline=true", "callbacks.figures.videos=1")
    train(composed(*SMALL, *small, run=tmp_path))
    runs = {run.name: run for run in read_offline(tmp_path)}
    assert sorted(runs) == ["all_folds", "fold_0", "fold_1"]
    lines = rows(tmp_path)
    for name, run in runs.items():
        assert run.group == "csnet_canonical"
        assert run.job_type == ("job" if name == "all_folds" else "fold")
        assert run.tags == {"csnet", "demo", "canonical"}
        assert run.config["method"]["variance_loss"] == "median"
        assert run.config["setting"]["n_folds"] == 2
        assert (run.axes["train/*"], run.axes["validation/*"]) == ("epoch", "epoch")
        assert run.summary["videos/_type"] == "table-file"
        assert run.summary["videos/nrows"] == len(lines) // (1 if name == "all_folds" else 2)
    f1 = {}
    for fold in ("0", "1"):
        own = [float(row["f1_mean"]) for row in lines if (row["fold"], row["scorer"]) == (fold, "csnet")]
        f1[fold] = sum(own) / len(own)
        logged = {name for entry in runs[f"fold_{fold}"].history for name in entry}
        assert {"train/score_variance", "epoch", "test/f1", "test/random/f1"} <= logged
        assert runs[f"fold_{fold}"].summary["test/f1"] == pytest.approx(f1[fold])
    final = runs["all_folds"].summary
    assert final["test/csnet/f1"] == pytest.approx((f1["0"] + f1["1"]) / 2)
    assert final["test/csnet/f1_spread"] == pytest.approx(abs(f1["0"] - f1["1"]) / 2**0.5)
    assert "test/random/kendall_tau" in final
    assert list(tmp_path.glob("wandb/offline-run-*/files/media/images/**/*.png")), "pictures of videos"


@pytest.mark.parametrize("failing", ["open_logger", "log_config", "log_videos"])
def test_a_run_is_done_though_wandb_fails_at_its_end(
    composed, tmp_path, monkeypatch, caplog, failing
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise ConnectionError

    monkeypatch.setenv("WANDB_SILENT", "true")
    monkeypatch.setattr(f"vsumlab.results.loggers.{failing}", broken)
    monkeypatch.setattr("vsumlab.train.log_test", lambda *_: None)
    train(composed(*SMALL, "setting.n_folds=2", "logger=wandb", "logger.offline=true", run=tmp_path))
    assert json.loads((tmp_path / "run.json").read_text())["status"] == "done"
    assert len(rows(tmp_path)) > 0
    assert "done, but W&B has no run that sums it up: ConnectionError" in caplog.text
    import wandb

    assert wandb.run is None, "no later run is logged to this one"


def test_tensorboard_holds_what_was_logged(composed, tmp_path) -> None:
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    train(composed(*SMALL, "fold=0", "logger=tensorboard", "callbacks.figures.videos=1", run=tmp_path))
    events = EventAccumulator(str(tmp_path / "fold_0")).Reload()
    assert {"test/f1", "train/score_variance"} <= set(events.Tags()["scalars"])
    (name,) = events.Tags()["images"]
    (picture,) = events.Images(name)
    assert name.startswith("videos/video_")
    assert (tmp_path / "fold_0" / "figures" / f"{name.removeprefix('videos/')}.png").is_file()
    assert picture.width > 500


def test_a_logger_that_is_not_installed_says_how_to_get_it(composed, tmp_path, monkeypatch) -> None:
    def missing(*_: object, **__: object) -> None:
        raise ModuleNotFoundError("Neither `tensorboard` nor `tensorboardX` is available.")

    monkeypatch.setattr("pytorch_lightning.loggers.TensorBoardLogger.__init__", missing)
    with pytest.raises(UserError, match=r"logger: .* pip install 'vsumlab\[tensorboard\]'"):
        train(composed(*SMALL, "fold=0", "logger=tensorboard", "callbacks.figures.videos=1", run=tmp_path))


def test_the_table_says_what_was_changed(composed, tmp_path) -> None:
    from hydra.core.hydra_config import HydraConfig
    from omegaconf import open_dict

    config = composed(*SMALL, "fold=0", "method.divisions=2", run=tmp_path)
    with open_dict(HydraConfig.instance().cfg):
        assert "method.divisions=2" in HydraConfig.get().overrides.task
    train(config)
    assert "method.divisions=2" in (tmp_path / "table.txt").read_text().splitlines()[1]


@pytest.mark.parametrize("remark", ["[align,uniform]", "[/b]", "[red]"])
def test_remarks_are_shown_as_they_are(composed, tmp_path, remark) -> None:
    train(composed(*SMALL, "fold=0", f"remark='{remark}'", run=tmp_path))
    assert remark in (tmp_path / "table.txt").read_text()


def test_scores_that_cannot_be_written_leave_nothing(tmp_path) -> None:
    class Broken:
        scores: ClassVar = {0: {"ours": {"video_1": np.ones(3)}}}
        videos: ClassVar = {}

    with pytest.raises(KeyError):
        write_scores(tmp_path / "scores.h5", Broken())
    assert list(tmp_path.iterdir()) == []


def test_a_split_file_gives_its_folds(composed, tmp_path, videos) -> None:
    splits = [{"train_keys": [*videos.keys[2:]], "test_keys": [*videos.keys[:2]]}]
    (tmp_path / "splits.json").write_text(json.dumps(splits))
    train(composed(*SMALL, f"data.splits={tmp_path / 'splits.json'}", run=tmp_path))
    assert {row["video"] for row in rows(tmp_path)} == set(videos.keys[:2])


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
    "half a division": ("method.divisions=1.5", "method.divisions=1.5: expected a whole number"),
    "a word for a number": ("method.sparsity=abc", "method.sparsity=abc: expected a number above 0"),
    "unknown strategy": ("+trainer.strategy=nonsense", "trainer: "),
    "unknown target": ("method._target_=nowhere.Thing", "nowhere.Thing: cannot be imported"),
    "clipped twice": ("+trainer.gradient_clip_val=5", "trainer: "),
    "unknown headline": ("data.headline=median", "data.headline=median: expected mean or max"),
    "no GPU": ("trainer=gpu", "trainer: .*: choose trainer=default"),
}


@pytest.mark.parametrize("bad", BAD)
def test_bad_input_is_one_line_and_leaves_no_result(composed, tmp_path, bad) -> None:
    if bad == "no GPU" and torch.cuda.is_available():
        pytest.skip("there is a GPU")
    override, says = BAD[bad]
    with pytest.raises(UserError, match=says) as error:
        train(composed(*SMALL, override, run=tmp_path))
    assert "\n" not in str(error.value)
    assert not list(tmp_path.glob("**/run.json"))
    assert not list(tmp_path.glob("**/*.ckpt"))
