"""A network of one video scores batches, and is trained by Adam with weight decay."""

from types import SimpleNamespace

import torch

from vsumlab.methods.common.attentive import AttentiveSummarizer


class Mean(torch.nn.Module):
    """Scores a frame by how near it is to the mean of the video that it is given."""

    def __init__(self) -> None:
        super().__init__()
        self.weight = torch.nn.Parameter(torch.ones(()))

    def forward(self, features: torch.Tensor) -> torch.Tensor:
        return (-self.weight * (features - features.mean(dim=0)).square().sum(dim=-1)).exp()


class Near(AttentiveSummarizer):
    name = "near"

    def __init__(self) -> None:
        super().__init__()
        self.network = Mean()
        self.hyperparameters = SimpleNamespace(learning_rate=0.25, weight_decay=0.5)


def test_each_video_of_a_batch_is_scored_without_the_padding() -> None:
    videos = [torch.rand(length, 3) for length in (4, 2)]
    padded = torch.nn.utils.rnn.pad_sequence(videos, batch_first=True, padding_value=100.0)
    scores = Near()(padded, torch.tensor([4, 2]))
    for video, found in zip(videos, scores, strict=True):
        torch.testing.assert_close(found[: len(video)], Mean()(video))


def test_all_weights_are_trained_by_adam_with_the_chosen_numbers() -> None:
    method = Near()
    optimizer = method.configure_optimizers()
    assert type(optimizer) is torch.optim.Adam
    (group,) = optimizer.param_groups
    assert (group["params"], group["lr"], group["weight_decay"]) == ([method.network.weight], 0.25, 0.5)
