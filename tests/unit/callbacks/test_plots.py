"""Which videos are drawn, where their plots go, and what the loggers get of them."""

from types import SimpleNamespace

import numpy as np
import pytest
import pytorch_lightning as pl
import torch
from pytorch_lightning.loggers import TensorBoardLogger, WandbLogger
from support.stepping import Stepping
from support.training import made_data, quiet_trainer

from vsumlab.callbacks import video_plot
from vsumlab.callbacks.plots import VideoPlots
from vsumlab.callbacks.selection import TestOracle as Oracle
from vsumlab.core.video import Timing
from vsumlab.methods.explanation import Explanation


class Explained(Stepping):
    """Shows one curve."""

    def explain(self, features: torch.Tensor, timing: Timing | None = None) -> Explanation:
        return Explanation({"first feature": features[:, 0].numpy()}, {})


@pytest.fixture
def tensorboard(tmp_path) -> TensorBoardLogger:
    return TensorBoardLogger(str(tmp_path), name="events", version="")


def predicted(videos: int, tmp_path, tiny_file, logger=False) -> pl.Trainer:
    """Scores the four test videos of a fold, with the callback."""
    trainer = quiet_trainer(default_root_dir=str(tmp_path), logger=logger, callbacks=[VideoPlots(videos)])
    trainer.predict(Explained(8), datamodule=made_data(tiny_file, n_folds=3))
    return trainer


@pytest.mark.parametrize("videos", [0, 1, 99])
def test_the_first_test_videos_are_drawn(tmp_path, tiny_file, videos) -> None:
    trainer = predicted(videos, tmp_path, tiny_file)
    tested = trainer.datamodule.fold.test
    assert len(tested) == 4
    drawn = {file.name for file in tmp_path.glob("figures/*")}
    assert drawn == {f"{key}{suffix}" for key in tested[:videos] for suffix in (".svg", ".png")}
    assert (tmp_path / "figures").exists() == (videos > 0)


def test_a_plot_is_of_the_scores_and_of_what_the_method_shows(tmp_path, tiny_file, monkeypatch) -> None:
    drawn, plot = [], video_plot.video_plot

    def spy(video, scores, explanation):
        drawn.append((video.key, dict(scores), dict(explanation.curves)))
        return plot(video, scores, explanation)

    monkeypatch.setattr(video_plot, "video_plot", spy)
    data = predicted(2, tmp_path, tiny_file).datamodule
    assert [key for key, _, _ in drawn] == list(data.fold.test[:2])
    for key, scores, curves in drawn:
        features = data.pool.evaluated[key].features
        np.testing.assert_array_equal(scores["stepping"], features[:, 0])
        np.testing.assert_array_equal(scores["ahead"], features[:, 3])
        np.testing.assert_array_equal(curves["first feature"], features[:, 0])


def test_an_svg_keeps_its_text_and_a_png_its_size(tmp_path, tiny_file) -> None:
    from matplotlib.image import imread

    (key,) = predicted(1, tmp_path, tiny_file).datamodule.fold.test[:1]
    text = (tmp_path / "figures" / f"{key}.svg").read_text()
    assert all(words in text for words in (key, "scores: ahead", "criterion: first feature"))
    assert imread(tmp_path / "figures" / f"{key}.png").shape[1] > 500


def test_tensorboard_gets_the_plot(tmp_path, tiny_file, tensorboard) -> None:
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    (key,) = predicted(1, tmp_path, tiny_file, logger=tensorboard).datamodule.fold.test[:1]
    tensorboard.experiment.close()
    events = EventAccumulator(str(tmp_path / "events")).Reload()
    assert events.Tags()["images"] == [f"videos/{key}"]
    (picture,) = events.Images(f"videos/{key}")
    assert picture.width > 500


def test_wandb_gets_the_png(tmp_path, tiny_file, monkeypatch) -> None:
    logged = []

    class Offline(WandbLogger):
        def __init__(self) -> None:
            """Starts no run."""

        def log_image(self, key: str, images: list[str]) -> None:
            logged.append((key, images))

    data = made_data(tiny_file, n_folds=3)
    data.setup()
    key = data.fold.test[0]
    trainer = SimpleNamespace(
        datamodule=data, default_root_dir=str(tmp_path), loggers=[Offline()], callbacks=[]
    )
    method = Explained(8)
    with torch.no_grad():
        prediction = method.predict_step(next(iter(data.predict_dataloader())), 0)
    VideoPlots(1).on_predict_batch_end(trainer, method, prediction, None, 0)
    assert logged == [(f"videos/{key}", [str(tmp_path / "figures" / f"{key}.png")])]
    assert (tmp_path / "figures" / f"{key}.png").is_file()


def test_epochs_chosen_on_test_videos_are_not_drawn(tmp_path, tiny_file) -> None:
    callbacks = [VideoPlots(99), Oracle(headline="mean", rank_reference="user_scores")]
    trainer = quiet_trainer(default_root_dir=str(tmp_path), logger=False, callbacks=callbacks)
    assert trainer.predict(Explained(8), datamodule=made_data(tiny_file, n_folds=3))
    assert not (tmp_path / "figures").exists()
