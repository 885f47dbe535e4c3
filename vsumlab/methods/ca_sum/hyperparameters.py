"""What can be chosen of CA-SUM, each by a switch of the same name in `conf/method/ca_sum.yaml`."""

from __future__ import annotations

from dataclasses import dataclass

from vsumlab.entries import check_fractions, check_positive, check_shares, check_weights, check_whole


@dataclass(frozen=True)
class CASumHyperparameters:
    """CA-SUM's hyper-parameters; README.md says which values are the paper's.

    Attributes:
        block_size: M, how many frames a block of the concentrated attention has.
        sigma: The mean score that training wants.
        dropout: The share of numbers that training drops before each layer norm.
        learning_rate: Of all weights (Adam).
        weight_decay: Of all weights (Adam).

    Raises:
        UserError: If a number makes no sense.
    """

    block_size: int
    sigma: float
    dropout: float
    learning_rate: float
    weight_decay: float

    def __post_init__(self) -> None:
        check_whole(vars(self), prefix="method.", block_size=1)
        check_shares(vars(self), "sigma", prefix="method.")
        check_fractions(vars(self), "dropout", prefix="method.")
        check_positive(vars(self), "learning_rate", prefix="method.")
        check_weights(vars(self), "weight_decay", prefix="method.")
