"""DR-DSN as a LightningModule: selections are drawn, rewarded, and made more or less likely."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from vsumlab.core.batch import Batch, length_mask
from vsumlab.core.process_group import of_all_processes
from vsumlab.methods.common.adam import adam
from vsumlab.methods.common.keyframes import top_frames
from vsumlab.methods.common.lstm_scorer import LSTMScorer
from vsumlab.methods.dr_dsn.hyperparameters import DRDSNHyperparameters
from vsumlab.methods.dr_dsn.losses import keyframe_loss, length_loss, policy_loss
from vsumlab.methods.dr_dsn.rewards import diversity_reward, representativeness_reward
from vsumlab.methods.noise import Noise
from vsumlab.methods.published import PaperRow
from vsumlab.methods.summarizer import Summarizer


class DRDSN(Summarizer):
    """DR-DSN (Zhou et al. 2018): probabilities of selection, learnt by reinforcement.

    Args:
        feature_dim: D, taken from the feature file.
        **hyperparameters: See `DRDSNHyperparameters`.

    Attributes:
        baselines: The moving average of the rewards of each video, by its key; part of a checkpoint.

    Raises:
        UserError: If a number makes no sense.
    """

    name = "dr_dsn"
    glossary = (
        (
            "dr_dsn",
            "Zhou et al., Deep Reinforcement Learning for Unsupervised Video Summarization with "
            "Diversity-Representativeness Reward, AAAI 2018.",
        ),
        ("dr_dsn_supervised", "The same, which also learns to select the frames of the highest gtscore."),
    )
    curves = (
        ("train/reward", "Reward"),
        ("train/diversity", "Reward: diversity"),
        ("train/representativeness", "Reward: representativeness"),
        ("train/length", "Length of the selection"),
        ("train/keyframes", "Likelihood of key frames"),
    )
    paper_rows = (
        PaperRow("DR-DSN", "dr_dsn", "dr_dsn", {}, ("DR-DSN", "DR-DSN60")),
        PaperRow("DR-DSN2000", "dr_dsn_2000", "dr_dsn", {}, ("DR-DSN2000",)),
        PaperRow("DR-DSNsup", "dr_dsn_supervised", "dr_dsn_supervised", {}, ("DR-DSNsup",), differs=True),
    )

    hyperparameters: DRDSNHyperparameters

    def __init__(self, feature_dim: int, **hyperparameters: Any) -> None:
        super().__init__()
        self.save_hyperparameters()
        self.hyperparameters = chosen = DRDSNHyperparameters(**hyperparameters)
        self.scorer = LSTMScorer(feature_dim, chosen.hidden_size, layers=1)  # eq. 1
        self.baselines: dict[str, float] = {}
        self._moved: set[str] = set()  # by this process, in this epoch

    @property
    def main_scorer(self) -> str:
        """The name, or another one where it is supervised."""
        return "dr_dsn_supervised" if self.hyperparameters.supervised else "dr_dsn"

    @property
    def needs_gtscore(self) -> bool:
        """Where it is supervised."""
        return self.hyperparameters.supervised

    def forward(self, features: Tensor, lengths: Tensor) -> Tensor:
        """Probabilities of selection (B, T) of a padded batch (B, T, D)."""
        scores: Tensor = self.scorer(features, lengths)
        return scores

    def training_step(self, batch: Batch, batch_idx: int) -> Tensor:
        """Draws N selections of each video, and makes those likelier that are better than its baseline."""
        chosen = self.hyperparameters
        logits = self.scorer.logits(batch.features, batch.lengths)
        actions = self.draw(logits, batch.lengths, self.noise(batch))
        rewards = self.rewards(batch, actions)
        reward = torch.stack([*rewards.values()]).mean(dim=0)
        length = length_loss(logits.sigmoid(), batch.mask, chosen.share)
        advantages = reward - self.baselines_of(batch.keys).to(reward).unsqueeze(-1)
        losses = policy_loss(logits, actions, advantages, batch.mask) + chosen.length_weight * length
        if chosen.supervised:
            keyframes = self.keyframes(batch, logits)
            losses = losses + keyframes
            self.log_mean("train/keyframes", keyframes)
        self.update_baselines(batch.keys, reward.mean(dim=-1))
        for name, values in {"reward": reward, **rewards, "length": length}.items():
            self.log_mean(f"train/{name}", values)
        return losses.mean()

    def draw(self, logits: Tensor, lengths: Tensor, noise: Noise) -> Tensor:
        """N selections (B, N, T), bool, of each video: every frame by its own probability (eq. 2)."""
        n_frames = logits.shape[1]
        scores = logits.detach().float().sigmoid() * length_mask(lengths, n_frames)
        return noise.uniform(lengths, n_frames, self.hyperparameters.episodes) < scores.unsqueeze(1)

    def rewards(self, batch: Batch, actions: Tensor) -> dict[str, Tensor]:
        """Diversity and representativeness (B, N) of selections (B, N, T), whose mean is the reward."""
        with torch.autocast(actions.device.type, enabled=False):
            videos = [
                (features[:length].float(), selections[:, :length])
                for features, selections, length in zip(
                    batch.features, actions, batch.lengths.tolist(), strict=True
                )
            ]
            distance = self.hyperparameters.distance
            return {
                "diversity": torch.stack([diversity_reward(*video, distance) for video in videos]),
                "representativeness": torch.stack([representativeness_reward(*video) for video in videos]),
            }

    def keyframes(self, batch: Batch, logits: Tensor) -> Tensor:
        """The loss (B,) of the key frames that the ground-truth scores give."""
        assert batch.gtscore is not None  # needs_gtscore: checked before training
        keyframes = top_frames(batch.gtscore, batch.mask, self.hyperparameters.keyframe_share)
        return keyframe_loss(logits, keyframes, batch.mask)

    def baselines_of(self, keys: tuple[str, ...]) -> Tensor:
        """The baselines (B,) of some videos: 0 before a video's first step."""
        return torch.tensor([self.baselines.get(key, 0.0) for key in keys])

    def update_baselines(self, keys: tuple[str, ...], rewards: Tensor) -> None:
        """Moves the baselines of some videos towards the mean rewards (B,) of their episodes."""
        decay = self.hyperparameters.baseline_decay
        for key, reward in zip(keys, rewards.tolist(), strict=True):
            self.baselines[key] = decay * self.baselines.get(key, 0.0) + (1 - decay) * reward
        self._moved.update(keys)

    def on_train_epoch_end(self) -> None:
        """Takes from each process the baselines that it has moved: the next epoch deals out videos anew."""
        for moved in of_all_processes({key: self.baselines[key] for key in self._moved}):
            self.baselines.update(moved)
        self._moved.clear()

    def on_save_checkpoint(self, checkpoint: dict[str, Any]) -> None:
        """Keeps the baselines."""
        checkpoint["baselines"] = dict(self.baselines)

    def on_load_checkpoint(self, checkpoint: dict[str, Any]) -> None:
        """Takes the baselines up again."""
        self.baselines = dict(checkpoint["baselines"])

    def validation_losses(self, batch: Batch) -> Tensor:
        """Where supervised, the loss of the key frames; else the negative reward, and the length's loss."""
        logits = self.scorer.logits(batch.features, batch.lengths)
        if self.hyperparameters.supervised:
            return self.keyframes(batch, logits)
        rewards = self.rewards(batch, self.draw(logits, batch.lengths, self.noise(batch)))
        length = length_loss(logits.sigmoid(), batch.mask, self.hyperparameters.share)
        return self.hyperparameters.length_weight * length - torch.stack([*rewards.values()]).mean(dim=(0, 2))

    def configure_optimizers(self) -> torch.optim.Optimizer:
        """Adam."""
        chosen = self.hyperparameters
        return adam(self.parameters(), chosen.learning_rate, chosen.weight_decay)
