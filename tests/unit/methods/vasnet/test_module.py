"""VASNet as a LightningModule: what it is trained by, and that training does it."""

import pytest
import torch
from support.methods import made_method, method_config

from vsumlab.core.batch import Batch


@pytest.fixture
def batch() -> Batch:
    """Scores that are the features' first number."""
    torch.manual_seed(0)
    features = torch.rand(2, 30, 12)
    return Batch(("a", "b"), features, torch.tensor([30, 20]), gtscore=0.5 * features[..., 0])


def test_the_loss_is_the_squared_error_from_stretched_scores(batch) -> None:
    method = made_method("method=vasnet")
    with torch.no_grad():
        losses = method.validation_losses(batch)
        for features, length, gtscore, loss in zip(
            batch.features, batch.lengths, batch.gtscore, losses, strict=True
        ):
            own = gtscore[:length]
            target = (own - own.min()) / (own.max() - own.min())
            expected = torch.nn.functional.mse_loss(method.score(features[:length]), target)
            torch.testing.assert_close(loss, expected)


def test_training_learns_the_scores(batch) -> None:
    method = made_method("method=vasnet", "method.dropout=0", "method.learning_rate=0.01")
    optimizer = method.configure_optimizers()
    before = method.validation_losses(batch)
    for _ in range(100):
        optimizer.zero_grad()
        method.validation_losses(batch).mean().backward()
        optimizer.step()
    assert (method.validation_losses(batch) < 0.2 * before).all()


def test_the_training_is_the_papers() -> None:
    config = method_config("method=vasnet")
    assert (config.trainer.max_epochs, config.batch_size) == (300, 1)
    assert (config.method.scale, config.method.dropout) == (0.06, 0.5)
    method = made_method("method=vasnet")
    assert method.needs_gtscore
    defaults = method.configure_optimizers().defaults
    assert (defaults["lr"], defaults["weight_decay"]) == (5e-5, 1e-5)
