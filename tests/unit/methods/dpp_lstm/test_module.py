"""What dppLSTM is made of, and the two stages that it is trained in."""

import pytest
import torch
from support.methods import made_method
from support.training import fit, made_data

from vsumlab.core.batch import Batch
from vsumlab.methods.dpp_lstm import DPPLSTM


def dpp_lstm(*overrides: str, feature_dim: int = 6) -> DPPLSTM:
    small = ("method.hidden_size=8", "method.kernel_size=5", *overrides)
    method = made_method("method=dpp_lstm", *small, feature_dim=feature_dim)
    assert isinstance(method, DPPLSTM)
    return method


def made_batch(n_frames: int = 9) -> Batch:
    generator = torch.Generator().manual_seed(0)
    features = torch.rand(1, n_frames, 6, generator=generator)
    return Batch(("a",), features, torch.tensor([n_frames]), torch.rand(1, n_frames, generator=generator))


def kernel(method: DPPLSTM, batch: Batch) -> torch.Tensor:
    """L_tt' = y_t y_t' phi_t phi_t', and the ridge."""
    contexts = method.context(batch.features, batch.lengths)[0]
    y, phi = method.importance(contexts).sigmoid()[:, 0].detach(), method.kernel(contexts).detach()
    rows = [[y[t] * y[other] * (phi[t] @ phi[other]) for other in range(len(y))] for t in range(len(y))]
    ridge = method.hyperparameters.ridge * torch.eye(len(y), dtype=torch.float64)
    return torch.tensor(rows, dtype=torch.float64) + ridge


def test_scores_are_the_marginals_of_the_papers_kernel() -> None:
    method, batch = dpp_lstm(), made_batch()
    found = kernel(method, batch)
    expected = (found @ torch.linalg.inv(found + torch.eye(9, dtype=torch.float64))).diagonal()
    torch.testing.assert_close(method.score(batch.features[0]).double(), expected, atol=1e-5, rtol=1e-4)


def test_losses_are_those_of_the_papers_kernel() -> None:
    method, batch = dpp_lstm("method.keyframe_share=0.5"), made_batch()
    batch.gtscore[:] = torch.tensor([0.1, 0.9, 0.8, 0.2, 0.0, 0.7, 0.1, 0.1, 0.6])
    found, keyframes = kernel(method, batch), [1, 5, 8]  # the highest of each of three runs
    whole = torch.logdet(found + torch.eye(9, dtype=torch.float64))
    losses = method.losses(batch)
    expected = whole - torch.logdet(found[keyframes][:, keyframes])
    torch.testing.assert_close(losses["keyframes"].double(), expected[None], atol=1e-4, rtol=1e-4)
    y = method.process(batch.features, batch.lengths)[0]
    torch.testing.assert_close(losses["squared_error"], (y - batch.gtscore).square().mean(dim=-1))


@pytest.mark.parametrize(("pretraining_epochs", "moves"), [(0, True), (1, False)])
def test_at_first_the_squared_error_alone_is_trained_by(video_file, pretraining_epochs, moves) -> None:
    method = dpp_lstm(f"method.pretraining_epochs={pretraining_epochs}", feature_dim=8)
    before = {name: value.clone() for name, value in method.named_parameters()}
    trainer = fit(method, made_data(video_file(n_videos=4), 2, batch_size=2))
    moved = {name.split(".")[0] for name, value in method.named_parameters() if (value != before[name]).any()}
    assert moved == {"context", "importance"} | ({"kernel"} if moves else set())
    assert ("train/keyframes" in trainer.callback_metrics) == moves


def test_the_second_stage_follows_the_first(video_file) -> None:
    method = dpp_lstm("method.pretraining_epochs=1", feature_dim=8)
    trainer = fit(method, made_data(video_file(n_videos=4), 2, batch_size=2), max_epochs=2)
    assert "train/keyframes" in trainer.callback_metrics


def test_keyframes_become_likelier_than_their_like() -> None:
    """Two scenes of equal frames, a keyframe in each: the process learns to draw few, of both scenes."""
    method = dpp_lstm("method.keyframe_share=0.3")
    features, gtscore = torch.zeros(1, 10, 6), torch.zeros(1, 10)
    features[:, :5, 0] = features[:, 5:, 1] = 1
    gtscore[:, [2, 7]] = 1
    gtscore[:, 8] = 0.9
    batch = Batch(("a",), features, torch.tensor([10]), gtscore)
    optimizer = torch.optim.Adam(method.parameters(), lr=0.02)
    before = method.losses(batch)["keyframes"].item()
    for _ in range(200):
        optimizer.zero_grad()
        method.validation_losses(batch).mean().backward()
        optimizer.step()
    assert method.losses(batch)["keyframes"].item() < before / 2
    scores = method.score(features[0])
    assert {*scores.topk(2).indices.tolist()} == {2, 7}


def test_a_long_video_of_many_keyframes_is_scored_and_trained_on() -> None:
    method, batch = dpp_lstm("method.keyframe_share=0.5"), made_batch(5000)
    losses = method.validation_losses(batch)
    losses.mean().backward()
    assert losses.isfinite().all()
    assert all(parameter.grad.isfinite().all() for parameter in method.parameters())
    assert method.score(batch.features[0]).isfinite().all()
