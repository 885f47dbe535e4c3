"""What can be chosen of SUM-FCN, each by a switch of the same name in `conf/method/sum_fcn.yaml`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from vsumlab.entries import check_fractions, check_positive, check_shares, check_whole
from vsumlab.errors import UserError


@dataclass(frozen=True)
class SumFCNHyperparameters:
    """SUM-FCN's hyper-parameters; README.md says which are the paper's.

    Attributes:
        objective: What the network is trained by: the `diversity` of the frames that it selects, and that
            they can be restored; or `labels`, which of the frames people select.
        frames: How many frames each video is sampled to, at least 17: after four poolings two must be left.
        keyframe_share: The share of a video that are key frames, selected by scores or by people.
        hidden_size: Channels of the two convolutions after the last pooling.
        dropout: The share of these channels that training drops.
        learning_rate: Of stochastic gradient descent (SGD).
        momentum: How much of its last step each step of SGD keeps.

    Raises:
        UserError: If a number or a choice makes no sense.
    """

    objective: Literal["diversity", "labels"]
    frames: int
    keyframe_share: float
    hidden_size: int
    dropout: float
    learning_rate: float
    momentum: float

    def __post_init__(self) -> None:
        if self.objective not in ("diversity", "labels"):
            raise UserError(f"method.objective={self.objective}: expected diversity or labels")
        check_whole(vars(self), prefix="method.", frames=17, hidden_size=1)
        check_shares(vars(self), "keyframe_share", prefix="method.")
        check_fractions(vars(self), "dropout", "momentum", prefix="method.")
        check_positive(vars(self), "learning_rate", prefix="method.")
