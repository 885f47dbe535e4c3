"""What can be chosen of dppLSTM, each by a switch of the same name in `conf/method/dpp_lstm.yaml`."""

from __future__ import annotations

from dataclasses import dataclass

from vsumlab.entries import check_positive, check_shares, check_whole


@dataclass(frozen=True)
class DPPLSTMHyperparameters:
    """dppLSTM's hyper-parameters; README.md says which are the paper's and which its code's.

    Attributes:
        hidden_size: Of the LSTM, in each direction, and of the perceptrons' hidden layers.
        kernel_size: How many numbers phi_t is.
        ridge: What is added to the kernel's diagonal, so that every subset of frames has a probability.
        keyframe_share: The share of a video, its frames of the highest `gtscore`, whose runs have a key
            frame each.
        pretraining_epochs: How many epochs the squared error is trained by alone, as vsLSTM is.
        learning_rate: That of Adam.

    Raises:
        UserError: If a number makes no sense.
    """

    hidden_size: int
    kernel_size: int
    ridge: float
    keyframe_share: float
    pretraining_epochs: int
    learning_rate: float

    def __post_init__(self) -> None:
        check_whole(vars(self), prefix="method.", hidden_size=1, kernel_size=1, pretraining_epochs=0)
        check_shares(vars(self), "keyframe_share", prefix="method.")
        check_positive(vars(self), "ridge", "learning_rate", prefix="method.")
