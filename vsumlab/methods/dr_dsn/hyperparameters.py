"""What can be chosen of DR-DSN, each by a switch of the same name in `conf/method/dr_dsn.yaml`."""

from __future__ import annotations

from dataclasses import dataclass

from vsumlab.entries import (
    check_fractions,
    check_positive,
    check_shares,
    check_switches,
    check_weights,
    check_whole,
)


@dataclass(frozen=True)
class DRDSNHyperparameters:
    """DR-DSN's hyper-parameters; README.md says which are the paper's and which its code's.

    Attributes:
        hidden_size: Of the LSTM, in each direction.
        episodes: N, how many selections of a video's frames each step draws.
        distance: lambda, how many frames apart two frames are at most for their similarity to count.
        share: epsilon, what share of a video's frames is to be selected.
        length_weight: What the length of the selection counts for.
        baseline_decay: How much of a video's baseline stays when the mean reward of its episodes is added.
        supervised: Also raise the likelihood of selecting key frames.
        keyframe_share: The share of a video that are its key frames, those of the highest `gtscore`.
        learning_rate: That of Adam.
        weight_decay: That of Adam.

    Raises:
        UserError: If a number makes no sense.
    """

    hidden_size: int
    episodes: int
    distance: int
    share: float
    length_weight: float
    baseline_decay: float
    supervised: bool
    keyframe_share: float
    learning_rate: float
    weight_decay: float

    def __post_init__(self) -> None:
        check_whole(vars(self), prefix="method.", hidden_size=1, episodes=1, distance=0)
        check_switches(vars(self), "supervised", prefix="method.")
        check_shares(vars(self), "share", "keyframe_share", prefix="method.")
        check_fractions(vars(self), "baseline_decay", prefix="method.")
        check_positive(vars(self), "learning_rate", prefix="method.")
        check_weights(vars(self), "length_weight", "weight_decay", prefix="method.")
