"""PGL-SUM as a LightningModule: what it is trained by, and that training does it."""

import pytest
import torch
from support.methods import made_method, method_config

from vsumlab.core.batch import Batch


@pytest.fixture
def batch() -> Batch:
    """Scores that are the features' first number."""
    torch.manual_seed(0)
    features = torch.rand(2, 30, 12)
    return Batch(("a", "b"), features, torch.tensor([30, 20]), gtscore=features[..., 0])


def test_the_loss_is_the_squared_error_of_each_video(batch) -> None:
    method = made_method("method=pgl_sum")
    with torch.no_grad():
        losses = method.validation_losses(batch)
        for features, length, gtscore, loss in zip(
            batch.features, batch.lengths, batch.gtscore, losses, strict=True
        ):
            scores = method.score(features[:length])
            torch.testing.assert_close(loss, torch.nn.functional.mse_loss(scores, gtscore[:length]))


def test_a_step_adds_the_videos_losses_up(batch, monkeypatch) -> None:
    method = made_method("method=pgl_sum")
    logged = {}
    monkeypatch.setattr(method, "log_mean", lambda name, values: logged.update({name: values}))
    loss = method.training_step(batch, 0)
    torch.testing.assert_close(loss, logged["train/error"].sum())


def test_training_learns_the_scores(batch) -> None:
    method = made_method("method=pgl_sum", "method.dropout=0", "method.learning_rate=0.01")
    optimizer = method.configure_optimizers()
    before = method.validation_losses(batch)
    for _ in range(100):
        optimizer.zero_grad()
        method.validation_losses(batch).sum().backward()
        optimizer.step()
    assert (method.validation_losses(batch) < 0.2 * before).all()


def test_the_training_is_the_papers() -> None:
    config = method_config("method=pgl_sum")
    assert (config.trainer.max_epochs, config.trainer.gradient_clip_val, config.batch_size) == (200, 5.0, 40)
    assert (config.method.heads, config.method.segments, config.method.local_heads) == (8, 4, 4)
    method = made_method("method=pgl_sum")
    assert method.needs_gtscore
    defaults = method.configure_optimizers().defaults
    assert (defaults["lr"], defaults["weight_decay"]) == (5e-5, 1e-5)
