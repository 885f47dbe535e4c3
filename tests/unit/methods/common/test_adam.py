"""Adam is Kingma's and Ba's algorithm, and a Trainer may clip its gradients."""

import numpy as np
import pytest
import pytorch_lightning as pl
import torch
from torch import nn

from vsumlab.methods.common.adam import adam


def by_the_paper(weights: np.ndarray, gradients: np.ndarray, rate: float, decay: float) -> np.ndarray:
    """Algorithm 1 with its own constants, in float64."""
    first, second = np.zeros_like(weights), np.zeros_like(weights)
    for step, gradient in enumerate(gradients, start=1):
        of_both = gradient + decay * weights
        first = 0.9 * first + 0.1 * of_both
        second = 0.999 * second + 0.001 * of_both**2
        unbiased = first / (1 - 0.9**step), second / (1 - 0.999**step)
        weights = weights - rate * unbiased[0] / (np.sqrt(unbiased[1]) + 1e-8)
    return weights


@pytest.mark.parametrize("decay", [0.0, 0.1])
@pytest.mark.parametrize("shape", [(), (3,), (17, 5)])
def test_steps_are_those_of_the_paper(shape, decay) -> None:
    generator = np.random.default_rng(0)
    begun, gradients = generator.normal(size=shape), generator.normal(size=(20, *shape))
    weights = nn.Parameter(torch.tensor(begun))
    optimizer = adam([weights], 0.01, decay)
    assert optimizer.defaults["fused"]
    for gradient in gradients:
        weights.grad = torch.tensor(gradient)
        optimizer.step()
    np.testing.assert_allclose(weights.detach(), by_the_paper(begun, gradients, 0.01, decay), rtol=1e-9)


def test_gradients_that_a_scaler_has_scaled_are_stepped_by_unscaled_or_not_at_all() -> None:
    weight = nn.Parameter(torch.zeros(()))
    optimizer, scaler = adam([weight], 0.1), torch.amp.GradScaler("cpu", init_scale=8.0)
    for factor, expected in ((1.0, -0.1), (float("inf"), -0.1), (1.0, -0.2)):
        optimizer.zero_grad()
        scaler.scale(factor * weight).backward()
        scaler.unscale_(optimizer)
        assert weight.grad.item() == factor
        scaler.step(optimizer)
        scaler.update()
        assert weight.item() == pytest.approx(expected, rel=1e-4)


class Slope(pl.LightningModule):
    """One weight that is to be moved by a gradient of 100."""

    def __init__(self) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(()))
        self.clipped: list[float] = []

    def training_step(self, *_: object) -> torch.Tensor:
        """The weight times 100."""
        return 100 * self.weight

    def on_before_zero_grad(self, optimizer: torch.optim.Optimizer) -> None:
        """Keeps what was stepped by."""
        if self.weight.grad is not None:
            self.clipped.append(float(self.weight.grad))

    def configure_optimizers(self) -> torch.optim.Optimizer:
        """Ours."""
        return adam(self.parameters(), 0.1)


@pytest.mark.parametrize("precision", ["32-true", "bf16-mixed"])
def test_a_trainer_clips_in_any_precision(precision, tmp_path) -> None:
    slope = Slope()
    trainer = pl.Trainer(
        accelerator="cpu",
        max_epochs=1,
        gradient_clip_val=5.0,
        precision=precision,
        logger=False,
        enable_checkpointing=False,
        enable_progress_bar=False,
        enable_model_summary=False,
        default_root_dir=tmp_path,
    )
    trainer.fit(slope, torch.utils.data.DataLoader([0, 0, 0]))
    assert slope.clipped == pytest.approx([5.0, 5.0])
    assert slope.weight.item() == pytest.approx(-0.3, rel=1e-4)
