"""A step of DR-DSN: what is drawn, what of it is rewarded, and what a checkpoint keeps."""

from itertools import pairwise

import pytest
import torch
from support.methods import made_method
from support.noise import some_noise
from support.training import fit, made_data, quiet_trainer

from vsumlab.core.batch import Batch
from vsumlab.methods.dr_dsn import DRDSN
from vsumlab.methods.dr_dsn.rewards import diversity_reward, representativeness_reward


def dr_dsn(*overrides: str, feature_dim: int = 8) -> DRDSN:
    method = made_method("method=dr_dsn", "method.hidden_size=8", *overrides, feature_dim=feature_dim)
    assert isinstance(method, DRDSN)
    return method


@pytest.fixture
def batch() -> Batch:
    generator = torch.Generator().manual_seed(0)
    features, gtscore = torch.rand(2, 30, 8, generator=generator), torch.rand(2, 30, generator=generator)
    return Batch(("a", "b"), features, torch.tensor([30, 12]), gtscore)


def test_selections_are_drawn_by_the_probabilities_and_never_in_the_padding(batch) -> None:
    method = dr_dsn("method.episodes=4000")
    logits = torch.linspace(-3, 3, 30).expand(2, -1)
    actions = method.draw(logits, batch.lengths, some_noise(2))
    assert actions.shape == (2, 4000, 30)
    assert not (actions & ~batch.mask.unsqueeze(1)).any()
    shares = actions.float().mean(dim=1)
    torch.testing.assert_close(shares[0], logits[0].sigmoid(), atol=0.04, rtol=0)
    torch.testing.assert_close(shares[1, :12], logits[1, :12].sigmoid(), atol=0.04, rtol=0)


def test_the_rewards_of_a_video_do_not_depend_on_its_batch(batch) -> None:
    method = dr_dsn("method.distance=3")
    actions = method.draw(torch.zeros(2, 30), batch.lengths, some_noise(2))
    found = method.rewards(batch, actions)
    for i, length in enumerate((30, 12)):
        video = batch.features[i, :length], actions[i, :, :length]
        torch.testing.assert_close(found["diversity"][i], diversity_reward(*video, 3))
        torch.testing.assert_close(found["representativeness"][i], representativeness_reward(*video))


def test_a_baseline_is_the_moving_average_of_its_videos_rewards() -> None:
    method = dr_dsn()
    assert method.baselines_of(("a", "b")).tolist() == [0, 0]
    for rewards in ([1.0, 0.5], [0.0, 0.5]):
        method.update_baselines(("a", "b"), torch.tensor(rewards))
    assert method.baselines == pytest.approx({"a": 0.9 * 0.1, "b": 0.9 * 0.05 + 0.05})
    assert method.baselines_of(("b", "a", "c")).tolist() == pytest.approx([0.095, 0.09, 0])


def test_a_step_learns_from_rewards_less_the_baseline_and_moves_it(batch, monkeypatch) -> None:
    method = dr_dsn()
    method.baselines = {"a": 0.25, "b": 0.5}
    monkeypatch.setattr(method, "log_mean", lambda *_: None)
    monkeypatch.setattr(
        method, "rewards", lambda *_: {"diversity": torch.full((2, 5), 0.6), "other": torch.full((2, 5), 0.8)}
    )
    seen = []

    def spy(logits, actions, advantages, mask) -> torch.Tensor:
        seen.append(advantages)
        return logits.sum(dim=-1)

    monkeypatch.setattr("vsumlab.methods.dr_dsn.module.policy_loss", spy)
    method.training_step(batch, 0)
    (advantages,) = seen
    torch.testing.assert_close(advantages, torch.tensor([[0.45], [0.2]]).expand(2, 5))
    assert method.baselines == pytest.approx({"a": 0.9 * 0.25 + 0.07, "b": 0.9 * 0.5 + 0.07})


def test_a_run_that_is_taken_up_again_goes_on_with_its_baselines(video_file, tmp_path) -> None:
    """Two epochs in one go are one epoch, a checkpoint, and another."""
    path = video_file(n_videos=4)
    torch.manual_seed(1)
    first = dr_dsn()
    trainer = fit(first, made_data(path, 2))
    assert len(first.baselines) == 2
    trainer.save_checkpoint(tmp_path / "first.ckpt")
    kept = torch.load(tmp_path / "first.ckpt", weights_only=True)["baselines"]
    assert kept == first.baselines
    again = dr_dsn()
    moved = []
    again.update_baselines = lambda keys, rewards: moved.append(dict(again.baselines))
    quiet_trainer(max_epochs=2).fit(
        again.train(), datamodule=made_data(path, 2), ckpt_path=tmp_path / "first.ckpt"
    )
    assert moved == [kept, kept]


def test_probabilities_of_diverse_and_representative_frames_rise(monkeypatch) -> None:
    """Of two scenes one is a single frame: selections that have it earn more, and it becomes likelier."""
    features = torch.zeros(1, 8, 8)
    features[:, :, 0] = 1
    features[:, 3] = torch.eye(8)[1]
    batch = Batch(("a",), features, torch.tensor([8]), None)
    method = dr_dsn("method.episodes=50").train()
    method.log_mean = lambda *_: None
    optimizer = torch.optim.Adam(method.parameters(), lr=0.01)
    drawn = []
    for epoch in range(60):
        monkeypatch.setattr(DRDSN, "current_epoch", epoch)  # each epoch draws anew
        optimizer.zero_grad()
        drawn.append(method.noise(batch).uniform(batch.lengths, 8, 50))
        method.training_step(batch, 0).backward()
        optimizer.step()
    assert not any(torch.equal(first, second) for first, second in pairwise(drawn))
    scores = method.eval().score(features[0])
    assert scores[3] > 0.8
    assert scores[3] > scores[[0, 1, 2, 4, 5, 6, 7]].max() + 0.1


def test_with_supervision_keyframes_become_likelier(batch) -> None:
    method = dr_dsn("method.supervised=true")
    assert (method.main_scorer, method.needs_gtscore) == ("dr_dsn_supervised", True)
    method.log_mean = lambda *_: None
    before = method.validation_losses(batch)
    optimizer = torch.optim.Adam(method.parameters(), lr=0.01)
    for _ in range(10):
        optimizer.zero_grad()
        method.training_step(batch, 0).backward()
        optimizer.step()
    assert (method.validation_losses(batch) < before).all()


@pytest.mark.parametrize("n_frames", [1, 2, 700])
def test_any_number_of_frames_trains(n_frames) -> None:
    method = dr_dsn()
    method.log_mean = lambda *_: None
    batch = Batch(("a",), torch.rand(1, n_frames, 8), torch.tensor([n_frames]), None)
    method.training_step(batch, 0).backward()
    assert all(parameter.grad.isfinite().all() for parameter in method.parameters())
