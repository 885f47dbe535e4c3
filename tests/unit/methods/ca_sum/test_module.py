"""CA-SUM as a LightningModule: what it is trained by, and that training does it."""

import pytest
import torch
from support.methods import made_method, method_config

from vsumlab.core.batch import Batch


@pytest.fixture
def batch() -> Batch:
    torch.manual_seed(0)
    return Batch(("a", "b"), torch.randn(2, 90, 12), torch.tensor([90, 40]), gtscore=None)


def test_the_loss_is_the_distance_of_each_videos_mean_score_from_sigma(batch) -> None:
    method = made_method("method=ca_sum", "method.sigma=0.8")
    with torch.no_grad():
        losses = method.validation_losses(batch)
        means = [
            method.score(video[:length]).mean()
            for video, length in zip(batch.features, batch.lengths, strict=True)
        ]
    torch.testing.assert_close(losses, torch.stack([(mean - 0.8).abs() for mean in means]))


def test_training_brings_the_mean_score_to_sigma(batch) -> None:
    method = made_method("method=ca_sum", "method.sigma=0.8", "method.dropout=0")
    optimizer = method.configure_optimizers()
    assert (optimizer.defaults["lr"], optimizer.defaults["weight_decay"]) == (5e-4, 1e-5)
    before = method.validation_losses(batch)
    for _ in range(100):
        optimizer.zero_grad()
        method.validation_losses(batch).sum().backward()
        optimizer.step()
    assert (method.validation_losses(batch) < 0.5 * before).all()


def test_a_step_adds_the_videos_losses_up(batch, monkeypatch) -> None:
    method = made_method("method=ca_sum")
    logged = {}
    monkeypatch.setattr(method, "log_mean", lambda name, values: logged.update({name: values}))
    loss = method.training_step(batch, 0)
    torch.testing.assert_close(loss, logged["train/length"].sum())


def test_the_training_is_the_papers() -> None:
    config = method_config("method=ca_sum")
    assert (config.trainer.max_epochs, config.trainer.gradient_clip_val, config.batch_size) == (400, 5.0, 40)
    assert (config.method.block_size, config.method.dropout) == (60, 0.5)
