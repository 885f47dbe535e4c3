"""What can be chosen of vsLSTM, each by a switch of the same name in `conf/method/vs_lstm.yaml`."""

from __future__ import annotations

from dataclasses import dataclass

from vsumlab.entries import check_positive, check_whole


@dataclass(frozen=True)
class VSLSTMHyperparameters:
    """vsLSTM's hyper-parameters; README.md says which are the paper's and which its code's.

    Attributes:
        hidden_size: Of the LSTM, in each direction, and of the perceptron's hidden layer.
        learning_rate: That of Adam.

    Raises:
        UserError: If a number makes no sense.
    """

    hidden_size: int
    learning_rate: float

    def __post_init__(self) -> None:
        check_whole(vars(self), prefix="method.", hidden_size=1)
        check_positive(vars(self), "learning_rate", prefix="method.")
