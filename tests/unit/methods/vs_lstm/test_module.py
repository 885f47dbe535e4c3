"""What vsLSTM is made of and trained by."""

import torch
from support.methods import made_method

from vsumlab.core.batch import Batch
from vsumlab.methods.vs_lstm import VSLSTM


def vs_lstm() -> VSLSTM:
    method = made_method("method=vs_lstm", "method.hidden_size=8", feature_dim=6)
    assert isinstance(method, VSLSTM)
    return method


def made_batch() -> Batch:
    generator = torch.Generator().manual_seed(0)
    features, gtscore = torch.rand(2, 9, 6, generator=generator), torch.rand(2, 9, generator=generator)
    return Batch(("a", "b"), features, torch.tensor([9, 4]), gtscore)


def test_the_loss_of_a_video_is_the_mean_square_over_its_own_frames() -> None:
    method, batch = vs_lstm(), made_batch()
    losses = method.validation_losses(batch)
    for i, length in enumerate((9, 4)):
        scores = method.score(batch.features[i, :length])
        expected = sum((scores[t] - batch.gtscore[i, t]) ** 2 for t in range(length)) / length
        torch.testing.assert_close(losses[i], expected)


def test_it_learns_scores_that_depend_on_what_came_before_and_comes_after() -> None:
    """A frame that is the same everywhere is important between two others: only an LSTM can learn that."""
    method = vs_lstm()
    features, gtscore = torch.zeros(1, 20, 6), torch.zeros(1, 20)
    features[:, [5, 14], 0] = 1
    gtscore[:, 6:14] = 1
    batch = Batch(("a",), features, torch.tensor([20]), gtscore)
    optimizer = torch.optim.Adam(method.parameters(), lr=0.03)
    for _ in range(150):
        optimizer.zero_grad()
        method.validation_losses(batch).mean().backward()
        optimizer.step()
    assert method.validation_losses(batch).item() < 0.05
