"""Three optimizers: what each trains, how fast, and that a step goes down the clipped gradient."""

from types import SimpleNamespace

import pytest
import torch
from support.training import fit, made_data
from torch import Tensor, nn

from vsumlab.core.batch import Batch
from vsumlab.methods.common.adversarial import AdversarialSummarizer


class Three(AdversarialSummarizer):
    """Four weights, of which the first part has two; the sum of its losses has a gradient of 4 for each."""

    name = "three"

    def __init__(self) -> None:
        super().__init__()
        self.hyperparameters = SimpleNamespace(
            learning_rate=0.5, discriminator_learning_rate=0.25, gradient_clip=3.0
        )
        self.weights = nn.ModuleList(nn.Linear(1, 1, bias=False) for _ in range(4))
        self.gradients: list[list[float]] = []
        self.totals: list[float] = []

    def trained_parts(self):
        first, second, third, fourth = self.weights
        return (first, second), (third,), (fourth,)

    def forward(self, features: Tensor, lengths: Tensor) -> Tensor:
        return torch.zeros(features.shape[:2])

    def training_step(self, batch: Batch, batch_idx: int) -> None:
        size = torch.tensor([1.0, 3.0])  # of two videos: 2 in the mean
        for part, optimizer in zip("abc", self.optimizers(), strict=True):
            with self.toggled_optimizer(optimizer):
                values = torch.stack([weight.weight.sum() for weight in self.weights])
                self.totals.append(values.sum().item())
                self.descend(part, optimizer, {"one": values.sum() * size, "other": values.sum() * size})
                self.gradients.append(
                    [
                        0.0 if weight.weight.grad is None else weight.weight.grad.item()
                        for weight in self.weights
                    ]
                )


@pytest.fixture
def trained(video_file) -> tuple[Three, dict[str, float]]:
    torch.manual_seed(0)
    method = Three()
    trainer = fit(method, made_data(video_file(n_videos=4), n_folds=2, batch_size=2), limit_train_batches=1)
    return method, {name: value.item() for name, value in trainer.callback_metrics.items()}


def test_each_step_reaches_its_own_part_by_the_clipped_gradient_of_the_sum(trained) -> None:
    """A norm above 3 is scaled to 3."""
    method, _ = trained
    first, second, third = (torch.tensor(each) for each in method.gradients)
    torch.testing.assert_close(first[:2], torch.full((2,), 3 / 2**0.5), atol=1e-4, rtol=0)
    assert second[2].item() == pytest.approx(3, abs=1e-4)
    assert third[3].item() == pytest.approx(3, abs=1e-4)
    assert first[2:].tolist() == [0, 0]
    assert second[3].item() == 0


def test_what_is_logged_is_the_mean_over_videos(trained) -> None:
    method, logged = trained
    assert {*logged} == {f"train/{part}/{term}" for part in "abc" for term in ("one", "other")}
    for part, total in zip("abc", method.totals, strict=True):
        assert logged[f"train/{part}/one"] == pytest.approx(2 * total, abs=1e-6)


def test_the_discriminator_has_a_rate_of_its_own() -> None:
    adams = Three().adams()
    assert [adam.param_groups[0]["lr"] for adam in adams] == [0.5, 0.5, 0.25]
    assert [len(adam.param_groups[0]["params"]) for adam in adams] == [2, 1, 1]
    assert all(isinstance(adam, torch.optim.Adam) for adam in adams)
    assert Three.find_unused_parameters
